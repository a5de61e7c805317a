"""A secure entry asks nothing unless the recording is surely muted, and always ends in a talk."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import pytest

from ivr.errors import CallerHungUp
from ivr.line.asterisk.ami import Ami, Refused
from ivr.line.asterisk.secure import SecureEntry
from ivr.line.asterisk.wire import AmiMessage
from ivr.line.commands import Keyed, Listen, Spoken
from ivr.line.virtual_time import run

CALLER, AGENT = "PJSIP/carrier-00000001", "PJSIP/ana-00000002"
LISTEN = Listen((), most=6, secret=True)


class Switch:
    """Carries out what it is told, and tells of mutings; unless it `refuses`, or is `mute` itself."""

    def __init__(
        self, *, refuses: bool = False, mute: bool = False, direction: str = "both"
    ) -> None:
        self.asked: list[tuple[str, Mapping[str, str]]] = []
        self.refuses = refuses
        self.mute = mute
        self.direction = direction
        self.entry = SecureEntry(cast(Ami, self), CALLER, AGENT, audio, recorded=True)

    async def action(self, name: str, fields: Mapping[str, str]) -> AmiMessage:
        self.asked.append((name, fields))
        if name == "MixMonitorMute":
            if self.refuses:
                raise Refused(name, "Cannot set mute flag")
            if not self.mute:
                said = {"Channel": AGENT, "Direction": self.direction, "State": fields["State"]}
                self.entry.event({"Event": name, **said})
        return {}

    def mutings(self) -> list[str]:
        return [fields["State"] for name, fields in self.asked if name == "MixMonitorMute"]

    def variables(self, name: str) -> list[str]:
        return [fields["Value"] for _, fields in self.asked if fields.get("Variable") == name]


async def audio(spoken: Spoken) -> Path:
    raise AssertionError(f"nothing is to be said here: {spoken}")


async def through(switch: Switch) -> tuple[bool, bool]:
    """An entry from its beginning to its end."""
    begun = await switch.entry.begin()
    return begun, await switch.entry.end()


def test_an_entry_is_muted_and_then_surely_recorded_again() -> None:
    switch = Switch()
    assert run(through(switch)) == (True, True)
    assert switch.mutings() == ["1", "0"]
    assert switch.variables("CARELINE_SECURE") == ["over"]


@pytest.mark.parametrize(
    "switch",
    [Switch(refuses=True), Switch(mute=True), Switch(direction="read")],
    ids=["refuses", "says nothing", "mutes one side only"],
)
def test_nothing_is_asked_of_a_switch_that_does_not_mute(switch: Switch) -> None:
    begun, recording = run(through(switch))
    assert not begun
    assert not recording, "and whoever looks after the hotline is told"
    assert switch.mutings() == ["1", "0", "0", "0"]
    assert switch.variables("CARELINE_SECURE") == ["over"], "the two talk on in any case"


def test_keys_are_taken_from_the_caller_until_one_of_them_hangs_up() -> None:
    async def entry() -> None:
        switch = Switch()
        await switch.entry.begin()
        asyncio.get_running_loop().call_later(1, lambda: [*map(switch.entry.press, "604918")])
        assert await switch.entry.perform(LISTEN) == Keyed("604918")
        asyncio.get_running_loop().call_later(1, switch.entry.come_to_an_end, "switch")
        with pytest.raises(CallerHungUp):
            await switch.entry.perform(LISTEN)
        assert await switch.entry.end()
        assert switch.mutings() == ["1"], "the recording has ended with the talk"

    run(entry())


def test_the_caller_stays_no_longer_than_an_engine_says_so() -> None:
    async def entry() -> int:
        switch = Switch()
        await switch.entry.begin()
        await asyncio.sleep(11)
        said = len(switch.variables("CARELINE_UNTIL"))
        await switch.entry.end()
        await asyncio.sleep(11)
        assert len(switch.variables("CARELINE_UNTIL")) == said
        return said

    assert run(entry()) == 6
