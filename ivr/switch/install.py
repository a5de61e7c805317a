"""Which Asterisk can be used on this machine, and how is one brought here?

An Asterisk of the system is used when it is 20 or newer. Debian's stable releases carry none, but
its unstable suite does: there a small Debian tree with Asterisk in it is made under the home
directory. Programs of that tree are run through the tree's own dynamic loader, so that they need
neither root nor chroot and see the same paths as everybody else.
"""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ivr.errors import SwitchNotUsable
from ivr.switch import debian
from ivr.switch.debian import Say

OLDEST_MAJOR = 20
SUITE = "sid"
PACKAGES = ("asterisk", "asterisk-moh-opsound-wav")

_VERSION = re.compile(r"Asterisk (?:certified/)?((\d+)\.\S+)")
_SYSTEM_MODULES = (
    "usr/lib/*/asterisk/modules",
    "usr/lib*/asterisk/modules",
    "usr/local/lib*/asterisk/modules",
)
_SYSTEM_DATA = ("usr/share/asterisk", "var/lib/asterisk", "usr/local/share/asterisk")


@dataclass(frozen=True, slots=True)
class Asterisk:
    """An Asterisk that can be run: `program` is the beginning of its command line.

    `modules` holds its loadable modules; `data` its documentation (without which the SIP channel
    driver does not load), music and sounds. `version` is as it reports it, such as "22.10.1".
    """

    program: tuple[str, ...]
    modules: Path
    data: Path
    version: str

    @property
    def music(self) -> Path | None:
        """The folder of the music that came with it, if there is any."""
        folder = self.data / "moh"
        return folder if folder.is_dir() and any(folder.glob("*.wav")) else None


def find(home: Path) -> Asterisk | None:
    """The Asterisk to use: the system's if it is new enough, else the local tree's, else None."""
    return _of_the_system() or _of_the_tree(tree(home))


def require(home: Path) -> Asterisk:
    """Like `find`, but raises `SwitchNotUsable` when there is none."""
    found = find(home)
    if found is None:
        raise SwitchNotUsable(
            f"There is no Asterisk {OLDEST_MAJOR} or newer on this machine; "
            "run `careline switch install` first."
        )
    return found


def tree(home: Path) -> Path:
    """Where the local tree is, or would be."""
    return home / "var" / "switch" / "root"


def install(home: Path, say: Say) -> Asterisk:
    """Make sure that there is an Asterisk, and return it. `say` is told the progress in sentences.

    Harmless to repeat; a tree left half-made by an earlier run is made anew. Raises
    `SwitchNotUsable` with a sentence that says what to do.
    """
    found = find(home)
    if found is not None:
        say(f"Asterisk {found.version} is here already: {found.program[-1]}")
        return found
    root = tree(home)
    debian.make_tree(root, SUITE, PACKAGES, say)
    made = _of_the_tree(root)
    if made is None:
        raise SwitchNotUsable(
            f"Asterisk was installed in {root} but does not run there; see `careline doctor`."
        )
    say(f"Asterisk {made.version} is installed.")
    return made


def _of_the_system() -> Asterisk | None:
    path = shutil.which("asterisk") or shutil.which("asterisk", path="/usr/sbin:/usr/local/sbin")
    modules = _first_folder(Path("/"), _SYSTEM_MODULES)
    data = _first_folder(Path("/"), _SYSTEM_DATA)
    if path is None or modules is None or data is None:
        return None
    return _checked((path,), modules, data)


def _of_the_tree(root: Path) -> Asterisk | None:
    """The tree's Asterisk. Its loader and libraries lie in /usr/lib/<triplet>."""
    loader = next(iter(sorted(root.glob("usr/lib/*-linux-gnu*/ld-linux-*.so.*"))), None)
    program = root / "usr" / "sbin" / "asterisk"
    if loader is None or not program.is_file():
        return None
    libraries = loader.parent
    command = (str(loader), "--library-path", str(libraries), str(program))
    return _checked(
        command, libraries / "asterisk" / "modules", root / "usr" / "share" / "asterisk"
    )


def _checked(program: tuple[str, ...], modules: Path, data: Path) -> Asterisk | None:
    """None if it does not run or is too old."""
    try:
        answer = subprocess.run(
            [*program, "-V"], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = _VERSION.search(answer.stdout)
    if version is None or int(version[2]) < OLDEST_MAJOR:
        return None
    return Asterisk(program, modules, data, version[1].partition("+")[0])


def _first_folder(root: Path, patterns: tuple[str, ...]) -> Path | None:
    return next(
        (path for pattern in patterns for path in sorted(root.glob(pattern)) if path.is_dir()), None
    )
