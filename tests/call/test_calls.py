"""What becomes of callers: the hotline we ship, from the first ring to the record."""

import asyncio
from datetime import date, datetime
from zoneinfo import ZoneInfo

from ivr.flow.load import load
from ivr.line.far_end import Answers, Busy, HangUp, Press, RingsOut, Script, Silent
from ivr.line.virtual_time import run
from ivr.resources import flows
from ivr.trial.hall import Trial
from tests.call.hall import Hall, heard

OLD = date(1954, 3, 2)
YOUNG = date(1990, 6, 1)
ANA = ({"zh": 5, "senior_care": 4}, Answers(after=3, talks=60))
BORIS = ({"ru": 4, "zh": 2}, Answers(after=3, talks=60))
CHEN = ({"zh": 5, "cards": 3, "accounts": 3}, Answers(after=3, talks=60))


def whispered(story: Trial) -> list[str]:
    return [spoken.text for spoken in story.line.whispered]


def keys(*answers: str) -> Script:
    return Script(tuple(Press(one) if one else Silent() for one in answers))


def test_a_known_elderly_caller_reaches_a_patient_agent_without_a_menu_or_a_key() -> None:
    async def day() -> Trial:
        return await Hall({"ana": ANA, "chen": CHEN}).ring(birth=OLD)

    story = run(day())
    assert story.steps() == []
    assert story.summary.agent == "ana"
    assert heard(story) == ["straight_elder"]
    assert story.summary.outcome == "answered"
    assert story.summary.hung_up_by == "agent"
    assert "caller.age is 72" in story.summary.reason


def test_the_agent_is_told_of_an_elderly_caller_before_the_two_are_joined() -> None:
    async def day() -> Trial:
        return await Hall({"ana": ANA}).ring(birth=OLD)

    story = run(day())
    assert whispered(story) == [load(flows()).wording.texts["zh"]["whisper_elderly"].text]
    assert not set(whispered(story)) & set(heard(story))


def test_a_known_russian_speaker_is_put_straight_through_in_russian() -> None:
    async def day() -> Trial:
        return await Hall({"ana": ANA, "boris": BORIS}).ring(birth=YOUNG, languages=("ru",))

    story = run(day())
    assert story.summary.agent == "boris"
    assert [one.spoken.language for one in story.line.heard] == ["ru"]
    assert "俄语" in whispered(story)[0]


def test_a_caller_from_denmark_is_guessed_to_speak_english() -> None:
    async def day() -> Trial:
        hall = Hall({"eve": ({"en": 5}, Answers()), "ana": ANA})
        return await hall.ring("+4533123456")

    story = run(day())
    assert story.summary.agent == "eve"
    assert story.all("caller")[0].data["guessed"] is True


def test_a_working_age_caller_presses_through_the_menu_to_an_agent() -> None:
    async def day() -> Trial:
        return await Hall({"ana": ANA, "chen": CHEN}).ring(birth=YOUNG, far_end=keys("2", "2"))

    story = run(day())
    assert story.summary.agent == "chen"
    assert story.all("set")[0].data == {"name": "intent", "value": "statement"}
    assert story.steps()[-1] == "accounts.agent"


def test_whoever_presses_nothing_reaches_a_human_all_the_same() -> None:
    async def day() -> Trial:
        return await Hall({"chen": CHEN}).ring(birth=YOUNG)

    story = run(day())
    assert len(story.all("silence")) == 2
    assert story.summary.agent == "chen"


def test_zero_reaches_a_human_from_the_pin_and_no_digit_of_the_pin_is_kept() -> None:
    async def day() -> Trial:
        return await Hall({"chen": CHEN}).ring(
            birth=YOUNG, far_end=keys("2", "1", "8843", "1", "0")
        )

    story = run(day())
    assert story.summary.agent == "chen"
    assert story.all("human_wanted")[0].data == {"at": "accounts.pin"}


def test_a_keyed_pin_appears_nowhere_in_the_record_or_in_what_is_said() -> None:
    async def day() -> Trial:
        return await Hall({"chen": CHEN}).ring(
            birth=YOUNG, far_end=keys("2", "1", "8843", "1", "731946")
        )

    story = run(day())
    assert story.all("heard")[-1].data == {"secret": True, "count": 6}
    assert "731946" not in repr(story.events)
    assert "731946" not in repr(heard(story))
    assert "八 八 四 三" in " ".join(heard(story))
    assert story.summary.agent == "chen"


def test_a_mistyped_pin_is_not_kept_either() -> None:
    async def day() -> Trial:
        return await Hall({"chen": CHEN}).ring(
            birth=YOUNG, far_end=keys("2", "1", "8843", "1", "7319")
        )

    story = run(day())
    assert "7319" not in repr(story.events)


def test_an_agent_who_does_not_answer_costs_the_caller_one_ring_not_the_place() -> None:
    async def day() -> Trial:
        hall = Hall(
            {
                "ana": ({"zh": 5, "senior_care": 4}, RingsOut()),
                "bea": ({"zh": 5, "senior_care": 4}, Answers()),
            }
        )
        return await hall.ring(birth=OLD)

    story = run(day())
    assert [event.data for event in story.all("refused")] == [
        {"agent": "ana", "cause": "no_answer"}
    ]
    assert story.summary.agent == "bea"
    assert heard(story) == ["straight_elder"]


def test_an_agent_who_misses_twice_is_set_aside() -> None:
    async def day() -> list[tuple[str, int]]:
        hall = Hall({"ana": ({"zh": 5, "senior_care": 4}, Busy()), "chen": CHEN})
        await asyncio.gather(hall.ring(birth=OLD))
        await hall.ring(birth=OLD)
        return hall.set_aside

    assert run(day()) == [("ana", 2)]


def test_a_caller_who_waits_hears_position_and_wait_and_is_served_when_an_agent_is_free() -> None:
    async def day() -> tuple[Trial, Trial]:
        hall = Hall({"ana": ({"zh": 5, "senior_care": 4}, Answers(after=2, talks=90))})
        first, second = await asyncio.gather(hall.ring(birth=OLD), hall.ring(birth=OLD))
        return first, second

    first, second = run(day())
    assert first.summary.waited_s is not None
    assert second.summary.waited_s is not None
    assert first.summary.waited_s < 10
    assert 90 < second.summary.waited_s < 130
    assert second.all("announced")
    assert second.summary.agent == "ana"


def test_a_caller_who_hangs_up_in_the_queue_leaves_nothing_behind() -> None:
    async def day() -> tuple[Trial, int]:
        hall = Hall({"ana": ({"zh": 5, "senior_care": 4}, Answers(after=1, talks=300))})
        talk = asyncio.create_task(hall.ring(birth=OLD))
        await asyncio.sleep(5)
        gone = await hall.ring(birth=OLD, far_end=Script(hang_up_at=30))
        waiting = len(hall.desk.floor.waiting())
        await talk
        return gone, waiting

    gone, waiting = run(day())
    assert gone.summary.outcome == "abandoned"
    assert gone.summary.hung_up_by == "caller"
    assert waiting == 0


def test_an_elderly_caller_comes_before_others_who_waited_longer() -> None:
    async def day() -> list[str | None]:
        hall = Hall({"ana": ({"zh": 5, "senior_care": 4, "accounts": 1}, Answers(1, talks=200))})
        busy = asyncio.create_task(hall.ring(birth=OLD))
        await asyncio.sleep(3)
        young = asyncio.create_task(hall.ring(birth=YOUNG, far_end=keys("0")))
        await asyncio.sleep(60)
        old = asyncio.create_task(hall.ring(birth=OLD))
        await asyncio.wait({young, old}, return_when=asyncio.FIRST_COMPLETED)
        first = "old" if old.done() else "young"
        await asyncio.gather(busy, young, old)
        return [first]

    assert run(day()) == ["old"]


def test_at_night_a_caller_hears_the_night_message_and_can_still_report_a_lost_card() -> None:
    night = datetime(2026, 11, 18, 23, 30, tzinfo=ZoneInfo("Asia/Shanghai"))

    async def day() -> Trial:
        return await Hall({"chen": CHEN}, at=night).ring(birth=YOUNG, far_end=keys("1"))

    story = run(day())
    assert heard(story)[0] == "night_menu"
    assert story.summary.agent == "chen"
    assert story.summary.queue == "cards"


def test_an_elderly_caller_at_night_is_not_left_in_a_queue_nobody_serves() -> None:
    night = datetime(2026, 11, 18, 23, 30, tzinfo=ZoneInfo("Asia/Shanghai"))

    async def day() -> Trial:
        return await Hall({"ana": ANA}, at=night).ring(birth=OLD)

    story = run(day())
    assert story.all("waiting") == []
    assert heard(story)[0] == "night_menu"


def test_with_nobody_logged_in_the_duty_office_is_rung() -> None:
    async def day() -> Trial:
        hall = Hall({}, outside={"8800": Answers(after=2, talks=30)})
        return await hall.ring(birth=OLD)

    story = run(day())
    assert [event.data for event in story.all("joined")] == [{"to": "duty_office"}]


def test_a_withheld_number_gets_the_menu_like_anyone() -> None:
    async def day() -> Trial:
        return await Hall({"chen": CHEN}).ring("anonymous", far_end=keys("0"))

    story = run(day())
    assert story.summary.number is None
    assert story.summary.agent == "chen"


def test_somebody_who_hangs_up_at_once_is_in_the_record() -> None:
    async def day() -> Trial:
        return await Hall({"chen": CHEN}).ring(far_end=Script(at_prompt={1: HangUp(0.2)}))

    story = run(day())
    assert (story.summary.outcome, story.summary.hung_up_by) == ("left", "caller")


def test_pressing_eight_goes_on_in_english_and_asks_for_an_english_speaker() -> None:
    async def day() -> Trial:
        hall = Hall({"chen": CHEN, "eve": ({"en": 5}, Answers())})
        return await hall.ring(birth=YOUNG, languages=("zh",), far_end=keys("8", "0"))

    story = run(day())
    assert story.summary.agent == "eve"
