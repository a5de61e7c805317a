"""How well were callers served? The figures of a period, from one row of facts a call.

Every figure is about calls that asked for a human (they began to wait in a queue), counted from that
moment, and every one that cannot be said (nothing to divide by, not recorded) is None.

Service level within T seconds is given in each of the four formulas in circulation, under the names
of Cisco Unified CCX (Historical Reports User Guide 7.0(1), "Percentage of Service Level Met"):

    negative   answered within T / offered                          an abandoned call was not served
    positive   (answered within T + abandoned within T) / offered   app_queue: ServiceLevelPerf2
    without    answered within T / (offered - abandoned within T)   short abandons do not count
    handled    answered within T / answered                         app_queue: ServiceLevelPerf

Asterisk's two are those of apps/app_queue.c; they count only calls that were answered or abandoned
as offered. The first formula is the strictest, and the one to promise by.

First-call resolution: of the answered calls with a number, after which N days have passed, the share
whose number did not call again within N days of the call's end. Whether the matter was really
settled nobody asks; a second call on another matter counts against it.

Occupancy: (talk + wrap-up) / (talk + wrap-up + ready), of the time an agent was logged in and not
paused. Handle time: talk and the wrap-up after it. An announced wait was right if the time to the
answer lay within the range told; a caller who gave up within the range proves nothing.

Whoever asked to be rung back counts as the call in which an agent talked to them, or in which that
was tried in vain for the last time: with the whole wait, and the queue and rule of the call in which it
was asked for. Who is still to be rung, or was taken off the list, does not count.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Literal, get_args

By = Literal["queue", "agent", "skill", "rule"]
Formula = Literal["negative", "positive", "without", "handled"]
WITHIN = (15, 20, 30)
FORMULAS: tuple[Formula, ...] = get_args(Formula)
ALL = "(all)"
NONE = "(none)"
"""The group of calls that have none of it: that no rule put straight through, say."""


@dataclass(frozen=True, slots=True)
class Told:
    """An announced wait, in seconds; `after` is the time from it to the answer or the giving up."""

    low: float
    high: float
    after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFacts:
    """What a report needs of a call that asked for a human. Times are seconds.

    `waited` is until the answer or the giving up. `agent` is who talked to the caller, `rung` are all
    whose phones rang for it, `missed` those of them who did not take it. `wrap_up` is what followed
    the talk. `again` says whether the number called again within N days (None: not known yet, or
    no number). `rule` is what put the call straight through, or the one it is a call back for.
    """

    queue: str
    waited: float
    abandoned: bool = False
    agent: str | None = None
    talked: float = 0.0
    wrap_up: float = 0.0
    skills: tuple[str, ...] = ()
    rule: str | None = None
    age: int | None = None
    again: bool | None = None
    rung: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()
    told: tuple[Told, ...] = ()

    @property
    def answered(self) -> bool:
        """Whether an agent talked to the caller."""
        return self.agent is not None


@dataclass(frozen=True, slots=True)
class Shift:
    """The seconds an agent spent in a period, by what was done."""

    ready: float = 0.0
    talking: float = 0.0
    wrap_up: float = 0.0
    paused: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One line of a report. Shares are 0 to 1, times are seconds, None is "cannot be said"."""

    group: str
    offered: int
    answered: int
    abandoned: int
    service_level: Mapping[int, Mapping[Formula, float | None]]
    wait_average: float | None
    wait_p90: float | None
    handle_average: float | None
    talk_average: float | None
    wrap_up_average: float | None
    occupancy: float | None
    first_call_resolution: float | None
    first_call_judged: int
    elderly_answered: int
    elderly_wait_average: float | None
    announced: int
    announced_right: float | None
    announced_too_short: float | None
    missed: int = field(default=0)


def figures(
    calls: Sequence[CallFacts], by: By, shifts: Mapping[str, Shift], elder_age: int
) -> tuple[Figures, ...]:
    """A line for each group, by name, and one for all. A call counts once in every group it is in:
    with `agent` in that of everybody whose phone rang for it, with `skill` in that of each skill it
    asked for. Answered and abandoned calls of an agent are those the agent answered, and those
    whose caller gave up after the agent's phone had rung and nobody had answered.
    """
    groups: dict[str, list[CallFacts]] = {}
    for call in calls:
        for group in _GROUPS[by](call) or (NONE,):
            groups.setdefault(group, []).append(call)
    if by == "agent":
        for agent in shifts:
            groups.setdefault(agent, [])
    lines = []
    for group, its in sorted(groups.items()):
        shift = shifts.get(group) if by == "agent" else None
        theirs = its if by != "agent" else [_as_of(call, group) for call in its]
        lines.append(_line(group, theirs, shift, elder_age))
    everybody = Shift(
        *(sum(getattr(one, name) for one in shifts.values()) for name in Shift.__slots__)
    )
    return (*lines, _line(ALL, calls, everybody if shifts else None, elder_age))


def service_level(calls: Iterable[CallFacts], within: float) -> dict[Formula, float | None]:
    """The share of calls served within so many seconds, in the four formulas."""
    offered = answered = soon = gave_up_soon = 0
    for call in calls:
        offered += 1
        answered += call.answered
        soon += call.answered and call.waited <= within
        gave_up_soon += call.abandoned and call.waited <= within
    return {
        "negative": _share(soon, offered),
        "positive": _share(soon + gave_up_soon, offered),
        "without": _share(soon, offered - gave_up_soon),
        "handled": _share(soon, answered),
    }


def percentile(values: Iterable[float], share: float) -> float | None:
    """The smallest of the values that `share` of them do not exceed (nearest rank)."""
    ranked = sorted(values)
    return ranked[ceil(share * len(ranked)) - 1] if ranked else None


def _as_of(call: CallFacts, agent: str) -> CallFacts:
    """The call as far as it is this agent's: somebody else's answer is none of theirs."""
    if call.agent == agent:
        return call
    return CallFacts(
        queue=call.queue,
        waited=call.waited,
        abandoned=call.abandoned,
        missed=call.missed,
        age=call.age,
    )


def _line(group: str, calls: Sequence[CallFacts], shift: Shift | None, elder_age: int) -> Figures:
    answered = [call for call in calls if call.answered]
    elderly = [call for call in answered if call.age is not None and call.age >= elder_age]
    judged = [call for call in answered if call.again is not None]
    told = [
        (one, call.answered)
        for call in calls
        for one in call.told
        if call.answered or one.after > one.high
    ]
    busy = shift.talking + shift.wrap_up if shift is not None else 0.0
    return Figures(
        group=group,
        offered=len(calls),
        answered=len(answered),
        abandoned=sum(call.abandoned for call in calls),
        service_level={within: service_level(calls, within) for within in WITHIN},
        wait_average=_mean(call.waited for call in answered),
        wait_p90=percentile((call.waited for call in answered), 0.9),
        handle_average=_mean(call.talked + call.wrap_up for call in answered),
        talk_average=_mean(call.talked for call in answered),
        wrap_up_average=_mean(call.wrap_up for call in answered),
        occupancy=_share(busy, busy + shift.ready) if shift is not None else None,
        first_call_resolution=_share(sum(not call.again for call in judged), len(judged)),
        first_call_judged=len(judged),
        elderly_answered=len(elderly),
        elderly_wait_average=_mean(call.waited for call in elderly),
        announced=len(told),
        announced_right=_share(
            sum(answer and one.low <= one.after <= one.high for one, answer in told), len(told)
        ),
        announced_too_short=_share(sum(one.after > one.high for one, _ in told), len(told)),
        missed=sum(group in call.missed if group != ALL else len(call.missed) for call in calls),
    )


def _mean(values: Iterable[float]) -> float | None:
    known = list(values)
    return sum(known) / len(known) if known else None


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _agents(call: CallFacts) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*call.rung, *((call.agent,) if call.agent else ()))))


_GROUPS: dict[By, Callable[[CallFacts], tuple[str, ...]]] = {
    "queue": lambda call: (call.queue,),
    "agent": _agents,
    "skill": lambda call: call.skills,
    "rule": lambda call: (call.rule,) if call.rule else (),
}
