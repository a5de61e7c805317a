"""How a talk is measured: shares, silences, talking over each other, who spoke first."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.measure import WINDOW, Spoken, measure, smooth
from recordings.sound import RATE, Samples

LOUD = 8000


def side(*speech: tuple[float, float], lasts: float = 20.0) -> Samples:
    """A side that speaks (loudly) from … to … seconds."""
    samples = np.zeros(round(lasts * RATE), np.int16)
    for begin, end in speech:
        samples[round(begin * RATE) : round(end * RATE)] = LOUD
    return samples


def detect(samples: Samples) -> Spoken:
    whole = samples[: len(samples) // WINDOW * WINDOW].reshape(-1, WINDOW)
    return np.asarray(np.abs(whole).mean(axis=1) > LOUD / 2)


def about(seconds: float) -> object:
    return pytest.approx(seconds, abs=2 * WINDOW / RATE)


def test_shares_of_a_talk_in_turns() -> None:
    caller, agent = side((2, 6), (12, 14)), side((0.5, 2), (7, 11))
    measures = measure(caller, agent, detect)
    assert measures.seconds == 20
    assert measures.caller.share == pytest.approx(6 / 20, abs=0.01)
    assert measures.agent.share == pytest.approx(5.5 / 20, abs=0.01)
    assert (measures.caller.turns, measures.agent.turns) == (2, 2)
    assert measures.talk_over == pytest.approx(0, abs=0.01)
    assert measures.silence == pytest.approx(8.5 / 20, abs=0.01)


def test_the_agent_who_speaks_late_is_seen() -> None:
    assert measure(side((0, 3)), side((4.5, 6)), detect).agent_first == about(4.5)
    assert measure(side((0, 3)), side(), detect).agent_first is None


def test_talking_over_each_other_is_seen() -> None:
    measures = measure(side((2, 10)), side((6, 12)), detect)
    assert measures.talk_over == pytest.approx(4 / 20, abs=0.01)


def test_the_longest_silence_is_found_where_it_is() -> None:
    begin, lasted = measure(side((0, 3)), side((3, 5), (14, 20)), detect).longest_silence
    assert (begin, lasted) == (about(5), about(9))


def test_loudness_is_that_of_the_voice_not_of_the_pauses() -> None:
    loud = measure(side((0, 20)), side((0, 1)), detect)
    assert loud.caller.loudness == pytest.approx(20 * np.log10(LOUD / 32768), abs=0.1)
    assert loud.agent.loudness == pytest.approx(20 * np.log10(LOUD / 32768), abs=0.3)
    assert measure(side(), side(), detect).caller.loudness is None


def test_clipping_is_seen() -> None:
    shouting = side((0, 5))
    shouting[: RATE * 2] = 32767
    assert measure(shouting, side(), detect).caller.clipped == pytest.approx(2 / 20)


def test_one_side_that_ends_early_is_silent_from_then_on() -> None:
    measures = measure(side((0, 2), lasts=2), side((0, 2), (9, 10), lasts=10), detect)
    assert measures.seconds == 10
    assert measures.caller.share == pytest.approx(2 / 10, abs=0.02)


def test_an_empty_recording_is_measured_too() -> None:
    nothing = np.zeros(0, np.int16)
    assert measure(nothing, nothing, detect).agent_first is None


def test_a_breath_is_no_pause_and_a_click_no_speech() -> None:
    spoken = np.zeros(200, bool)
    spoken[20:60], spoken[65:100], spoken[150:152] = True, True, True
    heard = smooth(spoken)
    assert heard[20:100].all()
    assert not heard[100:].any()


@given(st.lists(st.booleans(), max_size=300), st.lists(st.booleans(), max_size=300))
def test_shares_always_add_up(caller: list[bool], agent: list[bool]) -> None:
    his, hers = (np.array(spoken, bool) for spoken in (caller, agent))
    samples = [np.zeros(len(spoken) * WINDOW, np.int16) for spoken in (his, hers)]
    answers = iter([his, hers])
    longest = max(len(his), len(hers))
    measures = measure(
        samples[0], samples[1], lambda _: np.pad(one := next(answers), (0, longest - len(one)))
    )
    shares = measures.caller.share + measures.agent.share - measures.talk_over + measures.silence
    assert shares == pytest.approx(1 if longest else 0)
    assert measures.longest_silence[1] <= measures.seconds
