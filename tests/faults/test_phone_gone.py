"""An agent's phone vanishes without a word, as it rings or in a talk: its cable is cut, or its battery
is empty."""

import asyncio
import logging
import time
from datetime import date
from pathlib import Path

import pytest

from ivr.agent import AgentAccount
from ivr.caller import Profile
from ivr.phones import LOOK_EVERY
from ivr.running import running
from ivr.switch import agents as switch_agents
from tests.faults.cordless import Cordless, cordless
from tests.faults.served import Served, hotline
from tests.hotline.day import until_both_hear_each_other
from tests.rig import sound
from tests.rig.engine import OPEN, clock
from tests.rig.rig import Rig

log = logging.getLogger(__name__)
pytestmark = pytest.mark.switch

AGENTS = [AgentAccount(name, name, "zh", {"zh": 5, "senior_care": 5}) for name in ("ana", "bo")]
NUMBER = "13955550001"
CALLERS = [Profile(f"+86{NUMBER}", "王秀兰", date(1950, 1, 1), ("zh",))]
ANSWERS_WITHIN = 3
"""Seconds which the switch gives a phone to say that it is there."""
SORRY = 1100
"""Hertz: what `agent_lost` sounds like."""
SILENCE = 2
"""Seconds without a sound after which a phone is taken for gone; 15 as we ship it."""


async def test_a_phone_that_vanishes_as_it_rings_is_noticed_and_the_caller_hears_why(
    rig: Rig, tmp_path: Path
) -> None:
    async with hotline(rig, tmp_path, AGENTS, CALLERS) as served, cordless(rig, "ana") as phone:
        sound.write_tone(served.settings.flows / "audio/zh/agent_lost.wav", SORRY, 0.6)
        await _rings_and_vanishes(served, phone)


async def _rings_and_vanishes(served: Served, phone: Cordless) -> None:
    rig = served.rig
    async with running(served.settings, clock(OPEN)) as app:
        app.desk.pause("bo", "break")
        caller = await rig.carrier.call(NUMBER)
        await asyncio.wait_for(phone.rings.wait(), 15)
        await asyncio.sleep(1)
        phone.there = False
        gone = time.time()
        noticed = await served.until_noted(NUMBER, "withdrawn")
        await caller.until_heard(SORRY)
        assert served.live("bo") is None, "the caller hears why though nobody else is there yet"
        app.desk.resume("bo")
        again = await served.until_noted(NUMBER, "joined")
        log.info(
            "noticed after %.1f s; with an agent who was back %.1f s later",
            noticed - gone,
            again - noticed,
        )
        assert noticed - gone < LOOK_EVERY + ANSWERS_WITHIN + 1
        await caller.hang_up()
        record = await served.until_ended(NUMBER)
    asked = [e.data for e in record.events if e.kind in {"offer", "withdrawn"}]
    assert [one["agent"] for one in asked] == ["ana", "ana", "bo"]
    assert asked[1]["cause"] == "unreachable"
    assert [e.kind for e in record.events].count("waiting") == 1, "the place was kept"
    assert (record.summary.outcome, record.summary.agent) == ("answered", "bo")


async def test_a_caller_whose_agents_phone_falls_silent_talks_to_another(
    rig: Rig, tmp_path: Path
) -> None:
    async with hotline(rig, tmp_path, AGENTS, CALLERS) as served:
        with_little_patience(rig)
        async with running(served.settings, clock(OPEN)) as app:
            caller = await rig.carrier.call(NUMBER)
            await served.until_noted(NUMBER, "joined")
            first = next(a.name for a in app.desk.floor.agents() if a.state == "talking")
            other = "bo" if first == "ana" else "ana"
            at_first = served.live(first)
            assert at_first is not None
            await until_both_hear_each_other(caller, at_first)
            await at_first.perform("EXEC StopPlaytones")  # from now on nothing is sent
            gone = time.time()
            noticed = await served.until_noted(NUMBER, "talk_over")
            again = await served.until_noted(NUMBER, "joined", times=2)
            log.info(
                "noticed after %.1f s, another agent after %.1f s", noticed - gone, again - gone
            )
            assert SILENCE - 1 < noticed - gone < SILENCE + 3
            at_other = served.live(other)
            assert at_other is not None
            assert not caller.ended
            await until_both_hear_each_other(caller, at_other)
            await caller.hang_up()
            record = await served.until_ended(NUMBER)
    talks = [event.data for event in record.events if event.kind in {"joined", "talk_over"}]
    assert [one.get("agent") or one.get("by") for one in talks] == [first, "phone_lost", other]
    said = [event.data["prompt"] for event in record.events if event.kind == "said"]
    assert said[-1] == "agent_lost"
    assert (record.summary.outcome, record.summary.agent) == ("answered", other)


def with_little_patience(rig: Rig) -> None:
    """Have the switch take a phone that is silent for `SILENCE` seconds for gone."""
    file = rig.switches.hotline.etc / "careline_pjsip_agents.conf"
    shipped = file.read_text(encoding="utf-8")
    assert "rtp_timeout = 15" in shipped
    file.write_text(shipped.replace("rtp_timeout = 15", f"rtp_timeout = {SILENCE}"))
    address = switch_agents.Address(port=rig.switches.ami_port)
    assert switch_agents.reload(rig.switches.home, address, ("res_pjsip.so",))
