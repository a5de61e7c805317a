"""Where does what is said in a trial go? Nowhere: it is measured and forgotten."""

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from ivr.flow.box import Dictated, Kept, TooShort
from ivr.flow.outside import Failed
from ivr.line import voice_file


@dataclass(slots=True)
class Measured:
    """An `ivr.flow.box.Box` that keeps in `kept` what it was given and how long that lasted.

    Each recording has a folder of its own among the system's temporary ones, gone when it is kept.
    """

    full: bool = False
    fails: str = ""
    kept: list[tuple[Dictated, float]] = field(default_factory=list)

    def place(self, call_id: str) -> Path | None:
        """See `ivr.flow.box.Box`."""
        return None if self.full else Path(tempfile.mkdtemp(prefix="careline-trial-")) / "said.wav"

    async def keep(self, call_id: str, dictated: Dictated) -> Kept | TooShort | Failed:
        """See `ivr.flow.box.Box`."""
        file = dictated.file
        seconds = voice_file.seconds(file) if file.exists() else 0.0
        shutil.rmtree(file.parent)
        if seconds < dictated.at_least or not seconds:
            return TooShort()
        if self.fails:
            return Failed(self.fails)
        self.kept.append((dictated, seconds))
        return Kept(f"{call_id}-{len(self.kept)}", seconds)
