"""careline top shows the floor on a terminal of 80 by 24, from a view that was recorded."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.console import Console

from ivr.cli import main, top
from ivr.control.lately import Lately
from ivr.errors import CarelineError
from ivr.record import CallEvent

AT = datetime(2026, 11, 18, 10, 30, 15, tzinfo=UTC)


def queue(name: str, waiting: int = 0, longest: int = 0, level: float | None = None) -> Any:
    return {
        "queue": name, "waiting": waiting, "longest": longest, "answered": 40, "abandoned": 3,
        "level": level,
    }  # fmt: skip


def caller(call: str, waited: int = 75, ringing: str | None = None) -> Any:
    return {
        "call": f"careline-{call}", "caller": "•••• 8000", "queue": "senior", "need": "senior_care=3",
        "waited": waited, "head_start": 600, "position": 1, "expected": [60, 180],
        "ringing": ringing,
    }  # fmt: skip


def agent(name: str, state: str, pause: str | None = None, call: str | None = None) -> Any:
    return {
        "agent": name, "state": state, "for": 130, "left": 4 if state == "wrap_up" else None,
        "pause": pause, "call": call, "queue": "senior" if call else None,
    }  # fmt: skip


RECORDED: dict[str, Any] = {
    "calls": 7,
    "queues": [queue("general"), queue("senior", 2, 75, 0.912), queue("cards", 0, 0, 0.4)],
    "waiting": [caller("1763.5"), caller("1763.9", 12, "ana")],
    "agents": [
        agent("bo", "talking", call="careline-1763.2"),
        agent("ana", "ringing"),
        agent("cy", "free"),
        agent("di", "paused", "lunch"),
        agent("ed", "wrap_up"),
    ],
    "closed": None,
}


def shown(view: dict[str, Any], lines: int | None = 24, lost: str = "") -> list[str]:
    """The lines of a terminal of 80 columns."""
    out = io.StringIO()
    console = Console(file=out, width=80, height=24, force_terminal=False)
    console.print(top.screen(view, AT, lines, lost))
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_the_floor_is_told_in_queues_callers_and_agents() -> None:
    text = shown(RECORDED)
    assert text[0] == "10:30:15   7 calls   2 waiting   1 talking   1 of 5 agents free"
    assert [line.split() for line in text if line.startswith(("general", "senior ", "cards"))] == [
        ["general", "0", "40", "3", "–"],
        ["senior", "2", "1:15", "40", "3", "91%"],
        ["cards", "0", "40", "3", "40%"],
    ]
    assert next(line.split() for line in text if line.startswith("1763.9")) == [
        *("1763.9", "••••", "8000", "senior", "0:12", "1:00–3:00", "rings", "at", "ana")
    ]
    assert next(line.split() for line in text if line.startswith("di")) == [
        *("di", "paused", "(lunch)", "2:10")
    ]
    assert next(line.split() for line in text if line.startswith("bo")) == [
        *("bo", "talking", "2:10", "senior", "1763.2")
    ]


def test_free_agents_come_first() -> None:
    names = [line.split()[0] for line in shown(RECORDED) if line]
    assert names[-5:] == ["cy", "ana", "bo", "ed", "di"]


@pytest.mark.parametrize(("calls", "agents"), [(0, 0), (200, 3), (3, 200), (200, 200)])
def test_a_busy_floor_fits_the_screen_and_what_is_left_out_is_counted(
    calls: int, agents: int
) -> None:
    busy = RECORDED | {
        "waiting": [caller(f"1763.{n}") for n in range(calls)],
        "agents": [agent(f"agent-{n:03}", "free") for n in range(agents)],
    }
    text = shown(busy, lost="The engine has not answered since 10:30:14.")
    assert len(text) <= 24
    assert max(map(len, text)) <= 80
    counted = [int(line.split()[1]) for line in text if line.endswith("more")]
    lists = [line for line in text if line.startswith(("1763.", "agent-"))]
    assert len(lists) + sum(counted) == calls + agents


def test_nothing_is_left_out_when_shown_once() -> None:
    busy = RECORDED | {"waiting": [caller(f"1763.{n}") for n in range(100)]}
    assert sum(line.startswith("1763.") for line in shown(busy, lines=None)) == 100


def test_a_name_cannot_act_on_the_terminal() -> None:
    evil = RECORDED | {"agents": [agent("x\x1b[2J[bold]\u202e", "paused", "lunch\n=1")]}
    text = "\n".join(shown(evil))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "[bold]" in text


def test_a_hotline_closed_by_hand_and_an_engine_that_is_gone_are_said() -> None:
    closed = RECORDED | {"closed": {"since": "", "who": "li", "prompt": "x", "recording": None}}
    text = shown(closed, lost="The engine has not answered since 10:30:14.")
    assert "Closed by li." in text
    assert "The engine has not answered since 10:30:14." in text


class Recorded:
    """An engine that shows the same floor again and again, until it is gone."""

    def __init__(self, looks: int) -> None:
        self.left = looks

    def floor(self) -> dict[str, Any]:
        self.left -= 1
        if self.left < 0:
            raise CarelineError("gone")
        return RECORDED


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """The engine is the recorded one; the waits between looks, of which the fifth is ^C."""
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 5:
            raise KeyboardInterrupt

    recorded = Recorded(3)
    monkeypatch.setattr(top, "engine", lambda: recorded)
    monkeypatch.setattr("ivr.cli.top.time.sleep", wait)
    yield waits


def test_once_ends_by_itself(looks: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["top", "--once"]) == 0
    assert "senior" in capsys.readouterr().out
    assert looks == []


def test_a_program_gets_what_the_engine_tells(
    looks: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.run(["top", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == RECORDED


def test_it_looks_once_a_second_until_control_c_also_past_a_restart(
    looks: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    drawn = io.StringIO()
    terminal = Console(file=drawn, force_terminal=True, width=100, height=40)
    monkeypatch.setattr(top, "console", terminal)
    assert main.run(["top"]) == 0
    assert looks == [1.0] * 5
    assert "has not answered since" in drawn.getvalue()


def test_a_terminal_that_cannot_draw_over_itself_gets_one_look_below_the_other(
    looks: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    drawn = io.StringIO()
    monkeypatch.setattr(top, "console", Console(file=drawn, force_terminal=True, width=100))
    assert main.run(["top"]) == 0
    assert looks == [5.0] * 5
    assert drawn.getvalue().count("agents free") == 5
    assert "\x1b[H" not in drawn.getvalue(), "nothing that moves about"


# -- the service level now -----------------------------------------------------------------------


def test_the_service_level_is_that_of_the_last_hour() -> None:
    now = [AT]
    lately = Lately(lambda: now[0])

    def call(name: str, begins: float, waits: float, end: str) -> None:
        data = {"agent": "ana"} if end == "joined" else {}
        at = AT + timedelta(seconds=begins)
        lately.add(CallEvent(name, 1, at, "waiting", {"queue": "senior"}))
        lately.add(CallEvent(name, 2, at + timedelta(seconds=waits), end, data))

    call("old", -4000, 5, "joined")
    call("soon", -600, 20, "joined")
    call("late", -500, 21, "joined")
    call("gone", -400, 10, "ended")
    call("sent on", -300, 10, "unstaffed")
    assert lately.of("cards").level is None
    level = lately.of("senior")
    assert (level.answered, level.abandoned, level.level) == (2, 1, 1 / 3)
    now[0] = AT + timedelta(hours=1)
    assert lately.of("senior").level is None
