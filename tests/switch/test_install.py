"""How an Asterisk comes to a machine that has none."""

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from ivr.errors import SwitchNotUsable
from ivr.switch import debian, install
from ivr.switch.install import Asterisk
from tests.rig.fixtures import CHECKOUT

DEB822 = """
# a comment
Types: deb
URIs: https://mirror.example/debian-security
Suites: stable-security
Components: main

Types: deb deb-src
URIs: https://mirror.example/debian
Suites: stable stable-updates
Components: main
"""
ONE_LINE = """
deb [signed-by=/x.gpg] https://vendor.example/repo stable-vendor main
# deb https://old.example/debian stable main
deb [arch=amd64] https://mirror.example/debian stable main contrib
"""


def apt(folder: Path, **files: str) -> Path:
    (folder / "sources.list.d").mkdir()
    for name, text in files.items():
        (folder / "sources.list.d" / name.replace("_", ".")).write_text(text)
    return folder


def test_the_machines_mirror_is_found_in_deb822(tmp_path: Path) -> None:
    found = debian.find_mirror(apt(tmp_path, debian_sources=DEB822), "stable")
    assert found == "https://mirror.example/debian"


def test_the_machines_mirror_is_found_in_one_line_form(tmp_path: Path) -> None:
    found = debian.find_mirror(apt(tmp_path, debian_list=ONE_LINE), "stable")
    assert found == "https://mirror.example/debian"


def test_the_old_single_file_is_read_too(tmp_path: Path) -> None:
    (tmp_path / "sources.list").write_text(ONE_LINE)
    assert debian.find_mirror(tmp_path, "stable") == "https://mirror.example/debian"


@pytest.mark.parametrize("text", ["", "Enabled: no\n" + DEB822.strip().rpartition("\n\n")[2]])
def test_a_mirror_that_is_not_there_or_switched_off_is_not_found(tmp_path: Path, text: str) -> None:
    assert debian.find_mirror(apt(tmp_path, debian_sources=text), "stable") is None


@pytest.fixture
def debian_as_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Root on a Debian with a debootstrap of ours; returns the folder of its programs."""
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    release = {"ID": "debian", "VERSION_CODENAME": "stable"}
    monkeypatch.setattr(platform, "freedesktop_os_release", lambda: release)
    monkeypatch.setattr(debian, "find_mirror", lambda *_: "https://mirror.example/debian")
    return programs


def program(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_a_tree_is_made_whole_or_not_at_all(tmp_path: Path, debian_as_root: Path) -> None:
    root = tmp_path / "switch" / "root"
    program(debian_as_root / "debootstrap", 'mkdir -p "$4/half"; echo "E: no such package"; exit 1')
    said: list[str] = []
    with pytest.raises(SwitchNotUsable, match="E: no such package"):
        debian.make_tree(root, "sid", ["asterisk"], said.append)
    assert not root.exists()
    program(debian_as_root / "debootstrap", 'mkdir -p "$4/whole"; echo "$1 $2 $3 $5" > "$4/asked"')
    debian.make_tree(root, "sid", ["asterisk", "music"], said.append)
    assert sorted(path.name for path in root.iterdir()) == ["asked", "whole"]
    asked = "--variant=minbase --include=asterisk,music sid https://mirror.example/debian\n"
    assert (root / "asked").read_text() == asked
    assert len(said) == 2


def test_progress_is_told_stage_by_stage(tmp_path: Path, debian_as_root: Path) -> None:
    stages = "I: Extracting base-files...", "I: noise", "I: Configuring asterisk..."
    lines = "; ".join(f'echo "{line}"' for line in stages)
    program(debian_as_root / "debootstrap", f'mkdir -p "$4"; {lines}')
    said: list[str] = []
    debian.make_tree(tmp_path / "root", "sid", ["asterisk"], said.append)
    assert said[1:] == ["Unpacking.", "Configuring Asterisk."]


@pytest.mark.parametrize(
    ("release", "user", "sentence"),
    [
        ({"ID": "fedora", "PRETTY_NAME": "Fedora 40"}, 0, "on Debian only, and this is Fedora 40"),
        ({"ID": "debian", "VERSION_CODENAME": "stable"}, 1000, "run this once with sudo"),
        ({"ID": "debian", "VERSION_CODENAME": "unheard-of"}, 0, "No Debian mirror"),
    ],
)
def test_where_no_tree_can_be_made_the_sentence_says_what_to_do(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    release: dict[str, str],
    user: int,
    sentence: str,
) -> None:
    monkeypatch.setattr(platform, "freedesktop_os_release", lambda: release)
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.setattr(install, "_of_the_system", lambda: None)
    with pytest.raises(SwitchNotUsable, match=sentence) as raised:
        install.install(tmp_path, print)
    assert "install Asterisk 20 or newer" in str(raised.value)
    assert not install.tree(tmp_path).exists()


def test_an_asterisk_that_is_too_old_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = install.tree(tmp_path)
    (root / "usr/lib/x-linux-gnu").mkdir(parents=True)
    (root / "usr/sbin").mkdir(parents=True)
    (root / "usr/sbin/asterisk").touch()
    loader = root / "usr/lib/x-linux-gnu/ld-linux-x.so.2"
    monkeypatch.setattr(install, "_of_the_system", lambda: None)
    program(loader, 'echo "Asterisk 18.9.0"')
    assert install.find(tmp_path) is None
    with pytest.raises(SwitchNotUsable, match="careline switch install"):
        install.require(tmp_path)
    program(loader, 'echo "Asterisk 22.10.1+dfsg-1"')
    assert install.require(tmp_path).version == "22.10.1"


@pytest.mark.switch
def test_installing_twice_installs_once(asterisk: Asterisk) -> None:
    said: list[str] = []
    assert install.install(CHECKOUT, said.append) == asterisk
    assert said == [f"Asterisk {asterisk.version} is here already: {asterisk.program[-1]}"]


def test_it_comes_before_any_library_is_installed() -> None:
    without_libraries = [sys.executable, "-S", "-c", "import ivr.switch.__main__"]
    done = subprocess.run(without_libraries, cwd=CHECKOUT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
