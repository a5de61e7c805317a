"""An agent's phone vanishes in a talk, without a word: its cable is cut, or its battery is empty."""

import logging
import time
from datetime import date
from pathlib import Path

import pytest

from ivr.agent import AgentAccount
from ivr.app import running
from ivr.caller import Profile
from ivr.switch import agents as switch_agents
from tests.faults.served import hotline
from tests.hotline.day import until_both_hear_each_other
from tests.rig.engine import OPEN, clock
from tests.rig.rig import Rig

log = logging.getLogger(__name__)
pytestmark = pytest.mark.switch

AGENTS = [AgentAccount(name, name, "zh", {"zh": 5, "senior_care": 5}) for name in ("ana", "bo")]
NUMBER = "13955550001"
CALLERS = [Profile(f"+86{NUMBER}", "王秀兰", date(1950, 1, 1), ("zh",))]
SILENCE = 2
"""Seconds without a sound after which a phone is taken for gone; 15 as we ship it."""


async def test_a_caller_whose_agents_phone_falls_silent_talks_to_another(
    rig: Rig, tmp_path: Path
) -> None:
    async with hotline(rig, tmp_path, AGENTS, CALLERS) as served:
        file = rig.switches.hotline.etc / "careline_pjsip_agents.conf"
        shipped = file.read_text(encoding="utf-8")
        assert "rtp_timeout = 15" in shipped
        file.write_text(shipped.replace("rtp_timeout = 15", f"rtp_timeout = {SILENCE}"))
        address = switch_agents.Address(port=rig.switches.ami_port)
        assert switch_agents.reload(rig.switches.home, address, ("res_pjsip.so",))
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
