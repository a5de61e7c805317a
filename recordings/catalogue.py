"""What is known of a recording?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

State = Literal["kept", "failed", "deleted"]
Kind = Literal["talk", "ivr"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One talk of one call, or, of `kind` ivr, what was said and heard in its flow.

    `at` is when the call began (aware), `file` where the sealed sound lies under the folder of the
    recordings, `size` (bytes) and `sha256` are of that file. Of a recording that `failed`, and of
    one that is `deleted`, there is no file, and `note` says why. `held` is the reason for which it
    must not be deleted; "" if there is none.
    """

    name: str
    call_id: str
    part: int
    at: datetime
    kind: Kind = "talk"
    queue: str = ""
    agent: str = ""
    language: str = ""
    outcome: str = ""
    seconds: float = 0.0
    file: str = ""
    size: int = 0
    sha256: str = ""
    state: State = "kept"
    note: str = ""
    held: str = ""
