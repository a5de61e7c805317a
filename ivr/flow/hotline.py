"""A loaded hotline: center, flows and wording that belong together and were found sound."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ivr.flow.center import Center
from ivr.flow.intents import Intents
from ivr.flow.quality import FILE as QUALITY
from ivr.flow.quality import QualityFile
from ivr.flow.source import Source
from ivr.flow.step import Step
from ivr.flow.wording import Wording


class Place(NamedTuple):
    """A step's address. A tuple, because the checks look up hundreds of thousands of them."""

    flow: str
    step: str

    def __str__(self) -> str:
        return f"{self.flow}.{self.step}"


@dataclass(frozen=True, slots=True)
class Flow:
    """One flow file: its steps by name, the one it starts at, and where everything stands in it."""

    name: str
    about: str
    start: str
    steps: Mapping[str, Step]
    source: Source
    languages: tuple[str, ...] | None = None  # what its prompts are written in; None: all there are


@dataclass(frozen=True, slots=True)
class Hotline:
    """Everything a call needs to be answered by."""

    center: Center
    center_source: Source
    flows: Mapping[str, Flow]
    wording: Wording
    wording_sources: Mapping[str, Source]
    intents: Intents = field(default_factory=Intents)
    quality: QualityFile = field(default_factory=QualityFile)
    quality_source: Source = field(default_factory=lambda: Source(QUALITY, []))

    def place(self, target: str, within: str | None = None) -> Place | None:
        """Where a target leads: `flow.step`, a step of the flow `within`, or a flow's start."""
        flow_name, _, step = target.partition(".")
        if step:
            flow = self.flows.get(flow_name)
            return Place(flow_name, step) if flow is not None and step in flow.steps else None
        if within is not None and target in self.flows[within].steps:
            return Place(within, target)
        flow = self.flows.get(target)
        return Place(target, flow.start) if flow is not None else None

    def step(self, place: Place) -> Step:
        """The step at `place`."""
        return self.flows[place.flow].steps[place.step]
