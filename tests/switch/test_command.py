"""The commands `careline switch …`, against a real Asterisk."""

import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr import resources
from ivr.cli import main
from ivr.switch import install, process, secrets
from ivr.switch.install import Asterisk
from ivr.switch.instance import hotline
from tests.rig.fixtures import CHECKOUT
from tests.rig.rig import free_ports

pytestmark = pytest.mark.switch


@pytest.fixture
def home(asterisk: Asterisk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home of its own, with this machine's Asterisk."""
    with tempfile.TemporaryDirectory(prefix="careline-") as name:
        folder = Path(name)
        (folder / "var" / "switch").mkdir(parents=True)
        shutil.copytree(resources.flows(), folder / "flows")
        if install.tree(CHECKOUT).exists():
            install.tree(folder).symlink_to(install.tree(CHECKOUT))
        monkeypatch.setenv("CARELINE_HOME", name)
        monkeypatch.setenv("CARELINE_AMI_PORT", str(free_ports(1)[0]))
        yield folder
        process.stop(asterisk, hotline(folder), grace=0)


def careline(*arguments: str) -> int:
    return main.run(["switch", *arguments])


def test_a_switch_from_configuration_to_its_end(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sip = str(free_ports(1)[0])
    assert careline("status") == 1
    assert careline("configure", "--sip-address", "127.0.0.1", "--sip-port", sip) == 0
    assert "nobody can call from outside yet" in capsys.readouterr().out
    assert careline("start") == 0
    assert careline("status") == 0
    assert "0 calls" in capsys.readouterr().out
    assert careline("stop") == 0
    assert careline("status") == 1


def test_the_doctor_sees_a_running_switch_and_phones_that_are_not_there(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sip = str(free_ports(1)[0])
    assert careline("configure", "--sip-address", "127.0.0.1", "--sip-port", sip) == 0
    assert main.run(["agents", "add", "ana", "--skill", "zh=5"]) == 0
    assert main.run(["agents", "ready", "ana"]) == 0
    assert main.run(["doctor"]) == 1
    assert "bad  the hotline's own switch is not running" in capsys.readouterr().out
    assert careline("start") == 0
    assert main.run(["doctor"]) == 0
    said = capsys.readouterr().out
    assert "ok   the switch lets the engine in" in said
    assert "warn no carrier is configured" in said
    assert "warn logged in, but with no phone that can be reached: ana" in said
    assert "     → careline agents phone ana" in said
    secrets.path(home).unlink()
    secrets.keep_or_make(home)
    assert main.run(["doctor"]) == 1
    said = capsys.readouterr().out
    assert "Authentication failed" in said
    assert "     → careline switch stop && careline switch start" in said


def test_configuring_again_keeps_what_is_not_said_anew(home: Path) -> None:
    assert careline("configure", "--carrier", "192.0.2.7", "--sip-port", "5070") == 0
    assert careline("configure", "--sip-port", "5080") == 0
    etc = hotline(home).etc
    assert "match = 192.0.2.7" in (etc / "careline_pjsip.conf").read_text()
    assert "bind = 0.0.0.0:5080" in (etc / "pjsip.conf").read_text()
    assert careline("configure", "--carrier", "") == 0
    assert "192.0.2.7" not in (etc / "careline_pjsip.conf").read_text()


@pytest.mark.parametrize("taken", ["SIP", "AMI"])
def test_a_switch_that_could_not_be_reached_is_not_left_running(
    home: Path,
    taken: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    kind = socket.SOCK_DGRAM if taken == "SIP" else socket.SOCK_STREAM
    sip = str(free_ports(1)[0])
    with socket.socket(type=kind) as other:
        other.bind(("127.0.0.1", 0))
        if taken == "SIP":
            sip = str(other.getsockname()[1])
        else:
            other.listen()
            monkeypatch.setenv("CARELINE_AMI_PORT", str(other.getsockname()[1]))
        assert careline("configure", "--sip-address", "127.0.0.1", "--sip-port", sip) == 0
        assert careline("start") == 1
    assert "Address already in use" in capsys.readouterr().err
    assert careline("status") == 1


def test_starting_before_configuring_says_what_to_do(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert careline("start") == 1
    assert "careline switch configure" in capsys.readouterr().err


def test_the_files_for_an_existing_switch_come_with_instructions(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert careline("configure", "--output", str(tmp_path), "--carrier", "192.0.2.7") == 0
    assert "#include careline_extensions.conf" in capsys.readouterr().out
    assert (tmp_path / "careline_extensions.conf").exists()
    (tmp_path / "careline_queues.conf").write_text("; somebody's own\n")
    assert careline("configure", "--output", str(tmp_path)) == 2
    assert "careline_queues.conf exists" in capsys.readouterr().err


def test_the_switch_of_somebody_else_is_neither_started_nor_stopped(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert careline("configure", "--output", str(tmp_path)) == 0
    for command in ("start", "stop", "status"):
        assert careline(command) == 1
        assert f"the switch configured in {tmp_path}" in capsys.readouterr().err
    assert careline("configure", "--own") == 0
    assert careline("status") == 1
    assert "not running" in capsys.readouterr().out
