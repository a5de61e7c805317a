"""The commands that README.md, docs/ and the systemd units name exist, with these very options."""

import configparser
import re
import shlex
from pathlib import Path

import pytest

from ivr.cli import main
from ivr.switch.instance import hotline

ROOT = Path(__file__).parents[2]
UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))
IN_README = re.findall(r"(?m)^careline (.+?)(?:\s+#.*)?$", (ROOT / "README.md").read_text("utf-8"))
IN_DOCS = [
    command
    for page in sorted((ROOT / "docs").glob("*.md"))
    for command in re.findall(r"(?m)^    careline (.+?)(?:\s+#.*)?$", page.read_text("utf-8"))
]


def unit(path: Path) -> configparser.SectionProxy:
    read = configparser.ConfigParser(interpolation=None)
    read.optionxform = str  # type: ignore[assignment, method-assign]
    read.read(path)
    return read["Service"]


IN_UNITS = [
    command.partition(" ")[2]
    for path in UNITS
    for key, command in unit(path).items()
    if key.startswith("Exec")
]


@pytest.mark.parametrize("command", [*IN_README, *IN_DOCS, *IN_UNITS])
def test_what_is_written_can_be_typed(command: str) -> None:
    assert main.run([*shlex.split(command), "--help"]) == 0


def test_the_first_steps_are_there() -> None:
    for step in ("init", "switch install", "switch start", "agents add", "doctor", "serve"):
        assert any(command.startswith(step) for command in IN_README), step
    worker = "--verbose worker --processes 1"
    assert {"switch start", "switch stop", "serve", worker} == set(IN_UNITS)


def test_systemd_watches_the_process_that_the_switch_is() -> None:
    service = unit(ROOT / "deploy" / "systemd" / "careline-switch.service")
    home = Path(service["Environment"].removeprefix("CARELINE_HOME="))
    assert service["PIDFile"] == str(hotline(home).run / "asterisk.pid")
