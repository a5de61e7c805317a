"""Whoever is killed in the middle of a recorded talk: what was said until then is kept, and found."""

import asyncio
import io
import os
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ivr.agent import AgentAccount
from ivr.record import CallRecord
from ivr.store.wanted import Wanted
from ivr.switch import process, secrets
from ivr.switch.install import Asterisk
from recordings.catalogue import Kind, Recording
from recordings.sound import RATE, decode
from recordings.vault import Keys, Vault
from tests.faults.served import Served, begin, hotline, serving, standing_by
from tests.hotline.day import OF_THE_AGENT, OF_THE_CALLER, until, until_both_hear_each_other
from tests.hotline.flows import QUESTION, with_ivr_recorded, with_secure_entry
from tests.rig import dtmf, sound
from tests.rig.ami import Ami
from tests.rig.carrier import Carrier
from tests.rig.leg import Leg
from tests.rig.rig import Rig, Switches, running_switches
from tests.rig.sound import Sound

pytestmark = pytest.mark.switch

AGENTS = [
    AgentAccount(name, name, "zh", {"zh": 5, "senior_care": 5}) for name in ("ana", "bea", "cai")
]
"""One more than talk: one is kept free for the next elderly caller."""
NUMBER, ANOTHER, IN_THE_FLOW = "13977780001", "13977780002", "13977780003"
TO_THE_PIN = "2184611"
"""Keys that lead from the first menu to the question for a PIN."""
LOST = 1.5
"""Seconds that may be missing at the end when the switch is killed: it writes about each second."""
BETWEEN_WRITES = 0.6
NOBODY_SERVES = 11
"""Seconds after the last beat of an engine's heart when the switch takes it for dead."""
HUMS = 2
"""Seconds for which both hum at the beginning of a talk, and at its end."""


async def talk(served: Served, number: str = NUMBER) -> tuple[Leg, Leg]:
    """A caller and an agent who hum at each other, and whose talk is recorded."""
    before = {one.name: served.live(one.name) for one in AGENTS}
    caller = await served.rig.carrier.call(number)
    await caller.until_answered()
    await caller.press("0")
    found: list[Leg] = []

    def rings() -> bool:
        live = ((one.name, served.live(one.name)) for one in AGENTS)
        found[:] = [leg for name, leg in live if leg is not None and leg is not before[name]]
        return bool(found)

    await until("a phone rings", rings)
    [phone] = found
    await phone.until_answered()
    await asyncio.gather(caller.hum_on(OF_THE_CALLER), phone.hum_on(OF_THE_AGENT))
    await served.until_noted(number, "joined")
    await asyncio.sleep(HUMS)
    return caller, phone


async def some_of_a_secret_is_keyed(caller: Leg, phone: Leg) -> None:
    """The agent asks for a secret, and the caller begins to key it."""
    await caller.be_silent()
    await phone.press("*9")
    await caller.until_heard(QUESTION)
    await caller.press("604")


async def at_a_secret(served: Served) -> Leg:
    """A caller in the flow, which is recorded, who hums, is asked for a PIN, and keys some of it."""
    caller = await served.rig.carrier.call(IN_THE_FLOW)
    await caller.until_answered()
    await served.until_noted(IN_THE_FLOW, "ivr_recorded")
    await caller.hum(OF_THE_CALLER, 1)
    await caller.press(TO_THE_PIN)
    await served.until_noted(IN_THE_FLOW, "ivr_muted")
    await caller.press("604")
    return caller


async def hum_and_part(caller: Leg, phone: Leg) -> float:
    """Both hum, then the agent hangs up; when that was."""
    await asyncio.gather(caller.hum_on(OF_THE_CALLER), phone.hum_on(OF_THE_AGENT))
    await asyncio.sleep(HUMS)
    await phone.hang_up()
    return await phone.until_ended()


async def kept(
    served: Served, *numbers: str, kind: Kind = "talk", within: float = 60
) -> list[Recording]:
    """The recording of each caller's talk, once all are put away; or of what they said in the flow."""
    found: list[Recording] = []

    def there() -> bool:
        found[:] = served.database.recordings.find(Wanted(state=None, kind=kind))
        return len(found) == len(numbers)

    await until("the recordings are put away", there, within)
    capture = served.settings.var / "recordings" / "capture"
    await until("nothing raw is left", lambda: not list(capture.glob("*")), within)
    of = {one.call_id: one for one in found}
    return [of[call_of(served, number).summary.call_id] for number in numbers]


def call_of(served: Served, number: str) -> CallRecord:
    record = served.record(number)
    assert record is not None
    return record


def sides(served: Served, recording: Recording) -> tuple[Sound, Sound]:
    """What the caller said, and what the agent said."""
    opened = io.BytesIO()
    vault = Vault(Keys.read(served.settings.key_file))
    vault.open(served.settings.var / "recordings" / recording.file, opened)
    opened.seek(0)
    left, right = decode(opened)
    return (left / 32768).astype(np.float32), (right / 32768).astype(np.float32)


def noted_at(record: CallRecord, kind: str) -> float:
    return next(one.at.timestamp() for one in record.events if one.kind == kind)


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
        [recording] = await kept(served, NUMBER)
        assert recording.state == "kept"
        assert recording.note == "the call was cut short"
        lost = killed - noted_at(call_of(served, NUMBER), "joined") - recording.seconds
        assert lost < LOST, f"{lost:.2f} s are missing"
        left, right = sides(served, recording)
        assert sound.find_tone(left, OF_THE_CALLER, 1) is not None
        assert sound.find_tone(right, OF_THE_AGENT, 1) is not None


async def test_talks_whose_engine_is_killed_in_a_secure_entry_are_kept_to_their_ends(
    rig: Rig, tmp_path: Path
) -> None:
    async with hotline(rig, tmp_path, AGENTS, ()) as served:
        with_ivr_recorded(with_secure_entry(served.settings.flows))
        async with serving(served.settings) as engine, standing_by(served.settings) as another:
            alone, picked_up = await talk(served, NUMBER), await talk(served, ANOTHER)
            await asyncio.gather(*(some_of_a_secret_is_keyed(*two) for two in (alone, picked_up)))
            in_the_flow = await at_a_secret(served)
            engine.kill()
            await engine.wait()
            await asyncio.gather(
                *(until_both_hear_each_other(*two, NOBODY_SERVES + 5) for two in (alone, picked_up))
            )
            await in_the_flow.hum(OF_THE_CALLER, 1)
            await in_the_flow.hang_up()
            # One is over while there is no engine; the other goes on with the next one.
            ends = {NUMBER: await hum_and_part(*alone)}
            await alone[0].until_ended()
            await begin(another)
            await served.until_noted(ANOTHER, "picked_up")
            ends[ANOTHER] = await hum_and_part(*picked_up)
            recordings = await kept(served, NUMBER, ANOTHER)
            *_, of_the_flow = await kept(served, NUMBER, ANOTHER, IN_THE_FLOW, kind="ivr")
        for (number, ended), recording in zip(ends.items(), recordings, strict=True):
            record = call_of(served, number)
            joined, asked = noted_at(record, "joined"), noted_at(record, "secure_entry_begins")
            assert recording.state == "kept"
            assert "began anew" in recording.note, "whoever looks at it knows why"
            assert recording.queue == "general"
            assert recording.seconds > ended - joined - 0.5
            left, right = sides(served, recording)
            for side, hertz in ((left, OF_THE_CALLER), (right, OF_THE_AGENT)):
                begins, last = side[: round((asked - joined) * RATE)], side[-HUMS * RATE :]
                assert sound.find_tone(begins, hertz, 0.4) is not None
                assert sound.find_tone(last, hertz, 0.4) is not None, "it is recorded again"
            assert dtmf.keys(left) == "", "and nothing of what was keyed"
        assert len({one.agent for one in recordings}) == 2, "each talk with its own agent"
        assert (of_the_flow.state, "began anew" in of_the_flow.note) == ("kept", True)
        left, _ = sides(served, of_the_flow)
        hummed = sound.tone_lengths(left, OF_THE_CALLER)
        assert 0.5 < hummed < 1.2, "before the secret; then the switch itself has ended it"
        assert dtmf.keys(left) in {"", TO_THE_PIN}
