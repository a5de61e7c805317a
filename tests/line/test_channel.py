"""What becomes of commands that are being carried out when their channel cannot be seen any more."""

import asyncio
from typing import Any, cast

import pytest

from ivr.errors import LineError
from ivr.line.asterisk.ami import Ami
from ivr.line.asterisk.channel import Channel
from ivr.line.ending import Ending


class Accepts:
    """A switch that begins whatever it is told to, and never says that it is done."""

    async def action(self, name: str, fields: Any = None) -> dict[str, str]:
        return {"Response": "Success"}


async def test_no_command_waits_for_ever_for_a_switch_that_is_not_there_any_more() -> None:
    ending = Ending()
    channel = Channel(cast("Ami", Accepts()), "PJSIP/carrier-1", ending, lambda: None)
    ours, somebody_elses = channel.begin("EXEC Dial", None), channel.begun_before()
    await asyncio.sleep(0)
    ending.come("link")
    channel.abandon()
    with pytest.raises(LineError, match="could not perform EXEC"):
        await ours
    assert (await somebody_elses).failed
