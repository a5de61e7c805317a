"""Callers leave messages after hours: on real Asterisk, with real voices."""

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import pytest

from ivr.caller import Profile
from ivr.line import voice_file
from ivr.messages import intact, opened
from ivr.record import CallRecord, Message
from ivr.store.database import Database
from tests.hotline.day import Caller, Day, until
from tests.hotline.flows import QUESTION
from tests.hotline.story import ON_THAT_DAY, story
from tests.rig import sound
from tests.rig.sound import Sound

pytestmark = pytest.mark.switch

AGENTS: list[Any] = []
CALLERS = [Profile(f"+8613955500{n:03}", "王芳", None, ("zh",)) for n in range(10)]
VOICE = 660
"""Hertz."""


async def begins_to_speak(day: Day, number: str) -> Caller:
    """Ring, and come to where the tone has just been heard."""
    caller = await day.rings(number, at="main.message")
    await caller.leg.until_heard(QUESTION)
    await caller.leg.be_silent()
    await until("it is taken down", lambda: is_taken_down(day, caller))
    return caller


def is_taken_down(day: Day, caller: Caller) -> bool:
    """Whether the switch writes what the caller says."""
    return voice_file.under_way(folder(day) / f"{caller.call_id}-1.wav").exists()


def folder(day: Day) -> Path:
    """Where messages lie."""
    return day.app.settings.var / "messages"


def left_by(day: Day, caller: Caller) -> list[Message]:
    """The messages of a call."""
    with Database.open(day.app.settings.url) as database:
        everything = database.messages.list(all_of_them=True)
    return [one for one in everything if one.call_id == caller.call_id]


def tickets_about(day: Day, message: Message) -> list[Any]:
    """What somebody has been told of it."""
    lines = (day.app.settings.var / "tickets.jsonl").read_text(encoding="utf-8").splitlines()
    found = [json.loads(line) for line in lines]
    return [
        one
        for one in found
        if one["fields"].get("message") == message.file.removesuffix(".wav.age")
    ]


def the_voice_lasts(day: Day, message: Message) -> float:
    """For how long the caller's voice is in the file of a message."""
    return sound.tone_lengths(heard(day, message), VOICE)


def heard(day: Day, message: Message) -> Sound:
    """What is in the file of a message, which is sealed."""
    assert message.file.endswith(".wav.age")
    whole = day.rig.switches.home / f"opened-{message.id}.wav"
    whole.write_bytes(opened(message, folder(day), day.app.settings.key_file))
    content = sound.read_wav(whole)
    whole.unlink()
    return content


def what_was_told(record: CallRecord) -> list[str]:
    """The events of a call that matter here."""
    wanted = ("recorded", "message", "ticket", "trouble")
    return [event.kind for event in record.events if event.kind in wanted]


@story
async def test_what_a_caller_says_at_night_is_in_a_file_and_somebody_is_told(day: Day) -> None:
    caller = await begins_to_speak(day, "13955500000")
    await caller.leg.hum(VOICE, 2.5)
    await caller.press("#1")
    await day.until_at(caller, "main.message_kept")
    await caller.hang_up()
    record = await day.record(caller)
    [message] = await asyncio.to_thread(left_by, day, caller)
    assert intact(message, folder(day))
    assert the_voice_lasts(day, message) == pytest.approx(2.5, abs=0.3)
    assert (message.number, message.language, message.queue) == ("+8613955500000", "zh", "general")
    [ticket] = tickets_about(day, message)
    assert ticket["topic"] == "night_message"
    assert ticket["number"] is None
    assert ticket["fields"]["from"] == "•••• 0000"
    assert what_was_told(record) == ["recorded", "message", "ticket"]


@story
async def test_a_caller_who_hangs_up_in_the_middle_has_left_a_message(day: Day) -> None:
    caller = await begins_to_speak(day, "13955500001")
    began = time.monotonic()
    speaking = asyncio.create_task(caller.leg.hum(VOICE, 30))
    await asyncio.sleep(2.7)
    await caller.hang_up()
    spoke = time.monotonic() - began
    speaking.cancel()
    record = await day.record(caller)
    assert record.summary.hung_up_by == "caller"
    [message] = await asyncio.to_thread(left_by, day, caller)
    assert the_voice_lasts(day, message) == pytest.approx(spoke - 0.2, abs=0.6)
    assert len(tickets_about(day, message)) == 1
    assert what_was_told(record) == ["message", "ticket"]


@story
async def test_a_caller_who_falls_silent_is_done(day: Day) -> None:
    caller = await begins_to_speak(day, "13955500002")
    await caller.leg.hum(VOICE, 2.5)
    await day.until_noted(caller, "recorded")
    await caller.press("1")
    await day.until_at(caller, "main.message_kept")
    await caller.hang_up()
    [message] = await asyncio.to_thread(left_by, day, caller)
    assert message.seconds == pytest.approx(2.5 + voice_file.BEFORE + voice_file.AFTER, abs=0.5)


@story
async def test_a_message_said_again_replaces_the_one_before(day: Day) -> None:
    caller = await begins_to_speak(day, "13955500003")
    await caller.leg.hum(900, 2.5)
    await caller.press("#")
    await day.until_noted(caller, "recorded")
    await caller.press("2")
    await until("it is taken down again", lambda: is_taken_down(day, caller))
    await caller.leg.hum(VOICE, 2.5)
    await caller.press("#1")
    await day.until_at(caller, "main.message_kept")
    await caller.hang_up()
    [message] = await asyncio.to_thread(left_by, day, caller)
    assert the_voice_lasts(day, message) == pytest.approx(2.5, abs=0.4)
    assert sound.find_tone(heard(day, message), 900) is None


@story
async def test_who_says_nothing_leaves_nothing(day: Day) -> None:
    caller = await begins_to_speak(day, "13955500004")
    await day.until_at(caller, "main.night_goodbye")
    await caller.hang_up()
    record = await day.record(caller)
    assert await asyncio.to_thread(left_by, day, caller) == []
    assert what_was_told(record) == ["recorded", "recorded", "message"]


@story
async def test_zero_leads_out_of_a_message(day: Day) -> None:
    caller = await begins_to_speak(day, "13955500005")
    await caller.press("0")
    await day.until_noted(caller, "human_wanted")
    await caller.hang_up()
    assert await asyncio.to_thread(left_by, day, caller) == []


@ON_THAT_DAY
async def test_files_are_named_by_the_call_and_belong_to_the_hotline_alone(day: Day) -> None:
    await until("all have left", lambda: day.stories.over == len(day.stories), 60)
    files = sorted(folder(day).iterdir())
    assert len(files) >= 4  # one for each who left a message; more where a call was tried again
    for file in files:
        assert file.stat().st_mode & 0o777 == 0o600
        assert file.name.startswith("careline-")
        assert "139555" not in file.name
        assert "under-way" not in file.name
