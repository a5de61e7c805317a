"""Prompts read aloud by espeak-ng, and texts that try to be something else than text."""

import shutil
from pathlib import Path

import pytest
from pydub import AudioSegment

from ivr.errors import VoiceError
from speech.audio import CEILING, LOUDNESS, loudness, read_wav
from speech.reading import readable
from speech.voice import LONGEST_TEXT, READINGS, Espeak

needs_espeak = pytest.mark.skipif(
    shutil.which("espeak-ng") is None, reason="espeak-ng is not installed"
)

SENTENCES = {
    "zh": "您好，请稍等，马上为您接通。",
    "en": "Please stay on the line.",
    "ja": "係の者におつなぎいたします。",
    "ru": "Пожалуйста, не кладите трубку.",
    "ko": "끊지 말고 기다려 주세요.",
}

HOSTILE = [
    "$(touch pwned) `touch pwned` ; touch pwned | tee pwned & hello",
    "--stdout -w pwned hello",
    "-f /etc/passwd",
    "hello' \"; touch pwned #",
    "hello\n\x00\x1b]0;pwned\x07 there",
    "<speak>hello <audio src='/etc/passwd'/></speak>",
]


def spoken(text: str, language: str, slow: bool = False) -> AudioSegment:
    return read_wav(Espeak().say(text, language, slow))


def test_every_language_has_a_voice_and_a_sentence_in_these_tests() -> None:
    assert READINGS.keys() == SENTENCES.keys()


@needs_espeak
@pytest.mark.parametrize("language", SENTENCES)
def test_a_prompt_is_telephone_audio_loud_enough_and_unclipped(language: str) -> None:
    audio = spoken(SENTENCES[language], language)
    assert (audio.frame_rate, audio.channels, audio.sample_width) == (8_000, 1, 2)
    assert loudness(audio) == pytest.approx(LOUDNESS, abs=1.5)
    assert audio.max_dBFS <= CEILING + 0.1
    assert 1.0 < audio.duration_seconds < 6.0


@needs_espeak
@pytest.mark.parametrize("language", SENTENCES)
def test_the_elderly_hear_it_at_least_a_sixth_slower(language: str) -> None:
    usual, slow = (spoken(SENTENCES[language], language, s).duration_seconds for s in (False, True))
    assert slow > usual * 7 / 6


@needs_espeak
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_read_out_not_carried_out(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert spoken(text, "en").duration_seconds > 0.3
    assert list(tmp_path.iterdir()) == []


@needs_espeak
def test_markup_cannot_put_a_pause_or_a_sound_file_into_a_prompt() -> None:
    marked = spoken("one <break time='60s'/> two", "en").duration_seconds
    assert marked < 10


@needs_espeak
@pytest.mark.parametrize("text", ["", "   ", "。，！", "---", "🙂"])
def test_a_text_with_nothing_to_say_is_told_so(text: str) -> None:
    with pytest.raises(VoiceError, match="nothing to read aloud"):
        Espeak().say(text, "zh")


def test_an_endless_text_is_refused_before_anything_runs() -> None:
    with pytest.raises(VoiceError, match="2001 characters"):
        Espeak("no-such-program").say("好" * (LONGEST_TEXT + 1), "zh")


def test_a_machine_without_espeak_is_told_how_to_get_it() -> None:
    with pytest.raises(VoiceError, match="apt-get install espeak-ng"):
        Espeak("no-such-program").say("hello", "en")


def test_a_language_without_a_voice_is_told_which_there_are() -> None:
    with pytest.raises(VoiceError, match='no voice for the language "tlh", only for zh, en, ja'):
        Espeak().say("nuqneH", "tlh")


def fake(tmp_path: Path, script: str) -> Espeak:
    program = tmp_path / "espeak-ng"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return Espeak(str(program))


def test_what_espeak_complains_of_is_passed_on(tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match="its voice en-gb: no voice data"):
        fake(tmp_path, "cat >/dev/null; echo no voice data >&2; exit 1").say("hello", "en")


def test_an_espeak_that_hangs_does_not_hang_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("speech.voice._SECONDS", 0.2)
    with pytest.raises(VoiceError, match="did not finish in"):
        fake(tmp_path, "exec sleep 5").say("hello", "en")


def test_output_that_is_no_audio_is_an_error_not_a_prompt(tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match="could not read"):
        fake(tmp_path, "cat >/dev/null; echo gibberish").say("hello", "en")


@pytest.mark.parametrize(
    ("text", "language", "read"),
    [
        ("银行卡", "zh", "yin2 hang2 ka3"),
        ("重新输入", "zh", "chong2 xin1 shu1 ru4"),
        ("请按8。", "zh", "qing3 an4 8。"),
        ("お電話ありがとうございます。", "ja", "オデンワ アリガトーゴザイマス。"),
        ("係の者が銀行へ行く", "ja", "カカリノモノガ ギンコーエ イク"),
        ("Ждите 3 минуты", "ru", "Ждите 3 минуты"),
        ("ｶｰﾄﾞ１２\n３", "ko", "カード12 3"),
    ],
)
def test_characters_are_read_as_people_read_them(text: str, language: str, read: str) -> None:
    assert readable(text, language) == read
