"""Where do the files of one running switch lie?"""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ivr.errors import SwitchNotUsable

# sockaddr_un holds 108 bytes; Asterisk cuts a longer path off without a word.
_LONGEST_SOCKET_PATH = 107


@dataclass(frozen=True, slots=True)
class Instance:
    """One Asterisk with its own folder: configuration in etc/, its state and logs beside it."""

    folder: Path

    @property
    def etc(self) -> Path:
        return self.folder / "etc"

    @property
    def main_file(self) -> Path:
        return self.etc / "asterisk.conf"

    @property
    def log(self) -> Path:
        """What it reported: notices, warnings and errors."""
        return self.folder / "log" / "messages.log"

    @property
    def run(self) -> Path:
        """The folder of its control socket and pid file; elsewhere if the path gets too long."""
        usual = self.folder / "run"
        if len(str(usual / "asterisk.ctl").encode()) <= _LONGEST_SOCKET_PATH:
            return usual
        digest = hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"careline-{digest}"

    def configured_here(self) -> bool:
        """Whether the configuration names this folder: it may have been restored from another."""
        lines = self.main_file.read_text(encoding="utf-8", errors="replace").splitlines()
        return any(line.split("=>")[-1].strip() == str(self.etc) for line in lines if "=>" in line)

    def make_folders(self) -> None:
        """Create all folders; they may hold calls' audio, so they are for their owner only.

        Raises SwitchNotUsable if the folder of the control socket is not ours.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in ("etc", "lib", "spool", "log", "spool/tmp"):
            (self.folder / name).mkdir(mode=0o700, exist_ok=True)
        self.run.mkdir(mode=0o700, exist_ok=True)
        # The fallback lies where anybody may write: nobody may have put it there before us.
        if self.run.is_symlink() or self.run.stat().st_uid != os.geteuid():
            raise SwitchNotUsable(f"{self.run} belongs to somebody else; remove it and try again.")


def hotline(home: Path) -> Instance:
    """The hotline's own switch."""
    return Instance(home.absolute() / "var" / "switch" / "hotline")
