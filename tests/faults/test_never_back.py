"""An engine that dies while a caller keys a secret, for good: no word of the talk is lost."""

import asyncio
from pathlib import Path

import pytest

from ivr.agent import AgentAccount
from recordings.sound import RATE
from tests.faults.served import begin, hotline, serving, standing_by
from tests.faults.test_recordings import (
    kept,
    sides,
    talk_whose_engine_dies_in_a_secure_entry,
)
from tests.hotline.day import OF_THE_AGENT, OF_THE_CALLER
from tests.hotline.flows import with_secure_entry
from tests.rig import dtmf, sound
from tests.rig.rig import Rig

pytestmark = pytest.mark.switch

AGENTS = [AgentAccount("ana", "Ana", "zh", {"zh": 5, "senior_care": 5})]


async def test_what_is_said_after_a_secure_entry_is_recorded_by_the_switch_alone(
    rig: Rig, tmp_path: Path
) -> None:
    async with hotline(rig, tmp_path, AGENTS, ()) as served:
        with_secure_entry(served.settings.flows)
        async with serving(served.settings) as engine, standing_by(served.settings) as another:
            caller, phone = await talk_whose_engine_dies_in_a_secure_entry(served, engine)
            await asyncio.gather(caller.hum_on(OF_THE_CALLER), phone.hum_on(OF_THE_AGENT))
            await asyncio.sleep(2)
            await phone.hang_up()
            await caller.until_ended()
            await begin(another)
            recording = await kept(served)
        assert recording.state == "kept"
        left, right = sides(served, recording)
        for side, hertz in ((left, OF_THE_CALLER), (right, OF_THE_AGENT)):
            assert sound.find_tone(side[: 2 * RATE], hertz, 0.4) is not None
            assert sound.find_tone(side[-RATE:], hertz, 0.4) is not None, "to its end"
        assert dtmf.keys(left) == "", "and nothing of what was keyed"
