"""Which audio a caller hears: the supervisor's recording, else the built voice, made once."""

import asyncio
import io
import math
import os
import threading
import time
import wave
from array import array
from pathlib import Path

import pytest

from ivr.errors import BadInput, VoiceError
from ivr.line.commands import Spoken
from ivr.prompts import AT_ONCE, Made, PromptStore, Status, hold_class

HELLO = Spoken("您好", "zh", "welcome")
HELLO_SLOWLY = Spoken("您好", "zh", "welcome", slow=True)
BALANCE = Spoken("尾号1234", "zh", private=True)


def tone(rate: int = 8_000, channels: int = 1, seconds: float = 0.5) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((channels, 2, rate, 0, "NONE", ""))
        frames = [round(9_000 * math.sin(n / 8)) for n in range(int(rate * seconds))]
        file.writeframes(array("h", [f for f in frames for _ in range(channels)]).tobytes())
    return out.getvalue()


class ToneVoice:
    """A voice that notes what it said and how many were speaking at once."""

    def __init__(self, kind: str = "tone", takes: float = 0.0) -> None:
        self.kind, self.takes = kind, takes
        self.said: list[str] = []
        self.speaking = self.most = 0
        self.broken = False
        self._lock = threading.Lock()

    def identity(self, language: str, slow: bool) -> str:
        return f"{self.kind} {language} {slow}"

    def say(self, text: str, language: str, slow: bool = False) -> bytes:
        with self._lock:
            self.speaking += 1
            self.most = max(self.most, self.speaking)
        time.sleep(self.takes)
        with self._lock:
            self.speaking -= 1
            self.said.append(text)
        if self.broken:
            raise VoiceError("The voice is hoarse.")
        return tone()


@pytest.fixture
def voice() -> ToneVoice:
    return ToneVoice()


@pytest.fixture
def store(tmp_path: Path, voice: ToneVoice) -> PromptStore:
    return PromptStore(tmp_path / "prompts", voice, tmp_path / "audio")


def record(tmp_path: Path, name: str, content: bytes, language: str = "zh") -> Path:
    path = tmp_path / "audio" / language / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def files(tmp_path: Path) -> set[str]:
    return {p.name for p in (tmp_path / "prompts").rglob("*") if p.is_file()}


def rate_of(path: Path) -> tuple[int, int]:
    with wave.open(str(path)) as file:
        return file.getframerate(), file.getnchannels()


async def test_a_prompt_is_made_once_and_then_found(store: PromptStore, voice: ToneVoice) -> None:
    first, second = await store.locate(HELLO), await store.locate(HELLO)
    assert first == second == store.path(HELLO)
    assert voice.said == ["您好"]


async def test_two_callers_who_need_the_same_prompt_wait_for_one_making(
    store: PromptStore, voice: ToneVoice
) -> None:
    voice.takes = 0.05
    assert len(set(await asyncio.gather(*(store.locate(HELLO) for _ in range(5))))) == 1
    assert voice.said == ["您好"]


async def test_a_caller_who_hangs_up_does_not_stop_the_prompt_of_another(
    store: PromptStore, voice: ToneVoice
) -> None:
    voice.takes = 0.05
    gone, waits = asyncio.create_task(store.locate(HELLO)), asyncio.create_task(store.locate(HELLO))
    await asyncio.sleep(0.01)
    gone.cancel()
    assert (await waits).is_file()
    assert voice.said == ["您好"]


async def test_many_prompts_at_once_are_made_few_at_a_time_off_the_event_loop(
    store: PromptStore, voice: ToneVoice
) -> None:
    voice.takes = 0.02
    making = asyncio.gather(*(store.locate(Spoken(f"第{n}位", "zh")) for n in range(8)))
    turns = 0
    while not making.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert voice.most == AT_ONCE
    assert turns > 10


async def test_a_voice_that_fails_once_is_asked_again(store: PromptStore, voice: ToneVoice) -> None:
    voice.broken = True
    with pytest.raises(VoiceError, match="hoarse"):
        await store.locate(HELLO)
    voice.broken = False
    assert (await store.locate(HELLO)).is_file()


def test_another_text_speed_language_or_voice_is_another_file(
    tmp_path: Path, store: PromptStore
) -> None:
    others = [Spoken("您早", "zh", "welcome"), HELLO_SLOWLY, Spoken("您好", "ja", "welcome")]
    other_voice = PromptStore(tmp_path / "prompts", ToneVoice("bell"), tmp_path / "audio")
    paths = {store.path(HELLO), *map(store.path, others), other_voice.path(HELLO)}
    assert len(paths) == 5


def test_a_recording_replaces_the_built_voice(
    tmp_path: Path, store: PromptStore, voice: ToneVoice
) -> None:
    store.make(HELLO)
    record(tmp_path, "welcome.wav", tone(44_100, channels=2))
    assert store.status(HELLO) is Status.RECORDED
    path = store.make(HELLO)
    assert path.parent.parent.name == "recorded"
    assert rate_of(path) == (8_000, 1)
    assert voice.said == ["您好"]  # only before there was a recording


def test_a_new_take_of_a_recording_is_heard(tmp_path: Path, store: PromptStore) -> None:
    recording = record(tmp_path, "welcome.wav", tone())
    before = store.make(HELLO)
    recording.write_bytes(tone(seconds=0.7))
    os.utime(recording, (1, 1))
    assert store.make(HELLO) != before


def test_the_elderly_hear_the_slow_recording_or_else_the_usual_one(
    tmp_path: Path, store: PromptStore
) -> None:
    usual = record(tmp_path, "welcome.wav", tone())
    assert store.recording(HELLO_SLOWLY) == usual
    slow = record(tmp_path, "welcome.slow.wav", tone(seconds=0.7))
    assert store.recording(HELLO_SLOWLY) == slow
    assert store.recording(HELLO) == usual


def test_a_recording_in_another_language_is_not_used(tmp_path: Path, store: PromptStore) -> None:
    record(tmp_path, "welcome.wav", tone(), "en")
    assert store.recording(HELLO) is None


async def test_a_recording_that_cannot_be_read_is_reported_and_callers_hear_the_built_voice(
    tmp_path: Path, store: PromptStore, voice: ToneVoice
) -> None:
    record(tmp_path, "welcome.wav", b"an mp3 renamed")
    with pytest.raises(BadInput, match=r"welcome\.wav: this is no WAV file"):
        store.make(HELLO)
    assert rate_of(await store.locate(HELLO)) == (8_000, 1)
    assert voice.said == ["您好"]


def test_a_silent_recording_is_reported_with_its_name(tmp_path: Path, store: PromptStore) -> None:
    record(tmp_path, "welcome.wav", tone(seconds=0))
    with pytest.raises(BadInput, match=r"welcome\.wav: The audio is silent"):
        store.make(HELLO)


@pytest.mark.parametrize("name", ["../../secret", "/etc/secret", "a/b", "x\0y", "", "n" * 300])
def test_a_prompts_name_cannot_lead_out_of_the_folder(
    tmp_path: Path, store: PromptStore, name: str
) -> None:
    (tmp_path / "secret.wav").write_bytes(tone())
    assert store.recording(Spoken("hello", "zh", name)) is None
    assert store.make(Spoken("hello", "zh", name)).is_relative_to(tmp_path / "prompts" / "zh")


def test_a_language_cannot_lead_out_of_the_folder(store: PromptStore) -> None:
    with pytest.raises(VoiceError, match="no language tag"):
        store.make(Spoken("hello", "../..", "welcome"))


async def test_private_prompts_have_a_file_for_each_call_and_go_with_it(
    tmp_path: Path, store: PromptStore
) -> None:
    mine, yours = await store.locate(BALANCE), await store.locate(BALANCE)
    assert mine != yours
    assert "1234" not in mine.name
    store.discard([mine, mine])
    assert not mine.exists()
    assert yours.is_file()
    store.discard_all()
    assert files(tmp_path) == set()


async def test_discarding_touches_nothing_but_private_prompts(store: PromptStore) -> None:
    shared = await store.locate(HELLO)
    store.discard([shared])
    store.discard_all()
    assert shared.is_file()


async def test_a_private_prompt_of_a_caller_who_hung_up_meanwhile_is_not_left_behind(
    tmp_path: Path, store: PromptStore, voice: ToneVoice
) -> None:
    voice.takes = 0.03
    task = asyncio.create_task(store.locate(BALANCE))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.sleep(0.2)
    assert voice.said  # it was made to the end all the same
    assert files(tmp_path) == set()


def test_two_builders_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    stores = [
        PromptStore(tmp_path / "prompts", ToneVoice(takes=0.02), tmp_path / "audio")
        for _ in range(2)
    ]
    threads = [threading.Thread(target=store.make, args=(HELLO,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert files(tmp_path) == {stores[0].path(HELLO).name}
    assert rate_of(stores[0].path(HELLO)) == (8_000, 1)


def test_a_build_goes_on_past_a_bad_prompt_and_says_what_is_wrong(
    tmp_path: Path, store: PromptStore
) -> None:
    record(tmp_path, "welcome.wav", b"no audio")
    seen: list[Made] = []
    made = store.build([HELLO, Spoken("再见", "zh", "goodbye")], seen.append)
    assert made == seen
    assert [one.status for one in made] == [Status.MISSING, Status.BUILT]
    assert "no WAV file" in (made[0].problem or "")
    assert made[1].path is not None
    assert made[1].path.is_file()


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path, voice: ToneVoice) -> None:
    (tmp_path / "prompts").write_text("in the way")
    store = PromptStore(tmp_path / "prompts", voice, tmp_path / "audio")
    (made,) = store.build([HELLO], lambda _: None)
    assert "cannot be written" in (made.problem or "")


def test_a_sentence_while_the_phone_rings_has_a_class_of_its_wording_and_music_after_it(
    tmp_path: Path, store: PromptStore
) -> None:
    music = tmp_path / "music.wav"
    classes = store.hold_classes([HELLO, HELLO_SLOWLY, BALANCE, Spoken("第3位", "zh")], [music])
    assert classes == {
        hold_class(HELLO): (store.path(HELLO), music),
        hold_class(HELLO_SLOWLY): (store.path(HELLO_SLOWLY), music),
    }
    assert all(path.is_absolute() for paths in classes.values() for path in paths)
    assert hold_class(HELLO) != hold_class(Spoken("您早", "zh", "welcome"))


def test_nothing_private_or_made_up_at_run_time_has_a_class() -> None:
    assert hold_class(BALANCE) is None
    assert hold_class(Spoken("第3位", "zh")) is None
