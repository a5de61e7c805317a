"""What is recorded of a call while it is in the flow, and what surely is not?

`recordings: ivr:` of center.yaml asks for it. Before each step it is begun, ended, muted (for a step
that has a secret) or heard again; a step whose secret could be recorded is not done.
"""

from pathlib import Path

from ivr.flow.kept import IvrSpec
from ivr.flow.serving import House
from ivr.flow.step import Step
from ivr.line.commands import EndMonitor, Monitor, Monitored, Mute, Muted
from ivr.line.line import Line

SUFFIX = ".ivr.raw"


class Monitoring:
    """The recording of one call's flow, by `spec`; None: none is made."""

    def __init__(self, line: Line, house: House, spec: IvrSpec | None) -> None:
        self._line = line
        self._house = house
        self._spec = spec
        self._on = self._muted = self._failed = False

    async def before(self, step: Step, flow: str) -> bool:
        """See to it that a step of `flow` is recorded as it may be; False: it must not be done."""
        if any(step.secrets()):
            return await self._mute()
        if self._on and (step.reaches_human or not self._covers(flow)):
            await self.end()  # who goes on to a human from a secret need not wait for its echo
        elif self._muted:
            await self._hear_again(flow)
        elif not self._on and not step.reaches_human:
            await self._begin(flow)
        return True

    async def end(self) -> None:
        """Record no longer, until the next step."""
        if self._on:
            await self.end_any()

    async def end_any(self) -> None:
        """End what an engine may have begun that is no more, too."""
        await self._line.perform(EndMonitor())
        self._on = self._muted = False

    def _covers(self, flow: str) -> bool:
        return self._spec is not None and self._spec.covers(self._house.dialled, flow)

    async def _begin(self, flow: str) -> None:
        if self._failed or not self._covers(flow):
            return
        file = self._house.ivr_file()
        if file is None:
            return
        outcome = await self._line.perform(Monitor(file))
        assert isinstance(outcome, Monitored)
        self._on, self._failed = outcome.on, not outcome.on
        self._house.note("ivr_recorded", recording=_name(file), recorded=outcome.on)
        if self._failed:  # tried once more already: the caller has waited for it long enough
            self._house.trouble("the switch did not begin to record what is said in the flow")

    async def _mute(self) -> bool:
        if not self._on or self._muted:
            return True
        outcome = await self._line.perform(Mute())
        assert isinstance(outcome, Muted)
        self._muted = True  # perhaps: it is ended in any case
        self._house.note("ivr_muted", certain=outcome.certain)
        if not outcome.certain:
            self._house.trouble("a secret was not asked for: the recording could not be muted")
        return outcome.certain

    async def _hear_again(self, flow: str) -> None:
        """End the muting; where that is not certain, begin another recording."""
        outcome = await self._line.perform(Mute(on=False))
        assert isinstance(outcome, Muted)
        self._muted = False
        self._house.note("ivr_heard", certain=outcome.certain)
        if not outcome.certain:
            self._house.trouble("the recording of the flow stayed muted, so another was begun")
            await self.end()
            await self._begin(flow)


def _name(file: Path) -> str:
    """The name of the recording that the switch writes into a file; a call's id has dots in it."""
    return file.name.removesuffix(SUFFIX)
