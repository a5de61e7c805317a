"""When does a caller speak, and when has the caller said it all?"""

import numpy as np
import pytest

from speech.endpoint import PATIENCE, Change, Silero, VoiceActivity, patience
from speech.recognizer import RATE, Samples
from tests.speech.sounds import ByLoudness, clip, frames, noise, quiet, tone, voice


def heard(*sounds: Samples) -> tuple[VoiceActivity, list[tuple[Change, float]]]:
    """What has changed, and at which second."""
    activity = VoiceActivity(ByLoudness())
    changes = [
        (change, round(activity.now / RATE, 1))
        for frame in frames(*sounds)
        for change in activity.hear(frame)
    ]
    return activity, changes


def test_a_voice_begins_when_it_has_lasted_and_pauses_when_it_has_stopped() -> None:
    _, changes = heard(quiet(1), voice(1), quiet(0.5), voice(0.5), quiet(0.5))
    assert changes == [("began", 1.2), ("paused", 2.2), ("resumed", 2.5), ("paused", 3.2)]


def test_a_click_is_no_voice() -> None:
    activity, changes = heard(quiet(0.5), voice(0.1), quiet(0.5), voice(0.1), quiet(0.5))
    assert changes == []
    assert activity.onset is None


def test_the_short_gap_within_a_word_is_no_pause() -> None:
    _, changes = heard(voice(0.5), quiet(0.06), voice(0.5), quiet(1))
    assert [change for change, _ in changes] == ["began", "paused"]


def test_the_onset_is_where_the_voice_began_not_where_it_was_known_for_one() -> None:
    activity, _ = heard(quiet(2), voice(1))
    assert activity.onset == pytest.approx(2 * RATE, abs=256)


def test_what_dies_away_after_the_speech_is_quiet() -> None:
    class Late(ByLoudness):
        def likelihood(self, window: Samples) -> float:
            return 0.9  # as the network does for a while

    dying = VoiceActivity(Late())
    changed = [c for frame in frames(voice(1, 30_000), voice(0.3, 600)) for c in dying.hear(frame)]
    assert changed == ["began", "paused"]
    assert dying.last_voice / RATE == pytest.approx(1.0, abs=0.05)


def test_a_turn_that_was_dealt_with_leaves_nothing_behind() -> None:
    activity, _ = heard(voice(1), quiet(0.5))
    activity.forget()
    assert (activity.speech, activity.voiced, activity.lasted) == (False, 0.0, 0.0)


def test_clipped_speech_is_too_loud() -> None:
    activity, _ = heard(quiet(1), voice(1, 32_700), quiet(0.3))
    assert activity.trouble() == "too_loud"


def test_speech_hardly_above_the_noise_is_too_noisy() -> None:
    activity, _ = heard(quiet(1, 900), voice(1, 1200), quiet(0.3, 900))
    assert activity.trouble() == "too_noisy"
    assert heard(quiet(1, 20), voice(1), quiet(0.3, 20))[0].trouble() is None


@pytest.mark.parametrize("name", ["ko-card", "en-human"])
def test_a_caller_in_a_noise_of_10_db_is_told_that_it_is_too_noisy(name: str) -> None:
    said = clip(name)
    loud = np.square(said[np.abs(said) > 200], dtype=np.float64).mean() ** 0.5
    for level, trouble in ((loud / 10**0.5, "too_noisy"), (loud / 100, None)):
        activity = VoiceActivity(Silero())
        sound = np.concatenate([quiet(0.5), said, quiet(0.5)])
        heard_so = sound.astype(np.int32) + noise(len(sound) / RATE, level)
        for frame in frames(np.clip(heard_so, -32768, 32767).astype(np.int16)):
            activity.hear(frame)
        assert activity.trouble() == trouble


def test_an_elderly_caller_is_waited_for_longer_in_every_kind_of_turn() -> None:
    for turn, usual in PATIENCE.items():
        slow = patience(turn, slow=True)
        assert slow.whole > usual.whole
        assert slow.begun > usual.begun
        assert slow.other > usual.other


def test_a_closed_question_is_answered_within_400_ms_of_the_end_of_speech() -> None:
    usual = patience("closed")
    assert max(usual.whole, usual.other) <= 0.35


@pytest.mark.parametrize(
    "sound",
    [quiet(3), noise(3, 30), noise(3, 3000), tone(3)],
    ids=["silence", "hiss", "loud noise", "tone"],
)
def test_silero_takes_no_noise_for_a_voice(sound: Samples) -> None:
    activity = VoiceActivity(Silero())
    assert [change for frame in frames(sound) for change in activity.hear(frame)] == []


@pytest.mark.parametrize("name", ["ko-card", "ko-human", "en-card", "en-human"])
def test_silero_hears_callers_and_the_ends_of_what_they_say(name: str) -> None:
    said = clip(name)
    activity = VoiceActivity(Silero())
    changes = [
        (change, activity.now / RATE)
        for frame in frames(quiet(0.5), said, quiet(0.7))
        for change in activity.hear(frame)
    ]
    assert changes[0][0] == "began"
    assert changes[0][1] < 1.2
    assert changes[-1][0] == "paused"
    assert changes[-1][1] == pytest.approx(0.5 + len(said) / RATE, abs=0.25)


def test_a_reset_detector_hears_as_a_new_one_does() -> None:
    detector = Silero()
    windows = [clip("ko-card")[at : at + 256] for at in range(0, 8192, 256)]
    first = [detector.likelihood(window) for window in windows]
    detector.reset()
    assert [detector.likelihood(window) for window in windows] == pytest.approx(first)
