"""A customer is rung back, and the agent's phone vanishes in the talk: nobody hangs up on them."""

import logging
import time
from pathlib import Path
from typing import Any

import pytest

from ivr.agent import AgentAccount
from ivr.app import App
from ivr.caller import Profile
from ivr.record import CallRecord
from ivr.running import running
from tests.faults.served import Served, hotline
from tests.faults.test_phone_gone import SILENCE, SORRY, with_little_patience
from tests.hotline.bank import Bank
from tests.hotline.day import OF_THE_AGENT, until, until_both_hear_each_other
from tests.hotline.flows import QUESTION, RIGHT, change, with_secure_entry
from tests.rig import sound
from tests.rig.engine import OPEN, clock
from tests.rig.leg import Leg
from tests.rig.rig import Rig, free_ports

log = logging.getLogger(__name__)
pytestmark = pytest.mark.switch

AGENTS = [AgentAccount(name, name, "en", {"fr": 5}) for name in ("fay", "flo")]
NUMBER = "13944440009"
CALLERS = [Profile(f"+86{NUMBER}", "王芳", None, ("fr",))]
BANK = free_ports(1)[0]
PIN = "604918"
IN_THE_TALK = {"hold", "hold_over", "secure_entry"}


def soon(data: Any) -> None:
    data["queues"]["foreign"]["callback"] = {"after": "0.5s", "tries": "2", "ring": "5s"}
    data["lookups"]["pin_check"]["url"] = f"http://127.0.0.1:{BANK}/pin"


async def test_a_customer_whose_agent_is_lost_hears_why_and_gets_another(
    rig: Rig, tmp_path: Path
) -> None:
    async with hotline(rig, tmp_path, AGENTS, CALLERS) as served, Bank.open(BANK, PIN):
        flows = with_secure_entry(served.settings.flows)
        change(flows / "center.yaml", soon)
        (flows / "audio/en").mkdir(exist_ok=True)
        sound.write_tone(flows / "audio/en/agent_lost.wav", SORRY, 0.6)
        with_little_patience(rig)
        async with running(served.settings, clock(OPEN)) as app:
            customer, phone = await _rung_back(app, served)
            await until_both_hear_each_other(customer, phone)
            await phone.perform("EXEC StopPlaytones")  # from now on nothing is sent
            app.desk.pause("fay", "a phone without sound")
            gone = time.time()
            begin = len(customer.heard())
            await customer.until_heard(SORRY)
            heard = time.time()
            log.info("the customer heard why after %.1f s", heard - gone)
            assert not customer.ended
            app.desk.resume("flo")
            other = await _picked_up(rig, "flo")
            await until_both_hear_each_other(customer, other)
            assert heard - gone < SILENCE + 5
            assert sound.find_tone(customer.heard()[:begin], SORRY) is None
            await other.put_on_hold(1)
            await until_both_hear_each_other(customer, other)
            await other.press("*9")
            await customer.until_heard(QUESTION)
            await customer.press(PIN)
            await other.until_heard(RIGHT)
            await until_both_hear_each_other(customer, other)
            await customer.hang_up()
            await other.until_ended()
            again = await _record(served, "agent_lost")
    assert (again.summary.outcome, again.summary.agent) == ("answered", "flo")
    assert again.summary.number == f"+86{NUMBER}"
    told = [event.kind for event in again.events if event.kind in IN_THE_TALK]
    assert told == ["hold", "hold_over", "secure_entry"]
    [keyed] = [event.data for event in again.events if event.kind == "secure_entry"]
    assert keyed == {"outcome": "right", "recording": True, "token": True}
    [attempt] = [one for one in _all(served) if one.summary.call_id == again.events[0].data["of"]]
    [over] = [event.data["by"] for event in attempt.events if event.kind == "talk_over"]
    assert (over, attempt.summary.agent) == ("phone_lost", "fay")


async def _picked_up(rig: Rig, agent: str) -> Leg:
    """The call at an agent's phone, which from now on is there: never without sound."""
    phone = await rig.carrier.phone(agent).rung()
    await phone.until_answered()
    await phone.hum_on(OF_THE_AGENT)
    return phone


async def _rung_back(app: App, served: Served) -> tuple[Leg, Leg]:
    """Somebody who hung up is rung back by fay; both phones."""
    for agent in AGENTS:
        app.desk.pause(agent.name, "break")
    caller = await served.rig.carrier.call(NUMBER)
    for kind in ("callback_offered", "heard"):
        await served.until_noted(NUMBER, kind)
        await caller.press("1")
    await served.until_noted(NUMBER, "callback_asked")
    await caller.hang_up()
    await served.until_ended(NUMBER)
    app.desk.resume("fay")
    phone = await _picked_up(served.rig, "fay")
    customer = await served.rig.carrier.phone(NUMBER).rung()
    await customer.until_answered()
    return customer, phone


def _all(served: Served) -> list[CallRecord]:
    calls = served.database.calls
    return [calls.show(one.call_id) for one in calls.list() if one.ended is not None]


async def _record(served: Served, begins: str) -> CallRecord:
    """The record that is complete and begins with an event of that kind."""
    found: list[CallRecord] = []

    def there() -> bool:
        found[:] = [one for one in _all(served) if one.events and one.events[0].kind == begins]
        return bool(found)

    await until(f"a record begins with {begins}", there)
    return found[0]
