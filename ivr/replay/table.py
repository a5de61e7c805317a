"""What did each set of rules come to, side by side? A table in Markdown."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ivr.replay.agenda import Outcome
from ivr.replay.figures import Estimate, Figures, differences, estimates, figures_of
from ivr.replay.rules import ELDER

Runs = Sequence[Sequence[Outcome]]
"""The outcomes under each seed."""

Which = Callable[[Outcome], bool]

SURE = "± is the half-width of the 95 % confidence interval over the seeds."


@dataclass(frozen=True, slots=True)
class Side:
    """One set of rules and what came of it."""

    name: str
    runs: Runs

    def figures(self, which: Which = lambda _: True) -> tuple[Figures, ...]:
        """Those of the callers for whom `which` holds, seed by seed."""
        return tuple(figures_of(one for one in run if which(one)) for run in self.runs)


def elderly(outcome: Outcome) -> bool:
    """Whether the caller is."""
    return outcome.caller.age >= ELDER


def others(outcome: Outcome) -> bool:
    """Whether the caller is not elderly."""
    return not elderly(outcome)


def of_kind(kind: str) -> Which:
    """Whether a call is of that kind."""
    return lambda outcome: outcome.caller.kind == kind


def kinds(sides: Sequence[Side]) -> tuple[str, ...]:
    """The kinds of call there are, the most frequent first."""
    count: dict[str, int] = {}
    for outcome in sides[0].runs[0]:
        count[outcome.caller.kind] = count.get(outcome.caller.kind, 0) + 1
    return tuple(sorted(count, key=lambda kind: (-count[kind], kind)))


def percent(share: Estimate) -> str:
    """72.1 ± 0.4 %."""
    sure = f" ± {100 * share.within:.1f}" if share.within else ""
    return f"{100 * share.mean:.1f}{sure} %"


def seconds(wait: Estimate) -> str:
    """123 ± 4 s."""
    sure = f" ± {wait.within:.0f}" if wait.within >= 0.5 else ""
    return f"{wait.mean:.0f}{sure} s" if wait.mean >= 20 else f"{wait.mean:.1f} s"


HEADING = ("", "answered", "within 15 s", "within 30 s", "mean wait", "gave up")


def row(name: str, figures: Sequence[Figures]) -> tuple[str, ...]:
    """A line of the table: shares are of all who asked, the wait is that of the answered."""
    found = estimates(figures)
    gone = Estimate(1 - found["answered"].mean, found["answered"].within)
    return (
        name,
        percent(found["answered"]),
        percent(found["within_15_s"]),
        percent(found["within_30_s"]),
        seconds(found["wait"]),
        percent(gone),
    )


def rows(sides: Sequence[Side], which: Which = lambda _: True) -> list[tuple[str, ...]]:
    """A line for each side."""
    return [row(side.name, side.figures(which)) for side in sides]


def difference(one: Side, other: Side, which: Which = lambda _: True) -> Mapping[str, Estimate]:
    """What `other` has more than `one`, in each measure."""
    return differences(one.figures(which), other.figures(which))


def markdown(heading: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A table as it stands in a README."""
    ruler = ["---", *("---:" for _ in heading[1:])]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (heading, ruler, *lines))
