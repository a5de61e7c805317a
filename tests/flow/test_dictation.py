"""What a caller says is kept however they go, and nobody is told more than they need."""

import asyncio

import pytest

from ivr.caller import Caller
from ivr.errors import CallerHungUp
from ivr.flow.conversation import Conversation
from ivr.flow.global_keys import HumanWanted
from ivr.flow.outside import Failed, Ticket
from ivr.flow.steps import STEPS
from ivr.line.far_end import HangUp, Press, Reaction, Script, Talks
from ivr.line.simulated import SimulatedLine
from ivr.line.virtual_time import run
from ivr.trial.box import Measured
from tests.flow.cases import RECORD, VOICEMAIL
from tests.flow.house import House, hotline, says, take

REVIEWED = VOICEMAIL | {"review": "again"}


def lengths(house: House) -> list[float]:
    """How long the messages last that were kept."""
    return [round(seconds) for _, seconds in house.box.kept]


@pytest.mark.parametrize("fields", [RECORD, VOICEMAIL, REVIEWED])
def test_who_hangs_up_after_talking_has_left_a_message(fields: dict[str, object]) -> None:
    house = House()
    with pytest.raises(CallerHungUp):
        take(fields, Script((Talks(6, hangs_up=True),)), house)
    assert lengths(house) == [6]


def test_somebody_is_told_of_a_message_whose_caller_hung_up() -> None:
    house = House()
    with pytest.raises(CallerHungUp):
        take(VOICEMAIL, Script((Talks(6, hangs_up=True),)), house)
    fields = {"message": "call-1-1", "seconds": 6.0, "from": "•••• 8000", "queue": "general"}
    assert house.sent == [Ticket("call-1-ticket-1", "night_message", None, "", "zh", fields)]


def test_who_tells_of_a_message_is_not_told_the_number() -> None:
    house = House()
    take(VOICEMAIL, says(4), house)
    assert "13800138000" not in repr(house.sent)
    assert "13800138000" not in repr(house.notes)
    [(dictated, _)] = house.box.kept
    assert dictated.number == "+8613800138000"


def test_nobody_is_told_of_what_was_not_kept() -> None:
    house = House(box=Measured(fails="the disk is full"))
    take(VOICEMAIL, says(4), house)
    assert house.sent == []
    [trouble] = [data["text"] for kind, data in house.notes if kind == "trouble"]
    assert trouble == "what the caller said was not kept: the disk is full"
    [told] = [data for kind, data in house.notes if kind == "message"]
    assert told == {"kind": "message", "queue": "general", "kept": False, "name": "said"}


def test_a_ticket_that_is_not_taken_costs_no_message() -> None:
    house = House(gateway=Failed("down"))
    take(VOICEMAIL, says(4), house)
    assert lengths(house) == [4]


def test_who_hangs_up_without_a_word_leaves_nothing() -> None:
    house = House()
    with pytest.raises(CallerHungUp):
        take(VOICEMAIL, Script((HangUp(2.0),)), house)
    assert (house.box.kept, house.sent) == ([], [])


@pytest.mark.parametrize(
    ("reaction", "kept"), [(Press("0", after=2), []), (Talks(5, then="0"), [5])]
)
@pytest.mark.parametrize("fields", [RECORD, VOICEMAIL, REVIEWED])
def test_zero_leads_to_a_human_out_of_a_recording_and_loses_nothing(
    fields: dict[str, object], reaction: Reaction, kept: list[float]
) -> None:
    house = House()
    with pytest.raises(HumanWanted):
        take(fields, Script((reaction,)), house)
    assert lengths(house) == kept


def test_zero_leads_to_a_human_from_the_question_whether_to_keep_it() -> None:
    house = House()
    with pytest.raises(HumanWanted):
        take(REVIEWED, Script((Talks(5), Press("0", after=4))), house)
    assert lengths(house) == [5]


def test_zero_leads_to_a_human_while_the_message_is_played_back() -> None:
    house = House()
    fields = REVIEWED | {"play_back": "yes"}
    with pytest.raises(HumanWanted):
        take(fields, Script((Talks(20),), at_prompt={2: Press("0", after=3)}), house)
    assert lengths(house) == [20]


def test_the_newer_of_two_messages_counts() -> None:
    house = House()
    take(REVIEWED, Script((Talks(5), Press("2", after=4), Talks(9), Press("1", after=4))), house)
    assert lengths(house) == [9]


def test_who_wants_to_say_it_anew_and_then_says_nothing_has_still_said_it() -> None:
    house = House()
    target, _, _ = take(REVIEWED, Script((Talks(5), Press("2", after=4))), house)
    assert (target, lengths(house)) == ("thanks", [5])


def test_silence_keeps_a_message() -> None:
    house = House()
    target, _, _ = take(REVIEWED, says(5), house)
    assert (target, lengths(house)) == ("thanks", [5])


def test_nobody_says_it_anew_for_ever() -> None:
    again: tuple[Reaction, ...] = (Talks(5), Press("2", after=4)) * 20
    target, talk, house = take(REVIEWED, Script(again))
    assert target == "thanks"
    assert isinstance(talk.line, SimulatedLine)
    assert [kind for kind, _ in house.notes].count("recorded") == 4


def test_an_elderly_caller_may_pause_for_longer() -> None:
    def slowly(talk: object) -> None:
        talk.slow = True  # type: ignore[attr-defined]

    hesitates = Script((Talks(3, after=6.5),))
    assert take(VOICEMAIL, hesitates)[0] == "none"
    assert take(VOICEMAIL, hesitates, prepare=slowly)[0] == "thanks"


def test_a_recording_is_known_to_the_flow_by_its_name() -> None:
    _, talk, house = take(RECORD, says(4))
    assert talk.variables == {"reason": "call-1-1"}
    assert house.sent == []


def test_the_message_is_played_back_before_it_is_kept() -> None:
    _, talk, _ = take(REVIEWED | {"play_back": "yes"}, says(5))
    assert isinstance(talk.line, SimulatedLine)
    names = [one.spoken.name if one.spoken.recording is None else "it" for one in talk.line.heard]
    assert names == ["again", "it", "again"]


def test_the_limits_of_a_message_are_checked() -> None:
    for field, value in (("most", "6 min"), ("most", "0s"), ("silence", "0s"), ("silence", "30s")):
        with pytest.raises(ValueError, match="expected"):
            STEPS["voicemail"].model_validate(VOICEMAIL | {field: value})


def test_what_was_said_is_kept_when_the_engine_stops() -> None:
    house = House()

    async def call() -> None:
        known = Caller(None, "withheld", None, None, "zh", True, None)
        talk = Conversation(SimulatedLine(says(60)), hotline(), known, house)
        talking = asyncio.create_task(STEPS["voicemail"].model_validate(VOICEMAIL).run(talk))
        await asyncio.sleep(20)
        talking.cancel()
        await asyncio.wait({talking})
        assert talking.cancelled()

    run(call())
    assert len(house.box.kept) == len(house.sent) == 1
