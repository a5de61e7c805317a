"""What is to be done when the system refuses a file or folder?"""

import errno
import os
from pathlib import Path


def unusable(error: OSError) -> str:
    """Which file or folder cannot be used, why, and what to do about it, in sentences."""
    reason = error.strerror or str(error)
    if error.filename is None:
        return f"The system refused: {reason}."
    path = Path(os.fsdecode(error.filename))
    return f"{path} cannot be used: {reason}. {_remedy(error, path)}".strip()


def _remedy(error: OSError, path: Path) -> str:
    match error.errno:
        case errno.EACCES | errno.EPERM:
            owner = _owner(path)
            if owner is None:
                return "Look at its permissions."
            return f"It belongs to {owner}: run this as {owner}, such as with sudo -u {owner}."
        case errno.EROFS:
            return "Its disk cannot be written to: mount it anew, or keep the hotline elsewhere."
        case errno.ENOSPC | errno.EDQUOT:
            return "Make room there, then run this again."
        case _:
            return ""


def _owner(path: Path) -> str | None:
    """Whose the file is, or the nearest folder around it that can be looked at; None if ours."""
    for place in (path, *path.absolute().parents):
        try:
            return None if place.stat().st_uid == os.geteuid() else place.owner()
        except (OSError, KeyError):
            continue
    return None
