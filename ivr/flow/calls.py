"""*.calls.yaml: calls that must go as they are written, each a few lines that can be read aloud.

They stand beside the flows and are tried with `careline test`; `ivr/trial/` tries them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ivr.flow.call_case import CallCase, CallsFile
from ivr.flow.files import written_in
from ivr.flow.hotline import Hotline
from ivr.flow.problem import BrokenFlow, Problem, did_you_mean
from ivr.flow.read_model import read_model
from ivr.flow.source import Loc, Source, read
from ivr.flow.turns import Hears

RULE = "calls"  # in brackets behind what is wrong with such a file


@dataclass(frozen=True, slots=True)
class Case:
    """A call to try, and where it stands: `loc` leads to it within `source`."""

    spec: CallCase
    source: Source
    loc: Loc

    def problem(self, message: str, *at: str | int, key: bool = False) -> Problem:
        """Something wrong with this call, shown at the field `at`."""
        loc = (*self.loc, *at)
        spot = self.source.key(loc) if key else self.source.value(loc)
        return self.source.problem(spot, message, RULE)


def read_calls(folder: Path, hotline: Hotline) -> list[Case]:
    """Every call of the `*.calls.yaml` files of a folder, or of one such file.

    Raises `BrokenFlow` with everything that is wrong with them: what cannot be read, and names the
    hotline does not have.
    """
    problems: list[Problem] = []
    cases: list[Case] = []
    for path in written_in(folder, ".calls.yaml") if folder.is_dir() else [folder]:
        try:
            cases += cases_of(read(path, path.name), hotline)
        except BrokenFlow as broken:
            problems += broken.problems
    if problems:
        raise BrokenFlow(problems)
    return cases


def cases_of(source: Source, hotline: Hotline) -> list[Case]:
    """The calls of one file; see `read_calls`."""
    problems: list[Problem] = []
    cases: list[Case] = []
    named: dict[str, int] = {}
    found = read_model(CallsFile, source, (), source.data, source.path, problems)
    for index, spec in enumerate(found.calls if found else ()):
        case = Case(spec, source, ("calls", index))
        cases.append(case)
        problems += _unknown(case, hotline)
        if (first := named.setdefault(spec.call, index)) != index:
            line = source.value(("calls", first)).line
            problems.append(case.problem(f"the call on line {line} has this name too", "call"))
    if problems:
        raise BrokenFlow(problems)
    return cases


def _unknown(case: Case, hotline: Hotline) -> Iterator[Problem]:
    spec, center = case.spec, hotline.center
    prompts = hotline.wording.names()
    steps = {f"{flow.name}.{step}" for flow in hotline.flows.values() for step in flow.steps}

    def known(
        name: str | None, names: Mapping[str, object] | set[str], what: str, *at: str | int
    ) -> Iterator[Problem]:
        if name is not None and name not in names:
            message = f'there is no {what} "{name}"{did_you_mean(name, names)}'
            yield case.problem(message, *at, key=at[0] in ("numbers", "hours", "lookups", "agents"))

    if spec.begin is not None and hotline.place(spec.begin) is None:
        yield from known(spec.begin, steps | hotline.flows.keys(), "step or flow", "begin")
    for index, turn in enumerate(spec.talk):
        if isinstance(turn, Hears) and turn.is_name:
            yield from known(turn.what, prompts, "prompt", "talk", index, "hear")
    for field in ("never_hear", "agent_hears"):
        for index, name in enumerate(getattr(spec, field)):
            yield from known(name, prompts, "prompt", field, index)
    for name in spec.numbers:
        yield from known(name, center.numbers, "number", "numbers", name)
    for name in spec.lookups:
        yield from known(name, center.lookups, "lookup", "lookups", name)
    for name in spec.hours:
        yield from known(name, center.hours, "hours", "hours", name)
    for agent, desk in (spec.agents or {}).items():
        for skill in desk.skills:
            yield from known(skill, center.skills, "skill", "agents", agent, "skills", skill)
    for field, queue in (("queue", spec.ends.queue), ("callback", spec.ends.callback)):
        yield from known(queue, center.queues, "queue", "ends", field)
    yield from known(spec.ends.step, steps, "step", "ends", "step")
