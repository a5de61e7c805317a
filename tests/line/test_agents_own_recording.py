"""A talk from an agent's own phone, to a customer who is rung back: is it recorded, and surely?"""

from collections.abc import Mapping
from pathlib import Path
from typing import cast

import pytest

from ivr.line.asterisk.ami import Ami
from ivr.line.asterisk.line import AsteriskLine
from ivr.line.asterisk.wire import AmiMessage
from ivr.line.commands import Connect, Joined, Outcome, OutsideNumber, Spoken
from ivr.line.virtual_time import run

AGENT, CALL = "PJSIP/ana-00000002", "careline-1.2-back-090000000"
CUSTOMER = {"Event": "DialBegin", "Uniqueid": CALL, "DestChannel": "PJSIP/carrier-00000003"}
FILE = Path("/var/recordings/capture/careline-1.2-back-090000000-1.raw")


class Switch:
    """Joins whoever is to be joined, and begins to record when it was told so often."""

    def __init__(self, records_at: int) -> None:
        self.records_at = records_at
        self.asked: list[str] = []
        self.line = AsteriskLine(cast(Ami, self), AGENT, CALL, audio, lambda spoken: None)
        self.line.agents = self.line.answered = True

    async def action(self, name: str, fields: Mapping[str, str]) -> AmiMessage:
        assert name == "AGI"
        command = fields["Command"]
        self.asked.append(command)
        if command.startswith("GOSUB"):
            self.line.event(CUSTOMER)
            self.line.event({"Event": "BridgeEnter", "Uniqueid": CALL})
            return {}
        records = " MixMonitor " in command.replace('"', " ") + " "
        if records and self.asked.count(command) == self.records_at:
            self.line.event({"Event": "MixMonitorStart", "Uniqueid": CALL, "Channel": AGENT})
        done = {"Event": "AsyncAGIExec", "Uniqueid": CALL, "Result": "200 result=0"}
        self.line.event(done | {"CommandID": fields["CommandID"]})
        return {}


async def audio(spoken: Spoken) -> Path:
    raise AssertionError(f"nothing is to be said here: {spoken}")


async def joined(switch: Switch, record: Path | None) -> Outcome:
    return await switch.line.perform(Connect(OutsideNumber("13800138000"), record=record))


@pytest.mark.parametrize(("at", "tries", "recorded"), [(1, 1, True), (2, 2, True), (3, 2, False)])
def test_it_is_tried_twice_and_the_two_talk_in_any_case(
    at: int, tries: int, recorded: bool
) -> None:
    switch = Switch(records_at=at)
    assert run(joined(switch, FILE)) == Joined(recorded=recorded)
    begun = [command for command in switch.asked if "MixMonitor" in command]
    assert len([one for one in begun if "StopMixMonitor" not in one]) == tries
    assert ("StopMixMonitor" in begun[-1]) is not recorded, "nothing half begun goes on"
    assert switch.asked[-1].startswith("GOSUB")


def test_who_does_not_want_to_be_recorded_is_not() -> None:
    switch = Switch(records_at=1)
    assert run(joined(switch, None)) == Joined(recorded=False)
    [dialled] = switch.asked
    assert dialled.startswith("GOSUB")
