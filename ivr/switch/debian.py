"""How is a small Debian tree with packages in it made on this machine?

With debootstrap, from the mirror that the machine's own packages come from.
"""

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ivr.errors import SwitchNotUsable

Say = Callable[[str], None]

_INSTALL_IT = (
    "install Asterisk 20 or newer with your system's package manager, then run this again."
)
_STAGES = {
    "I: Retrieving InRelease": "Reading the list of packages.",
    "I: Extracting base-files": "Unpacking.",
    "I: Installing core packages": "Installing the base system.",
    "I: Configuring asterisk": "Configuring Asterisk.",
}


def make_tree(root: Path, suite: str, packages: Sequence[str], say: Say) -> None:
    """Make a Debian `suite` with `packages` in the folder `root`, which must not exist.

    It is made beside `root` and renamed when finished, so what is at `root` is always whole; what
    an interrupted run left behind is removed. Raises SwitchNotUsable.
    """
    mirror = _mirror_or_refuse()
    debootstrap = _debootstrap(say)
    partial = root.with_name(f"{root.name}.partial")
    _remove(partial)
    partial.parent.mkdir(parents=True, exist_ok=True)
    say(f"Making a small Debian {suite} in {root} (about 400 MB, a minute or two).")
    names = ",".join(packages)
    _run((debootstrap, "--variant=minbase", f"--include={names}", suite, str(partial), mirror), say)
    for package in (partial / "var" / "cache" / "apt" / "archives").glob("*.deb"):
        package.unlink()
    partial.rename(root)


def _mirror_or_refuse() -> str:
    """The mirror this machine gets its own Debian packages from."""
    release = _os_release()
    if release.get("ID") != "debian":
        system = release.get("PRETTY_NAME", platform.system())
        raise SwitchNotUsable(
            f"A local Asterisk can be made on Debian only, and this is {system}: {_INSTALL_IT}"
        )
    if os.geteuid() != 0:
        raise SwitchNotUsable(
            f"Making a local Asterisk needs root: run this once with sudo, or {_INSTALL_IT}"
        )
    mirror = find_mirror(Path("/etc/apt"), release.get("VERSION_CODENAME", ""))
    if mirror is None:
        raise SwitchNotUsable(f"No Debian mirror is named in /etc/apt/sources.list*: {_INSTALL_IT}")
    return mirror


def _os_release() -> Mapping[str, str]:
    try:
        return platform.freedesktop_os_release()
    except OSError:
        return {}


def find_mirror(apt: Path, codename: str) -> str | None:
    """The mirror named in apt's configuration folder `apt` that serves `codename` itself.

    Both forms of sources.list(5) are read. Security and third-party archives carry other suites
    (or none of Debian's), so the entry whose suite is the release's own name is taken.
    """
    entries: list[tuple[str, str]] = []  # (mirror, suite)
    for path in (apt / "sources.list", *sorted((apt / "sources.list.d").glob("*"))):
        if not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        if path.suffix == ".sources":
            entries += _deb822(text)
        elif path.suffix == ".list":
            entries += _one_line(text)
    return next((mirror for mirror, suite in entries if suite == codename), None)


def _one_line(text: str) -> list[tuple[str, str]]:
    found = re.findall(r"(?m)^\s*deb\s+(?:\[[^\]]*\]\s+)?(https?://\S+)\s+(\S+)", text)
    return [(mirror, suite) for mirror, suite in found]


def _deb822(text: str) -> list[tuple[str, str]]:
    entries = []
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for stanza in re.split(r"\n\s*\n", lines):
        fields = {
            key.lower(): value.split() for key, value in re.findall(r"(?m)^([\w-]+):(.*)$", stanza)
        }
        if "deb" in fields.get("types", []) and fields.get("enabled", ["yes"]) != ["no"]:
            mirrors = [uri for uri in fields.get("uris", []) if uri.startswith("http")]
            entries += [(mirror, suite) for mirror in mirrors for suite in fields.get("suites", [])]
    return entries


def _debootstrap(say: Say) -> str:
    path = shutil.which("debootstrap", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if path is not None:
        return path
    say("Installing debootstrap with apt-get.")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (("apt-get", "update", "-q"), ("apt-get", "install", "-y", "-q", "debootstrap")):
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        if done.returncode != 0:
            raise SwitchNotUsable(
                f"`{' '.join(command)}` failed: {_last_line(done.stderr or done.stdout)}"
            )
    return _debootstrap_or_refuse()


def _debootstrap_or_refuse() -> str:
    path = shutil.which("debootstrap", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if path is None:
        raise SwitchNotUsable(
            "apt-get installed debootstrap, but there is no such program on the path."
        )
    return path


def _run(command: Sequence[str], say: Say) -> None:
    """Run debootstrap, passing its stages on as progress."""
    stages = dict(_STAGES)
    last = ""
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        for line in process.stdout or ():
            last = line.strip() or last
            for begin in [begin for begin in stages if line.startswith(begin)]:
                say(stages.pop(begin))
    if process.returncode != 0:
        raise SwitchNotUsable(
            f"Debian could not provide Asterisk today (debootstrap ended with "
            f"{process.returncode}: {last}); try again later, or {_INSTALL_IT}"
        )


def _remove(path: Path) -> None:
    """Delete a tree; debootstrap, when killed, leaves /proc and /sys mounted in it."""
    mounts = Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()
    points = [line.split()[1] for line in mounts]
    for point in sorted((point for point in points if point.startswith(f"{path}/")), reverse=True):
        subprocess.run(["umount", point], check=True, capture_output=True)
    if path.exists():
        shutil.rmtree(path)


def _last_line(text: str) -> str:
    return next(
        (line.strip() for line in reversed(text.splitlines()) if line.strip()), "no message"
    )
