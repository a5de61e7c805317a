"""Who types a command?"""

import getpass
import os


def who() -> str:
    """The user of this machine, also behind sudo."""
    return os.environ.get("SUDO_USER") or getpass.getuser()
