"""What a waiting caller is told: the position and an honest range."""

import random

import pytest

from routing.events import AgentPaused, CallWaits
from routing.model import Need, Queue, Relax
from routing.waiting import ASSUMED_HANDLE_TIME, MEMORY, HandleTimes, Outlook, told_after
from tests.routing.shift import Shift, run_day

FOREIGN = Queue("foreign", need=Need({"ja": 2}))
QUEUES = {"foreign": FOREIGN, "general": Queue("general", wrap_up=0.0)}


def busy(agents: int) -> Shift:
    shift = Shift(QUEUES)
    for number in range(agents):
        shift.arrive(f"a{number}")
        shift.ring(f"busy{number}")
        shift.accept(f"busy{number}", f"a{number}")
    return shift


def test_positions_count_from_one_in_the_order_of_serving() -> None:
    shift = busy(1)
    shift.ring("c1")
    shift.ring("c2")
    shift.tell(CallWaits("c3", "general", head_start=60.0))
    assert [shift.floor.position(call) for call in ("c3", "c1", "c2")] == [1, 2, 3]


def test_a_call_that_is_ringing_or_gone_has_position_zero() -> None:
    shift = Shift(QUEUES)
    shift.arrive("ana")
    shift.ring("c1")
    assert shift.floor.position("c1") == 0
    assert shift.floor.position("gone") == 0


def test_calls_for_other_agents_are_not_ahead() -> None:
    shift = busy(1)
    shift.ring("c1", "foreign")
    shift.ring("c2")
    assert shift.floor.position("c2") == 1


def test_calls_of_another_need_are_ahead_if_the_same_agents_serve_them() -> None:
    shift = busy(1)
    shift.arrive("a0", ja=3)
    shift.ring("c1", "foreign")
    shift.ring("c2")
    assert shift.floor.position("c2") == 2


def test_no_wait_is_promised_when_nobody_who_could_serve_is_at_work() -> None:
    shift = Shift(QUEUES)
    shift.ring("c1", "foreign")
    shift.arrive("ana")
    assert shift.floor.expected_wait("c1", shift.now) is None
    shift.arrive("yui", ja=2)
    shift.tell(AgentPaused("yui", "lunch"))  # c1 rang, and waits again
    assert shift.floor.expected_wait("c1", shift.now) is None
    assert shift.floor.expected_wait("gone", shift.now) is None


def test_a_ringing_call_is_promised_its_ring() -> None:
    shift = Shift(QUEUES)
    shift.arrive("ana")
    shift.ring("c1")
    assert shift.floor.expected_wait("c1", shift.now) == (0.0, 20.0)


def test_the_wait_grows_with_those_ahead_and_shrinks_with_agents() -> None:
    def range_of(agents: int, ahead: int) -> tuple[float, float]:
        shift = busy(agents)
        for number in range(ahead + 1):
            shift.ring(f"c{number}")
        found = shift.floor.expected_wait(f"c{ahead}", shift.now)
        assert found is not None
        return found

    few, many, staffed = range_of(2, 0), range_of(2, 9), range_of(10, 9)
    assert few[0] < many[0]
    assert few[1] < many[1]
    assert staffed[0] < many[0]
    assert staffed[1] < many[1]


def test_a_need_about_to_relax_shortens_the_wait() -> None:
    relaxing = Queue("relaxing", need=Need({"ja": 2}), relax=(Relax(30.0, Need()),))
    shift = Shift({**QUEUES, "relaxing": relaxing})
    shift.arrive("a0")
    shift.ring("busy")
    shift.accept("busy", "a0")
    shift.ring("c1", "relaxing")
    found = shift.floor.expected_wait("c1", shift.now)
    assert found is not None
    assert 30.0 < found[0] < found[1]
    later = shift.floor.expected_wait("c1", shift.now + 20.0)
    assert later is not None
    assert later[0] == pytest.approx(found[0] - 20.0)


def test_handle_times_are_learned_and_old_ones_fade() -> None:
    times = HandleTimes()
    assert times.mean("general") == ASSUMED_HANDLE_TIME
    for _ in range(10 * MEMORY):
        times.add("general", 60.0)
    assert times.mean("general") == pytest.approx(60.0, abs=0.1)
    times.add("general", 90.0)
    assert times.mean("general") == pytest.approx(61.0, abs=0.1)
    assert times.mean("foreign") == ASSUMED_HANDLE_TIME


def test_one_very_short_talk_promises_nothing() -> None:
    times = HandleTimes()
    times.add("general", 1.0)
    assert times.mean("general") > ASSUMED_HANDLE_TIME / 2


def test_the_floor_learns_from_its_own_talks() -> None:
    shift = Shift({"general": Queue("general", wrap_up=10.0)})
    shift.arrive("ana")
    run_day(shift, [(i * 100.0, CallWaits(f"c{i}", "general")) for i in range(200)], talk=50.0)
    shift.ring("busy")
    shift.accept("busy", "ana")
    shift.ring("last")
    found = shift.floor.expected_wait("last", shift.now)
    assert found is not None
    # An exponential of mean 60 s: 10 % end within 6.3 s, 90 % within 138 s.
    assert found == pytest.approx((6.3, 138.0), rel=0.08)


def test_about_four_callers_in_five_wait_as_long_as_they_were_told() -> None:
    dice = random.Random(7)
    kept = 0
    for _ in range(400):
        shift = busy(5)
        for number in range(10):
            shift.ring(f"c{number}")
        promised = shift.floor.expected_wait("c9", 0.0)
        assert promised is not None
        ends = sorted(dice.expovariate(1 / ASSUMED_HANDLE_TIME) for _ in range(5))
        for _ in range(9):  # whoever is done first takes the next caller
            done = ends.pop(0)
            ends = sorted([*ends, done + dice.expovariate(1 / ASSUMED_HANDLE_TIME)])
        kept += promised[0] <= ends[0] <= promised[1]
    assert 0.75 < kept / 400 < 0.85


def told(at: float, position: int, agents: int, high: float, low: float = 0.0) -> Outlook:
    return Outlook(at, position, agents, low, high)


@pytest.mark.parametrize(
    ("fresh", "high", "reason"),
    [
        (told(30.0, 3, 5, 60.0), 60.0, ""),  # shorter than what is left
        (told(30.0, 3, 5, 100.0), 70.0, ""),  # longer, and nothing has happened
        (told(30.0, 4, 5, 100.0), 100.0, "overtaken"),
        (told(30.0, 3, 4, 100.0), 100.0, "fewer_agents"),
        (told(90.0, 3, 5, 100.0, low=20.0), 100.0, "slower"),  # the promise cannot be kept
    ],
)
def test_the_wait_told_does_not_grow_without_a_reason(
    fresh: Outlook, high: float, reason: str
) -> None:
    now = told_after(told(0.0, 3, 5, 100.0), fresh)
    assert (now.high, now.reason) == (high, reason)


def test_a_wait_told_twice_counts_down() -> None:
    shift = busy(1)
    shift.ring("c1")
    first = shift.floor.outlook("c1", 0.0)
    later = shift.floor.outlook("c1", 10.0)
    assert first is not None
    assert later is not None
    assert first.high is not None
    assert (first.position, later.position) == (1, 1)
    assert later.high == pytest.approx(first.high - 10.0)
    assert later.reason == ""


def test_more_callers_of_higher_priority_are_a_reason() -> None:
    shift = busy(1)
    shift.ring("c1")
    before = shift.floor.outlook("c1", 0.0)
    shift.tell(CallWaits("c2", "general", head_start=600.0))
    after = shift.floor.outlook("c1", 1.0)
    assert before is not None
    assert after is not None
    assert before.high is not None
    assert after.high is not None
    assert after.high > before.high
    assert (after.position, after.reason) == (2, "overtaken")


def test_an_announcement_says_later_whether_it_was_right() -> None:
    announced = told(100.0, 1, 1, high=60.0, low=10.0)
    assert [announced.held(at) for at in (105.0, 110.0, 160.0, 161.0)] == [False, True, True, False]
    assert Outlook(0.0, 1, 0).held(5.0) is None


def test_nothing_is_told_to_a_call_that_is_not_here() -> None:
    assert busy(1).floor.outlook("gone", 0.0) is None
