"""Loading a folder of flow files into a hotline, or saying everything that is wrong with them."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ivr.flow.files import written_in
from ivr.flow.hotline import Hotline
from ivr.flow.inspection import Inspection, Skills
from ivr.flow.intents import of_files
from ivr.flow.problem import BrokenFlow, Problem, Spot, errors
from ivr.flow.reading import Reading
from ivr.flow.rules import LIMITS, NAMES, PATHS
from ivr.flow.source import MOST_PROBLEMS
from ivr.flow.wording import Wording

TRIED = (".calls.yaml", ".tests.yaml")  # not part of the hotline: what must come of trying it


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found: problems in file order, and the hotline where no error is among them."""

    hotline: Hotline | None
    problems: tuple[Problem, ...]
    inspection: Inspection | None = None


def load(folder: Path) -> Hotline:
    """Load `center.yaml`, `prompts.*.yaml` and every flow file of `folder`.

    Raises `BrokenFlow` with all errors found; a hotline that is returned is sound.
    """
    checked = check(folder)
    if checked.hotline is None:
        raise BrokenFlow(errors(checked.problems))
    return checked.hotline


def check(
    folder: Path,
    agents: Sequence[Skills] | None = None,
    vocabularies: Mapping[str, Container[str]] | None = None,
) -> Checked:
    """Find all that is wrong with the files of `folder`.

    `agents` are the skills of every agent with an account, where they are known; `vocabularies` the
    words each language's recognizer can hear, where there is one. The paths through the flows are
    judged once everything else is in order: a name that leads nowhere would make them all look wrong.
    """
    reading = Reading()
    for path in written_in(folder):
        if not path.name.endswith(TRIED):
            reading.file(path)
    problems = reading.problems
    if reading.center is None:
        if "center.yaml" not in reading.unreadable:
            spot = Spot("center.yaml", 1, 1)
            problems.append(Problem(spot, f"not found in {folder}", "missing-file"))
        return Checked(None, tuple(sorted(problems)))
    hotline = Hotline(
        reading.center,
        reading.center_source,
        reading.flows,
        Wording(reading.center.language, reading.texts, reading.variants, reading.interrupts),
        reading.wording_sources,
        of_files(reading.intents, reading.intents_sources),
        reading.quality,
        reading.quality_source,
    )
    inspection = Inspection(hotline, frozenset(reading.unreadable), agents, vocabularies or {})
    for rules in (NAMES, PATHS, LIMITS):
        if rules is NAMES or not errors(problems):
            for rule in rules.values():
                problems += _bounded(rule(inspection))
    found = tuple(sorted(problems))
    return Checked(None if errors(found) else hotline, found, inspection)


def _bounded(problems: Iterator[Problem]) -> Iterator[Problem]:
    for count, problem in enumerate(problems):
        if count == MOST_PROBLEMS:
            message = "there is more of this kind; it is told when the others are mended"
            yield replace(problem, message=message)
            return
        yield problem
