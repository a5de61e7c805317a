"""What would a hotline's own center.yaml have made of recorded calls?

Its rules are asked first, of what a trace knows of a caller: age and language. A caller whom no
rule sends anywhere goes where the recorded kind says: to the queue of that name, or to the first of
the file. Hours are not asked: the calls of a trace found the bank open.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from ivr.flow.center import Center
from ivr.flow.expression import Expression, Facts, Unknown
from ivr.flow.problem import BrokenFlow, Problem
from ivr.flow.read_model import read_model
from ivr.flow.source import read
from ivr.flow.straight import decide
from ivr.queues import queues_of
from ivr.replay.rules import Rules
from ivr.replay.scene import Caller
from routing.events import CallWaits
from routing.floor import Floor
from routing.model import Agent, Relax
from routing.skills import ANYBODY, HIGHEST

Skills = Mapping[str, Mapping[str, int]]
"""Agent → skill → level, where it is known from elsewhere than the trace."""


def read_center(path: Path) -> Center:
    """Read a center.yaml. Raises BrokenFlow with everything wrong in it."""
    problems: list[Problem] = []
    source = read(path, path.name)
    center = read_model(Center, source, (), source.data, path.name, problems)
    if center is None or not center.queues:
        raise BrokenFlow(problems)
    return center


def rules_of(center: Center, name: str, skills: Skills | None = None) -> Rules:
    """The rules of a center.yaml.

    An agent without `skills` can do, at the highest level, what the trace shows: a skill for each
    kind of call, by its name in small letters. All speak the hotline's first language.
    """

    def terms(caller: Caller, floor: Floor) -> CallWaits:
        language = caller.skill if caller.skill in center.center.languages else center.language
        facts = Facts(
            {
                "caller": {
                    "age": caller.age,
                    "elderly": caller.age >= center.center.elder_age,
                    "language": language,
                    "language_guessed": False,
                    "dialect": "",
                    "known": True,
                    "name": "",
                    "tier": "",
                    "withheld": False,
                },
                "center": {"elder_age": center.center.elder_age},
            },
            {"staffed": floor.staffed, "open": lambda _: True},
        )
        straight = decide(center.rules, facts)
        if straight is None:
            return _terms(caller, _queue(center, caller), center, facts)
        rule = straight.rule
        waits = _terms(caller, rule.queue, center, facts)
        more = ANYBODY if rule.need is None else rule.need.asked(_spoken(facts))
        return replace(
            waits,
            need=None if waits.need is None else waits.need.and_also(more),
            relax=tuple(Relax(one.after, one.need.and_also(more)) for one in waits.relax or ()),
            head_start=waits.head_start + rule.priority,
        )

    def skilled(agent: str, kinds: frozenset[str]) -> Agent:
        if skills is not None:
            return Agent(agent, skills.get(agent, {}))
        known = {kind.lower() for kind in kinds} | {center.language}
        return Agent(agent, dict.fromkeys(sorted(known), HIGHEST))

    return Rules(name, queues_of(center), terms, skilled)


def _queue(center: Center, caller: Caller) -> str:
    kind = caller.kind.lower()
    return next((name for name in center.queues if name.lower() == kind), next(iter(center.queues)))


def _terms(caller: Caller, queue: str, center: Center, facts: Facts) -> CallWaits:
    spec, spoken = center.queues[queue], _spoken(facts)
    return CallWaits(
        caller.call,
        queue,
        need=spec.need.asked(spoken),
        relax=tuple(Relax(one.after, one.need.asked(spoken)) for one in spec.relax),
        head_start=spec.priority,
        limits=False,
    )


def _spoken(facts: Facts) -> Callable[[Expression], str | None]:
    """What an expression for a language comes to; None where it has no value."""

    def spoken(language: Expression) -> str | None:
        try:
            return str(language.value(facts))
        except Unknown:
            return None

    return spoken
