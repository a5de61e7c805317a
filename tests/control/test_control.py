"""A supervisor asks a running engine over its socket, and acts on the floor."""

import asyncio
import json
import logging
import os
import stat
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar

import pytest

from ivr.agent import AgentAccount
from ivr.cli import floor, main, secure_entry
from ivr.control import overseer as rules
from ivr.control.client import Engine, path
from ivr.control.overseer import Overseer
from ivr.control.roles import MAY, Act, NotAllowed, Person, Role, person, require
from ivr.control.server import Control
from ivr.desk import Desk
from ivr.door import Door
from ivr.errors import BadInput, CarelineError, NotFound
from ivr.record import CallSummary
from ivr.secure_entry import Entries, Result
from ivr.store import Database
from routing.events import (
    AgentArrived,
    AgentPaused,
    AgentResumed,
    CallWaits,
    OfferAccepted,
    OfferRefused,
    TalkOver,
)
from routing.floor import Floor
from routing.model import Agent, Queue

T = TypeVar("T")
NOW = datetime(2026, 11, 18, 2, tzinfo=UTC)
BOSS = Person("li", "supervisor")


class Call:
    """A call under way, and what was noted in its record."""

    def __init__(self, call_id: str) -> None:
        self.summary = CallSummary(call_id=call_id, started=NOW, masked="•••• 8000")
        self.noted: list[tuple[str, dict[str, Any]]] = []
        self.entries = Entries()
        self.has_secure_entry = call_id == "careline-1"

    def note(self, kind: str, /, **data: Any) -> None:
        self.noted.append((kind, data))


class Hotline:
    """A floor with ana in a talk (careline-1), and careline-2 and careline-3 that wait."""

    def __init__(self, var: Path, groups: Mapping[Role, str] | None = None) -> None:
        self.clock = 0.0
        self.database = Database.open(f"sqlite:///{var}/careline.db")
        self.desk = Desk(Floor({"senior": Queue("senior"), "cards": Queue("cards")}), monotonic)
        self.calls = {name: Call(name) for name in ("careline-1", "careline-2", "careline-3")}
        self.desk.tell(AgentArrived(Agent("ana")))
        self.desk.ring_back = lambda instruction: None
        for call in self.calls:
            self.desk.tell(CallWaits(call, "senior"))
            if call == "careline-1":
                self.desk.tell(OfferAccepted(call, "ana"))
        self.desk.tell(AgentArrived(Agent("bo"), paused="lunch"))
        self.database.agents.add(AgentAccount("boss", "Boss", "en"))
        self.overseer = Overseer(
            self.desk,
            Door(self.database.closures),
            self.calls,
            self.database,
            lambda: NOW,
            lambda: monotonic() + self.clock,
            take_aside=self.take_aside,
        )
        self.control = Control(self.overseer, var, groups)
        self.engine = Engine(path(var))

    async def take_aside(self, call_id: str) -> None:
        self.calls[call_id].entries.newest = "under_way"

    def waiting(self) -> list[str]:
        return [one.call for one in self.desk.floor.waiting()]


@pytest.fixture
async def hotline(tmp_path: Path) -> AsyncIterator[Hotline]:
    (tmp_path / "var").mkdir()
    hotline = Hotline(tmp_path / "var")
    await hotline.control.open()
    yield hotline
    await hotline.control.close()
    hotline.desk.close()
    hotline.database.close()


async def ask(question: Callable[..., T], *given: str | float, **fields: str) -> T:
    """Ask as a command does, from outside the engine's loop."""
    return await asyncio.to_thread(question, *given, **fields)


async def test_who_waits_and_who_talks_is_seen_with_masked_numbers(hotline: Hotline) -> None:
    seen = await ask(hotline.engine.floor)
    assert [(row["call"], row["caller"], row["queue"]) for row in seen["waiting"]] == [
        ("careline-2", "•••• 8000", "senior"),
        ("careline-3", "•••• 8000", "senior"),
    ]
    assert [(row["agent"], row["state"], row["pause"], row["call"]) for row in seen["agents"]] == [
        ("ana", "talking", None, "careline-1"),
        ("bo", "paused", "lunch", None),
    ]
    assert seen["closed"] is None


async def test_a_call_is_served_next_and_the_act_is_written_down_everywhere(
    hotline: Hotline, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    assert await ask(hotline.engine.act, "front", "3") == "careline-3"
    assert hotline.waiting() == ["careline-3", "careline-2"]
    [(kind, data)] = hotline.calls["careline-3"].noted
    assert (kind, data["act"]) == ("supervised", "front")
    [entry] = hotline.database.audit.entries()
    assert (entry.act, entry.about, entry.who) == ("front", "careline-3", data["by"])
    assert "did front to call careline-3" in caplog.text


async def test_a_call_is_taken_out_of_its_queue(hotline: Hotline) -> None:
    await ask(hotline.engine.act, "withdraw", "careline-2")
    assert hotline.waiting() == ["careline-3"]


@pytest.mark.parametrize("act", ["front", "withdraw"])
async def test_a_call_that_does_not_wait_is_not_found(hotline: Hotline, act: str) -> None:
    with pytest.raises(NotFound, match="no call '9' that waits"):
        await ask(hotline.engine.act, act, "9")
    assert list(hotline.database.audit.entries()) == []


async def test_what_is_no_act_or_has_no_queue_is_refused(hotline: Hotline) -> None:
    with pytest.raises(NotFound, match="no such act"):
        await ask(hotline.engine.act, "steal", "2")
    with pytest.raises(BadInput, match='"queue"'):
        await ask(hotline.engine.act, "move", "2")
    with pytest.raises(BadInput, match="1 to 80"):
        await ask(hotline.engine.act, "move", "2", queue="x" * 81)


async def test_nobody_else_can_open_the_socket(hotline: Hotline, tmp_path: Path) -> None:
    socket = path(tmp_path / "var")
    assert stat.S_IMODE(socket.stat().st_mode) == 0o600
    assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700


async def test_without_an_engine_the_command_says_so(tmp_path: Path) -> None:
    with pytest.raises(CarelineError, match="careline serve"):
        await ask(Engine(path(tmp_path)).floor)


async def test_a_folder_too_deep_for_a_socket_is_told(tmp_path: Path) -> None:
    var = tmp_path / ("d" * 120)
    var.mkdir()
    hotline = Hotline(var)
    with pytest.raises(BadInput, match="too long for a socket"):
        await hotline.control.open()
    hotline.desk.close()
    hotline.database.close()


# -- agents --------------------------------------------------------------------------------------


async def test_an_agent_gets_longer_for_a_wrap_up_and_it_is_written_down(hotline: Hotline) -> None:
    hotline.desk.tell(TalkOver("careline-1", "ana"))
    assert await ask(hotline.engine.extend, "ana", 120.0) == pytest.approx(130, abs=5)
    [row] = [row for row in (await ask(hotline.engine.floor))["agents"] if row["agent"] == "ana"]
    assert (row["state"], row["left"]) == ("wrap_up", pytest.approx(130, abs=5))
    [entry] = hotline.database.audit.entries()
    assert (entry.act, entry.about, entry.data) == ("extend", "ana", {"seconds": "120"})


async def test_only_a_wrap_up_that_is_on_is_made_longer_and_not_without_end(
    hotline: Hotline,
) -> None:
    with pytest.raises(NotFound, match="'ana' is in no wrap-up"):
        await ask(hotline.engine.extend, "ana", 120.0)
    hotline.desk.tell(TalkOver("careline-1", "ana"))
    for seconds in (0.0, rules.LONGEST_WRAP_UP + 1):
        with pytest.raises(BadInput, match="up to 30 minutes"):
            await ask(hotline.engine.extend, "ana", seconds)
    assert list(hotline.database.audit.entries()) == []


async def test_the_command_takes_times_as_flow_files_do(
    hotline: Hotline, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(floor, "engine", lambda: hotline.engine)
    hotline.desk.tell(TalkOver("careline-1", "ana"))
    command = ["floor", "extend", "ana", "--by"]
    assert await asyncio.to_thread(main.run, [*command, "3 min"]) == 0
    assert capsys.readouterr().out.startswith("ana is in wrap-up for 3:")
    assert await asyncio.to_thread(main.run, [*command, "soon"]) == 2
    assert "a time such as 20s, 5 min or 1h expected" in capsys.readouterr().err


async def test_an_agent_who_rests_after_a_missed_call_is_seen_to(hotline: Hotline) -> None:
    hotline.desk.tell(TalkOver("careline-1", "ana"))
    hotline.desk.tell(AgentResumed("bo"))
    hotline.desk.tell(OfferRefused("careline-2", "bo", "declined"))
    rows = {row["agent"]: row for row in (await ask(hotline.engine.floor))["agents"]}
    assert (rows["bo"]["state"], rows["bo"]["rest"], rows["bo"]["left"]) == (
        "resting",
        "declined",
        10,
    )
    assert floor.does(rows["bo"]) == "resting (declined)"


# -- secrets -------------------------------------------------------------------------------------


async def test_a_secure_entry_is_begun_and_its_token_given_out_and_both_are_written_down(
    hotline: Hotline,
) -> None:
    assert await ask(hotline.engine.act, "secure-entry", "1") == "careline-1"
    assert (await ask(hotline.engine.entry, "1"))["outcome"] == "under_way"
    hotline.calls["careline-1"].entries.newest = Result("right", "tok-1")
    found = await ask(hotline.engine.entry, "careline-1")
    assert (found["outcome"], found["token"]) == ("right", "tok-1")
    acts = [(entry.act, entry.about) for entry in hotline.database.audit.entries()]
    assert acts == [("secure_entry", "careline-1"), ("secure_result", "careline-1")]
    noted = hotline.calls["careline-1"].noted
    assert [data["act"] for _, data in noted] == [act for act, _ in acts]
    assert "tok-1" not in str([*hotline.database.audit.entries(), *noted])


async def test_what_is_no_talk_or_has_no_secret_to_be_keyed_is_told(hotline: Hotline) -> None:
    with pytest.raises(NotFound, match="under way"):
        await ask(hotline.engine.act, "secure-entry", "9")
    with pytest.raises(BadInput, match="no secure_entry"):
        await ask(hotline.engine.act, "secure-entry", "2")
    with pytest.raises(NotFound, match="No secret was keyed"):
        await ask(hotline.engine.entry, "1")


async def test_the_command_waits_for_the_result_and_shows_the_token_alone(
    hotline: Hotline, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(secure_entry, "engine", lambda: hotline.engine)
    monkeypatch.setattr(secure_entry, "LOOK_AGAIN", 0.01)
    asked = asyncio.create_task(asyncio.to_thread(main.run, ["secure-entry", "1"]))
    while hotline.calls["careline-1"].entries.newest is None:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    assert not asked.done()
    hotline.calls["careline-1"].entries.newest = Result("right", "tok-1")
    assert await asked == 0
    assert capsys.readouterr().out == "1: it was right; token tok-1.\n"
    hotline.calls["careline-1"].entries.newest = Result("wrong")
    assert await asyncio.to_thread(main.run, ["secure-entry", "1", "--result", "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == {
        "call": "careline-1",
        "outcome": "wrong",
        "token": None,
    }


@pytest.mark.parametrize("role", ["agent", "auditor"])
@pytest.mark.parametrize("act", ["secure_entry", "secure_result"])
def test_neither_agents_nor_auditors_begin_a_secure_entry_or_get_its_token(
    role: Role, act: Act
) -> None:
    with pytest.raises(NotAllowed):
        require(Person("x", role), act)


# -- listening -----------------------------------------------------------------------------------


async def test_a_phone_that_was_given_leave_hears_the_talk_once(hotline: Hotline) -> None:
    assert await ask(hotline.engine.spy, "whisper", "ana", "boss") == "*50"
    assert await hotline.overseer.take("boss") == ("careline-1", "whisper")
    assert await hotline.overseer.take("boss") is None
    [(kind, data)] = hotline.calls["careline-1"].noted
    assert kind == "supervised"
    assert data.items() >= {"act": "whisper", "agent": "ana", "phone": "boss"}.items()


async def test_a_phone_without_leave_hears_nothing(hotline: Hotline) -> None:
    await ask(hotline.engine.spy, "listen", "ana", "boss")
    assert await hotline.overseer.take("stranger") is None
    assert hotline.calls["careline-1"].noted == []


async def test_leave_ends_after_a_minute(hotline: Hotline) -> None:
    await ask(hotline.engine.spy, "listen", "ana", "boss")
    hotline.clock = rules.GRANT + 1
    assert await hotline.overseer.take("boss") is None


@pytest.mark.parametrize("agent", ["bo", "nobody", "../x"])
async def test_an_agent_who_talks_to_nobody_cannot_be_heard(hotline: Hotline, agent: str) -> None:
    with pytest.raises(NotFound):
        await ask(hotline.engine.spy, "listen", agent, "boss")


async def test_a_phone_that_nobody_has_is_told(hotline: Hotline) -> None:
    with pytest.raises(NotFound, match="nobody"):
        await ask(hotline.engine.spy, "listen", "ana", "nobody")


async def test_an_agent_who_was_paused_in_the_talk_is_heard_still(hotline: Hotline) -> None:
    hotline.desk.tell(AgentPaused("ana", "lunch"))
    await ask(hotline.engine.spy, "barge", "ana", "boss")
    assert await hotline.overseer.take("boss") == ("careline-1", "barge")


# -- roles ---------------------------------------------------------------------------------------


def test_the_engines_user_and_root_are_admins_and_nobody_else_is_anything() -> None:
    assert person(os.getuid(), os.getuid()).role == "admin"
    assert person(0, 1000) == Person("root", "admin")
    with pytest.raises(NotAllowed):
        person(1001, 1000)


@pytest.mark.parametrize("role", ["agent", "auditor"])
def test_neither_agents_nor_auditors_act(role: Role) -> None:
    with pytest.raises(NotAllowed, match=f"is {role} here and may not front"):
        require(Person("x", role), "front")


async def test_an_agent_may_not_even_see_the_floor(hotline: Hotline) -> None:
    with pytest.raises(NotAllowed):
        hotline.overseer.view(Person("x", "agent"))
    assert "see" in MAY["auditor"]
    assert hotline.overseer.view(BOSS)["agents"]
