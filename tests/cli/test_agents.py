"""careline agents: an admin hires, teaches and schedules agents."""

import json
import shutil
import socket
import threading
from pathlib import Path

import pytest

from ivr import resources
from ivr.agent import AgentAccount
from ivr.cli import main
from ivr.cli.context import database
from ivr.switch import instance, secrets, wiring
from ivr.switch.configure import Wiring
from ivr.switch.wiring import Kept


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of the hotline that comes with Careline; its switch is not configured."""
    shutil.copytree(resources.flows(), tmp_path / "flows")
    monkeypatch.setenv("CARELINE_HOME", str(tmp_path))
    monkeypatch.setenv("CARELINE_AMI_PORT", "1")
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


class Careline:
    """The command, and what it said last."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.said = ""

    def __call__(self, *words: str) -> int:
        code = main.run(["agents", *words])
        told = self._capsys.readouterr()
        self.said = told.out + told.err
        return code


@pytest.fixture
def careline(capsys: pytest.CaptureFixture[str]) -> Careline:
    return Careline(capsys)


def agent(name: str) -> AgentAccount:
    with database() as opened:
        return opened.agents.get(name)


def test_an_agent_is_added_with_a_phone_to_set(careline: Careline) -> None:
    assert careline("add", "ana", "--skill", "zh=5", "-s", "cards") == 0
    assert f"password  {agent('ana').phone_secret}" in careline.said
    assert "server    this machine, UDP port 5060" in careline.said
    assert "careline switch configure" in careline.said
    assert dict(agent("ana").skills) == {"zh": 5, "cards": 3}
    assert agent("ana").language == "zh"


def test_the_phone_of_an_agent_can_be_set_again(careline: Careline) -> None:
    careline("add", "ana", "--skill", "zh")
    first = agent("ana").phone_secret
    assert careline("phone", "ana") == 0
    assert first in careline.said
    assert careline("phone", "ana", "--new-password") == 0
    assert agent("ana").phone_secret != first
    assert agent("ana").phone_secret in careline.said


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (("add", "ana", "-s", "zhh"), 'no skill "zhh" in center.yaml; did you mean "zh"?'),
        (("add", "ana", "-s", "zh=9"), '"zh=9" is not a skill; write its name and a level'),
        (("add", "ana", "--language", "zn"), '"zn" is no language of this hotline; known are'),
        (("add", "Ana Luz"), "An agent cannot be named 'Ana Luz'; expected small letters"),
        (("add", "carrier"), "An agent cannot be named carrier: the switch uses that name."),
        (("add", "bo"), "There is an agent named bo already; choose another name."),
        (("skill", "bo", "-s", "cars=3"), 'no skill "cars" in center.yaml; did you mean "cards"?'),
        (("pause", "bo", " "), "A pause needs a reason"),
        (("pause", "bo", "\x1b[2J"), "A pause needs a reason"),
    ],
)
def test_a_wrong_word_is_answered_and_changes_nothing(
    careline: Careline, words: tuple[str, ...], answer: str
) -> None:
    careline("add", "bo", "-s", "en=4")
    before = agent("bo")
    assert careline(*words) == 2
    assert answer in careline.said
    with database() as opened:
        assert opened.agents.list() == [before]


@pytest.mark.parametrize("command", ["phone", "skill", "ready", "logout", "pause", "resume"])
def test_an_agent_who_is_not_there_is_told_so(careline: Careline, command: str) -> None:
    assert careline(command, "nobody") == 1
    assert "There is no agent named 'nobody'; `careline agents list`" in careline.said


def test_each_change_of_state_is_told(careline: Careline) -> None:
    careline("add", "ana", "-s", "zh")
    for command, told in (
        ("ready", "ana is ready.\n"),
        ("pause", "ana is paused: break.\n"),
        ("resume", "ana is ready.\n"),
        ("logout", "ana is logged out.\n"),
    ):
        assert careline(command, "ana") == 0
        assert careline.said == told
    assert careline("resume", "ana") == 0
    assert careline.said.endswith("To log in: *45 on the phone, or careline agents ready ana\n")
    assert careline("skill", "ana", "-s", "ru=2", "-s", "en") == 0
    assert careline.said == "ana has ru 2, en 3 now.\n"
    assert careline("remove", "ana") == 0
    assert careline("list") == 0
    assert "careline agents add" in careline.said


def test_the_list_fits_a_terminal_and_cannot_act_on_it(careline: Careline) -> None:
    careline("add", "ana", "-s", "zh=5", "-s", "senior_care=4", "--display", "[red]王\x1b[2J")
    careline("ready", "ana")
    careline("pause", "ana", "[/] lunch")
    assert careline("list") == 0
    assert "[red]王\\x1b[2J" in careline.said
    assert "[/] lunch" in careline.said
    assert max(map(len, careline.said.splitlines())) <= 80
    assert careline("list", "--json") == 0
    assert json.loads(careline.said)[0]["skills"] == {"zh": 5, "senior_care": 4}


def test_the_phones_are_written_where_the_switch_reads_them(
    careline: Careline, home: Path, tmp_path: Path
) -> None:
    theirs = tmp_path / "etc-asterisk"
    theirs.mkdir()
    secrets.keep_or_make(home)
    wiring.keep(home, Kept(Wiring(), theirs))
    assert careline("add", "ana", "-s", "zh") == 0
    assert f"the switch configured in {theirs}" in careline.said
    assert "The switch is not running" in careline.said
    assert "[ana](careline-phone)" in (theirs / "careline_pjsip_agents.conf").read_text()
    assert careline("remove", "ana") == 0
    assert "[ana]" not in (theirs / "careline_pjsip_agents.conf").read_text()
    assert not instance.hotline(home).etc.exists()


def test_something_else_at_the_switchs_address_is_told(
    careline: Careline, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance.hotline(home).make_folders()
    secrets.keep_or_make(home)
    with socket.create_server(("127.0.0.1", 0)) as other:
        monkeypatch.setenv("CARELINE_AMI_PORT", str(other.getsockname()[1]))

        def greet() -> None:
            with other.accept()[0] as knocking:
                knocking.sendall(b"SSH-2.0-somebody else entirely\r\n")

        greeter = threading.Thread(target=greet)
        greeter.start()
        assert careline("add", "ana", "-s", "zh") == 1
        greeter.join()
    assert agent("ana").phone_secret in careline.said
    assert "is no Asterisk. Set ami_port to a free port" in careline.said
