"""What steps do with what is outside the call: lookups, messages, tickets, scores, shares."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from ivr.caller import Caller
from ivr.errors import CallerHungUp
from ivr.flow.conversation import Conversation
from ivr.flow.global_keys import HumanWanted
from ivr.flow.outside import Failed, Found, Locked, Missing, TextMessage, Ticket
from ivr.flow.steps import STEPS
from ivr.line.far_end import Press, Script
from ivr.line.simulated import SimulatedLine
from ivr.line.virtual_time import run
from tests.flow.cases import LOOKUP, MENU, SHARE, SMS, SURVEY, TICKET, with_a_card
from tests.flow.house import House, hotline, keys, take


def test_an_answer_is_kept_and_the_secret_is_spent_on_it() -> None:
    house = House(answer=Found({"account": {"balance": 12.5, "owner": "x"}}))

    def keyed(talk: Conversation) -> None:
        talk.variables["card"] = "8843"
        talk.keep("pin", "4711", secret=True)

    _, talk, _ = take(LOOKUP | {"secret": "pin"}, house=house, prepare=keyed)
    assert house.lookups == [("balance_service", {"card": "8843"}, "4711")]
    assert talk.variables == {"card": "8843", "balance": 12.5}
    assert talk.memory.spend("pin") is None
    assert ("lookup", {"name": "balance_service", "outcome": "found"}) in house.notes
    assert "4711" not in repr(house.notes)
    assert "12.5" not in repr(house.notes)


def test_a_lookup_is_not_asked_without_the_secret_it_needs() -> None:
    house = House(answer=Found({"account": {"balance": 12.5}}))
    target, _, _ = take(LOOKUP | {"secret": "pin"}, house=house, prepare=with_a_card)
    assert (target, house.lookups) == ("human", [])


@pytest.mark.parametrize("said", [{"say": "welcome"}, {}], ids=["saying something", "silent"])
def test_who_keyed_a_wrong_secret_too_often_gets_a_human(said: dict[str, Any]) -> None:
    house = House(answer=Locked())
    with pytest.raises(HumanWanted):
        take(LOOKUP | said, house=house, prepare=with_a_card)
    assert ("lookup", {"name": "balance_service", "outcome": "locked"}) in house.notes


@pytest.mark.parametrize("said", [{"say": "welcome"}, {}], ids=["saying something", "silent"])
@pytest.mark.parametrize("after", [0.1, 30.0])
def test_a_lookup_is_given_up_when_the_caller_wants_a_human_meanwhile(
    said: dict[str, Any], after: float
) -> None:
    cancelled = []

    class Slow(House):
        async def look_up(
            self, name: str, arguments: Mapping[str, Any], secret: str | None
        ) -> Found | Missing | Failed:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                cancelled.append(name)
                raise
            return Missing()

    press = Script(at_prompt={1: Press("0", after=after)})
    with pytest.raises(HumanWanted):
        take(LOOKUP | said, press, Slow(), prepare=with_a_card)
    assert cancelled == ["balance_service"]


def test_a_caller_who_hangs_up_during_a_lookup_is_not_waited_for() -> None:
    class Slow(House):
        async def look_up(
            self, name: str, arguments: Mapping[str, Any], secret: str | None
        ) -> Found | Missing | Failed:
            await asyncio.sleep(60)
            raise AssertionError("nobody waits for the answer")

    with pytest.raises(CallerHungUp):
        take(LOOKUP, Script(hang_up_at=5.0), Slow(), prepare=with_a_card)


def test_a_key_pressed_during_a_lookup_answers_what_comes_after_it() -> None:
    class Slow(House):
        async def look_up(
            self, name: str, arguments: Mapping[str, Any], secret: str | None
        ) -> Found | Missing | Failed:
            await asyncio.sleep(5)
            return Missing()

    async def call() -> tuple[str | None, str | None]:
        known = Caller(None, "withheld", None, None, "zh", True, None)
        line = SimulatedLine(Script(at_prompt={1: Press("22", after=1.0)}))
        talk = Conversation(line, hotline(), known, Slow())
        with_a_card(talk)
        looked_up = await STEPS["lookup"].model_validate(LOOKUP).run(talk)
        return looked_up, await STEPS["menu"].model_validate(MENU).run(talk)

    assert run(call()) == ("none", "b")


def test_a_hidden_number_is_no_trouble_of_the_operators() -> None:
    house = House()
    take(SMS, house=house, number=None)
    take(LOOKUP | {"with": {"number": "caller.number"}}, house=house, number=None)
    assert [kind for kind, _ in house.notes] == ["sms", "lookup"]


def test_an_sms_goes_to_the_callers_own_number_and_at_most_three_do() -> None:
    house = House()

    async def call() -> list[str]:
        known = Caller("+8613800138000", "number", None, None, "en", False, "CN")
        talk = Conversation(SimulatedLine(), hotline(), known, house)
        step = STEPS["sms"].model_validate(SMS)
        return [str(await step.run(talk)) for _ in range(4)]

    assert run(call()) == ["sent", "sent", "sent", "not_sent"]
    assert house.sent[:1] == [TextMessage("call-1-sms-1", "+8613800138000", "Goodbye.", "en")]
    assert len({message.key for message in house.sent}) == 3


def test_a_ticket_says_whose_it_is_and_what_about() -> None:
    _, _, house = take(TICKET, prepare=with_a_card)
    fields = {"card": "8843"}
    number = "+8613800138000"
    assert house.sent == [
        Ticket("call-1-ticket-1", "complaint", number, "王芳", "zh", fields),
    ]
    assert ("ticket", {"taken": True, "topic": "complaint", "fields": fields}) in house.notes


def test_a_score_is_kept() -> None:
    _, talk, house = take(SURVEY, keys("4"))
    assert talk.variables == {"score": 4}
    assert ("survey", {"question": "again", "score": 4}) in house.notes


def test_shares_are_kept_to_and_a_caller_always_goes_the_same_way() -> None:
    numbers = [f"+86138{n:08}" for n in range(400)]
    taken = [take(SHARE, number=number)[0] for number in numbers]
    assert 90 < taken.count("a") < 150
    assert [take(SHARE, number=number)[0] for number in numbers[:20]] == taken[:20]


@pytest.mark.parametrize("answer", [True, False])
def test_the_answer_to_being_recorded_is_obeyed_and_kept_with_the_call(answer: bool) -> None:
    _, _, house = take({"recording": "on" if answer else "off", "next": "agent"})
    assert house.recorded is answer
    assert house.notes == [("consent", {"recording": answer})]
