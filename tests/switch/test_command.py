"""The commands `careline switch …`, against a real Asterisk."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.cli import main
from ivr.switch import install, process
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
