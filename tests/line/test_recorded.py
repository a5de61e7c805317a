"""Is a recording a faithful test, and fit to be given away?"""

from pathlib import Path
from typing import Any

import pytest

from ivr.errors import BadInput, CallerHungUp, LineError
from ivr.line import recording, virtual_time
from ivr.line.commands import (
    AgentPhone,
    Connect,
    Grammar,
    Hold,
    Hypothesis,
    Joined,
    Keyed,
    Listen,
    OutsideNumber,
    Play,
    Played,
    Speech,
    Spoken,
)
from ivr.line.far_end import Answers, Press, Script
from ivr.line.recorded import RecordedLine, Recorder
from ivr.line.recording import CallerGone, Cancelled, Entry, Failed
from ivr.line.simulated import SimulatedLine

HELLO = Spoken("您好", "zh", name="hello")
BALANCE = Spoken("王小明的余额是一百元", "zh", private=True)
SPEECH = Speech((Grammar("ko", ("카드", "잔액"), free=True), Grammar("en", ("card",))), "open")
PIN = Listen((HELLO,), most=6, secret=True)


def test_a_secret_entry_is_in_no_recording(tmp_path: Path) -> None:
    async def call() -> None:
        recorder = Recorder(SimulatedLine(Script(answers=(Press("135790"),))))
        assert await recorder.perform(PIN) == Keyed("135790")
        recording.save(recorder.entries, tmp_path / "call.yaml")

    virtual_time.run(call())
    assert "135790" not in (tmp_path / "call.yaml").read_text(encoding="utf-8")

    async def replay() -> None:
        line = RecordedLine(recording.load(tmp_path / "call.yaml"))
        assert await line.perform(PIN) == Keyed("999999")

    virtual_time.run(replay())


def test_a_caller_s_data_is_in_no_recording(tmp_path: Path) -> None:
    async def call() -> None:
        recorder = Recorder(SimulatedLine(phones={"ana": Answers()}))
        await recorder.perform(Play((HELLO, BALANCE)))
        await recorder.perform(Connect(AgentPhone("ana"), whisper=(BALANCE,)))
        recording.save(recorder.entries, tmp_path / "call.yaml")

    virtual_time.run(call())
    assert "王小明" not in (tmp_path / "call.yaml").read_text(encoding="utf-8")

    async def replay() -> None:
        line = RecordedLine(recording.load(tmp_path / "call.yaml"))
        assert await line.perform(Play((HELLO, BALANCE))) == Played()
        assert await line.perform(Connect(AgentPhone("ana"), whisper=(BALANCE,))) == Joined()
        assert line.finished

    virtual_time.run(replay())


def test_a_flow_that_asks_for_something_else_is_told() -> None:
    async def replay() -> None:
        line = RecordedLine([Entry(Play((HELLO,)), Played(), 1.0)])
        with pytest.raises(AssertionError, match="Command 1 was recorded as Play"):
            await line.perform(Hold())

    virtual_time.run(replay())


def test_a_flow_that_goes_on_after_the_end_is_told() -> None:
    async def replay() -> None:
        with pytest.raises(AssertionError, match="The recording is over"):
            await RecordedLine([]).perform(Hold())

    virtual_time.run(replay())


def test_every_command_and_end_survives_the_file(tmp_path: Path) -> None:
    commands = [
        kind() if name in {"answer", "hold", "talk", "hand_back", "hangup"} else None
        for name, kind in recording.COMMANDS.items()
    ]
    entries = [Entry(command, Cancelled(), 0.5) for command in commands if command is not None]
    entries += [
        Entry(Play((HELLO,), interrupt="0"), Played("0"), 0.25),
        Entry(Listen((HELLO,), most=4, between=1.5), CallerGone(), 1.0),
        Entry(Listen((HELLO,), speech=SPEECH), CallerGone(), 1.0),
        Entry(
            Connect(OutsideNumber("+861088880000"), ring=9, whisper=(HELLO,), meanwhile=HELLO),
            Failed("The switch failed."),
            2.0,
        ),
    ]
    heard = ("카드", "ko", 0.8, (Hypothesis("가드", "ko", 0.2),))
    given: dict[str, tuple[Any, ...]] = {
        "keyed": ("12",),
        "not_joined": ("busy",),
        "utterance": heard,
        "unclear": ("too_loud",),
        "recorded": (3.5, "silence"),
        "monitored": (True,),
        "muted": (False,),
    }
    outcomes = [kind(*given.get(name, ())) for name, kind in recording.OUTCOMES.items()]
    entries += [Entry(Hold(), outcome, 0.0) for outcome in outcomes]
    recording.save(entries, tmp_path / "call.yaml")
    assert recording.load(tmp_path / "call.yaml") == entries


def test_ends_that_are_no_outcomes_are_played_again() -> None:
    async def replay() -> None:
        line = RecordedLine(
            [Entry(Hold(), Failed("It broke."), 1.0), Entry(Hold(), CallerGone(), 1.0)]
        )
        with pytest.raises(LineError, match=r"It broke\."):
            await line.perform(Hold())
        with pytest.raises(CallerHungUp):
            await line.perform(Hold())

    virtual_time.run(replay())


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "play",
        "- command: play",
        "- {command: sing, outcome: played, seconds: 1}",
        "- {command: {play: {loud: true}}, outcome: played, seconds: 1}",
        "- {command: hold, outcome: held, seconds: soon}",
        "- 7",
        "- {command: [], outcome: held, seconds: 1}",
    ],
)
def test_a_file_that_is_no_recording_is_refused_with_its_name(tmp_path: Path, text: str) -> None:
    file = tmp_path / "call.yaml"
    file.write_text(text)
    with pytest.raises(BadInput, match=r"call\.yaml"):
        recording.load(file)
