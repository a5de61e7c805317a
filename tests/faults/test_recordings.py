"""Whoever is killed in the middle of a recorded talk: what was said until then is kept, and found."""

import asyncio
import io
import os
import signal
import tempfile
import time
from asyncio.subprocess import Process
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ivr.agent import AgentAccount
from ivr.record import CallRecord
from ivr.store.wanted import Wanted
from ivr.switch import process, secrets
from ivr.switch.install import Asterisk
from recordings.catalogue import Recording
from recordings.sound import RATE, decode
from recordings.vault import Keys, Vault
from tests.faults.served import Served, begin, hotline, serving, standing_by
from tests.hotline.day import OF_THE_AGENT, OF_THE_CALLER, until, until_both_hear_each_other
from tests.hotline.flows import QUESTION, with_secure_entry
from tests.rig import dtmf, sound
from tests.rig.ami import Ami
from tests.rig.carrier import Carrier
from tests.rig.leg import Leg
from tests.rig.rig import Rig, Switches, running_switches
from tests.rig.sound import Sound

pytestmark = pytest.mark.switch

AGENTS = [AgentAccount("ana", "Ana", "zh", {"zh": 5, "senior_care": 5})]
NUMBER = "13977780001"
LOST = 1.5
"""Seconds that may be missing at the end when the switch is killed: it writes about each second."""
BETWEEN_WRITES = 0.6
NOBODY_SERVES = 11
"""Seconds after the last beat of an engine's heart when the switch takes it for dead."""


async def talk(served: Served) -> tuple[Leg, Leg]:
    """A caller and an agent who hum at each other, and whose talk is recorded."""
    caller = await served.rig.carrier.call(NUMBER)
    await caller.until_answered()
    await caller.press("0")
    phone = await served.rig.carrier.phone("ana").rung()
    await phone.until_answered()
    await asyncio.gather(caller.hum_on(OF_THE_CALLER), phone.hum_on(OF_THE_AGENT))
    await served.until_noted(NUMBER, "joined")
    await asyncio.sleep(2)
    return caller, phone


async def talk_whose_engine_dies_in_a_secure_entry(
    served: Served, engine: Process
) -> tuple[Leg, Leg]:
    """The two of a talk whom the switch has joined again; some of the secret had been keyed."""
    caller, phone = await talk(served)
    await caller.be_silent()
    await phone.press("*9")
    await caller.until_heard(QUESTION)
    await caller.press("604")
    engine.kill()
    await engine.wait()
    await until_both_hear_each_other(caller, phone, NOBODY_SERVES + 5)
    return caller, phone


async def kept(served: Served, within: float = 60) -> Recording:
    """The one recording there is, once it is put away."""
    found: list[Recording] = []

    def there() -> bool:
        found[:] = served.database.recordings.find(Wanted(state=None))
        return bool(found)

    await until("the recording is put away", there, within)
    [recording] = found
    capture = served.settings.var / "recordings" / "capture"
    await until("nothing raw is left", lambda: not list(capture.glob("*")), within)
    return recording


def sides(served: Served, recording: Recording) -> tuple[Sound, Sound]:
    """What the caller said, and what the agent said."""
    opened = io.BytesIO()
    vault = Vault(Keys.read(served.settings.key_file))
    vault.open(served.settings.var / "recordings" / recording.file, opened)
    opened.seek(0)
    left, right = decode(opened)
    return (left / 32768).astype(np.float32), (right / 32768).astype(np.float32)


def joined_at(record: CallRecord | None) -> float:
    assert record is not None
    return next(one.at.timestamp() for one in record.events if one.kind == "joined")


@pytest.fixture
def own_switches(asterisk: Asterisk) -> Iterator[Switches]:
    """Switches of this test's own, which may be killed."""
    with (
        tempfile.TemporaryDirectory(prefix="careline-kill-") as folder,
        running_switches(asterisk, Path(folder)) as switches,
    ):
        yield switches


async def test_what_was_said_until_the_switch_was_killed_is_kept(
    own_switches: Switches, asterisk: Asterisk, tmp_path: Path
) -> None:
    switches = own_switches
    ami = await Ami.login(switches.ami_port, secrets.ENGINE, switches.engine_secret)
    async with (
        Carrier.driving(switches.carrier) as carrier,
        hotline(Rig(switches, carrier, ami), tmp_path, AGENTS, ()) as served,
        serving(served.settings),
    ):
        await ami.close()
        await talk(served)
        number = process.pid(switches.hotline)
        assert number is not None
        await asyncio.sleep(BETWEEN_WRITES)
        killed = time.time()
        os.kill(number, signal.SIGKILL)
        await asyncio.to_thread(process.start, asterisk, switches.hotline)
        recording = await kept(served)
        assert recording.state == "kept"
        assert recording.note == "the call was cut short"
        lost = killed - joined_at(served.record(NUMBER)) - recording.seconds
        assert lost < LOST, f"{lost:.2f} s are missing"
        left, right = sides(served, recording)
        assert sound.find_tone(left, OF_THE_CALLER, 1) is not None
        assert sound.find_tone(right, OF_THE_AGENT, 1) is not None


async def test_a_talk_whose_engine_is_killed_in_a_secure_entry_goes_on_and_is_kept_to_its_end(
    rig: Rig, tmp_path: Path
) -> None:
    async with hotline(rig, tmp_path, AGENTS, ()) as served:
        with_secure_entry(served.settings.flows)
        async with serving(served.settings) as engine, standing_by(served.settings) as another:
            caller, phone = await talk_whose_engine_dies_in_a_secure_entry(served, engine)
            await begin(another)
            await served.until_noted(NUMBER, "picked_up")
            await asyncio.gather(caller.hum_on(OF_THE_CALLER), phone.hum_on(OF_THE_AGENT))
            await asyncio.sleep(2)
            await phone.hang_up()
            lasted = time.time() - joined_at(served.record(NUMBER))
            recording = await kept(served)
        assert recording.state == "kept"
        assert "began anew" in recording.note, "whoever looks at it knows why"
        assert (recording.agent, recording.queue) == ("ana", "general")
        assert recording.seconds > lasted - 0.5
        left, right = sides(served, recording)
        for side, hertz in ((left, OF_THE_CALLER), (right, OF_THE_AGENT)):
            assert sound.find_tone(side[: 2 * RATE], hertz, 0.4) is not None
            assert sound.find_tone(side[-RATE:], hertz, 0.4) is not None, "it is recorded again"
        assert dtmf.keys(left) == ""
