"""How do agents' and queues' talks go? What was measured in many recordings, added up."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean, median
from typing import Literal

from recordings.catalogue import Recording
from recordings.measure import Measures
from recordings.review import Review

By = Literal["agent", "queue"]
CLIPPED = 0.001
"""Share of a side's samples at full scale from which the talk counts as clipped."""


@dataclass(frozen=True, slots=True)
class Line:
    """The talks of one agent or queue.

    Shares are of the talks' whole time; `longest_silence` is the longest in any of them, and
    `agent_first` the median of how soon the agent spoke, in seconds. `holds` are how often callers
    were put on hold, `mean_hold` and `longest_hold` for how many seconds. Rates are words a minute, of
    the talks that were taken down. `loudness` is the agents' (dBFS). `found` counts findings by
    rule, `with_findings` the talks that have one.
    """

    group: str
    talks: int
    minutes: float
    taken_down: int
    caller_share: float
    agent_share: float
    silence: float
    talk_over: float
    longest_silence: float
    agent_first: float | None
    holds: int
    mean_hold: float | None
    longest_hold: float | None
    agent_rate: float | None
    caller_rate: float | None
    loudness: float | None
    clipped: int
    with_findings: int
    found: Mapping[str, int]


def lines(reviewed: Sequence[tuple[Recording, Review]], by: By) -> list[Line]:
    """A line for each agent or queue, by name."""
    groups: dict[str, list[Review]] = {}
    for recording, review in reviewed:
        groups.setdefault(recording.agent if by == "agent" else recording.queue, []).append(review)
    return [_line(name, groups[name]) for name in sorted(groups)]


def _line(group: str, reviews: Sequence[Review]) -> Line:
    seconds = sum(one.measures.seconds for one in reviews)

    def share(of: Callable[[Measures], float]) -> float:
        return sum(of(one.measures) * one.measures.seconds for one in reviews) / seconds

    firsts = [m.agent_first for one in reviews if (m := one.measures).agent_first is not None]
    loud = [s.loudness for one in reviews if (s := one.measures.agent).loudness is not None]
    held = [lasted for one in reviews for _, lasted in one.measures.holds]
    sides = [(one.measures.caller, one.measures.agent) for one in reviews]
    return Line(
        group=group,
        talks=len(reviews),
        minutes=seconds / 60,
        taken_down=sum(not one.note for one in reviews),
        caller_share=share(lambda talk: talk.caller.share),
        agent_share=share(lambda talk: talk.agent.share),
        silence=share(lambda talk: talk.silence),
        talk_over=share(lambda talk: talk.talk_over),
        longest_silence=max(one.measures.longest_silence[1] for one in reviews),
        agent_first=median(firsts) if firsts else None,
        holds=len(held),
        mean_hold=_mean(held),
        longest_hold=max(held, default=None),
        agent_rate=_mean([one.agent_rate for one in reviews]),
        caller_rate=_mean([one.caller_rate for one in reviews]),
        loudness=_mean(loud),
        clipped=sum(max(his.clipped, hers.clipped) >= CLIPPED for his, hers in sides),
        with_findings=sum(bool(one.findings) for one in reviews),
        found=dict(Counter(found.rule for one in reviews for found in one.findings).most_common()),
    )


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return mean(known) if known else None
