"""Talks with agents are recorded: both sides, each on its channel, from their first moment."""

import asyncio
import io

import numpy as np
import pytest

from ivr.agent import AgentAccount
from ivr.store.database import Database
from ivr.store.wanted import Wanted
from recordings.catalogue import Recording
from recordings.shelf import Part, sha256
from recordings.sound import RATE, Samples, decode
from recordings.vault import Keys, Vault
from tests.hotline.day import OF_THE_AGENT, OF_THE_CALLER, Caller, Day, until
from tests.hotline.flows import shipped
from tests.hotline.story import story
from tests.rig import sound

pytestmark = pytest.mark.switch

FLOWS = shipped
AGENTS = [AgentAccount(name, name, "en", {"en": 5}) for name in ("eve", "fay", "gil")]
FROM_ABROAD = "+4533123456"  # goes straight to an agent
FIRST = 0.2  # seconds in which nothing may be missing


async def kept(day: Day, caller: Caller) -> Recording:
    """The one recording of a call, once it is put away."""
    found: list[Recording] = []
    with Database.open(day.app.settings.url) as database:

        def there() -> bool:
            found[:] = database.recordings.find(Wanted(call_id=caller.call_id, state=None))
            return bool(found)

        await until("the recording is put away", there, 60)
    [recording] = found
    return recording


def sides(day: Day, recording: Recording) -> tuple[Samples, Samples]:
    """What the caller said, and what the agent said."""
    opened = io.BytesIO()
    vault = Vault(Keys.read(day.app.settings.key_file))
    vault.open(day.app.settings.var / "recordings" / recording.file, opened)
    opened.seek(0)
    return decode(opened)


def hears(samples: Samples, hertz: int) -> bool:
    return sound.find_tone((samples / 32768).astype(np.float32), hertz, 0.15) is not None


@story
async def test_both_sides_are_recorded_from_the_first_moment(day: Day) -> None:
    caller = await day.rings(FROM_ABROAD)
    await caller.leg.hum_on(OF_THE_CALLER)
    agent, phone = await day.until_joined(caller)
    await phone.hum_on(OF_THE_AGENT)
    await asyncio.sleep(1.5)
    await phone.hang_up()
    await caller.leg.until_ended()
    recording = await kept(day, caller)
    assert (recording.state, recording.note) == ("kept", "")
    assert (recording.agent, recording.queue, recording.language) == (agent, "foreign", "en")
    left, right = sides(day, recording)
    assert hears(left[: round(FIRST * RATE)], OF_THE_CALLER)
    assert hears(right, OF_THE_AGENT)
    assert not hears(left, OF_THE_AGENT)
    assert not hears(right, OF_THE_CALLER)


@story
async def test_what_is_kept_is_sealed_and_nothing_raw_is_left(day: Day) -> None:
    caller = await day.rings(FROM_ABROAD)
    _, phone = await day.until_joined(caller)
    await asyncio.sleep(0.5)
    await phone.hang_up()
    recording = await kept(day, caller)
    folder = day.app.settings.var / "recordings"
    file = folder / recording.file
    assert (sha256(file), file.stat().st_size) == (recording.sha256, recording.size)
    assert b"fLaC" not in file.read_bytes()
    assert not (folder / "capture" / f"{Part(caller.call_id, 1)}.raw").exists()
    assert FROM_ABROAD[1:] not in str(file)
