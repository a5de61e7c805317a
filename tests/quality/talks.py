"""A hotline's folder with recorded talks in it, sealed as the engine seals them."""

import io
from datetime import datetime
from pathlib import Path

import numpy as np

from ivr.record import CallSummary
from ivr.store import Database
from recordings.catalogue import Recording
from recordings.shelf import Part, Shelf, sha256
from recordings.sound import RATE, Samples, encode
from recordings.vault import Keys, Vault
from tests.quality.queue import AT, NUMBER

CENTER = (
    "center: {name: Bank, timezone: Asia/Shanghai, country: CN, languages: [zh, ko], "
    "human: main.human}\nqueues: {cards: {}}\n"
)


def keep(
    database: Database,
    var: Path,
    call: str,
    caller: Samples,
    agent: Samples,
    *,
    language: str = "zh",
    at: datetime = AT,
    who: str = "ana",
) -> str:
    """Put a talk away as the engine does; the recording's name. Makes the key where none is."""
    key = var / "recordings.key"
    if not key.exists():
        Keys.add(key)
    shelf, part = Shelf.under(var), Part(call, 1)
    shelf.prepare()
    longest = max(len(caller), len(agent))
    both = [np.pad(side, (0, longest - len(side))) for side in (agent, caller)]
    raw = shelf.capture(part)
    raw.write_bytes(np.stack(both, axis=1).astype("<i2").tobytes())
    sound, target = io.BytesIO(), shelf.sealed(part, at, "flac")
    encode(raw, sound)
    raw.unlink()
    Vault(Keys.read(key)).seal(sound, target)
    database.calls.start(CallSummary(call_id=call, started=at, number=NUMBER, language=language))
    database.recordings.add(
        Recording(
            name=str(part), call_id=call, part=1, at=at, queue="cards", agent=who,
            language=language, outcome="answered", seconds=longest / RATE,
            file=str(target.relative_to(shelf.root)), size=target.stat().st_size,
            sha256=sha256(target),
        )
    )  # fmt: skip
    return str(part)
