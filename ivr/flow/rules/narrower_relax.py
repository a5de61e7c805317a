"""A need that relaxes lets in everybody who could help before."""

from collections.abc import Iterator
from itertools import pairwise, product
from math import prod

from ivr.flow.center import QueueSpec
from ivr.flow.expression import Expression, Facts, Unknown
from ivr.flow.inspection import Inspection
from ivr.flow.needs import NeedSpec
from ivr.flow.problem import Problem
from routing.skills import Agent, Need

NAME = "narrower-relax"

MOST_TRIED = 1024
"""Agents imagined for a step; needs of more skills and levels than that are not looked at."""


def check(inspection: Inspection) -> Iterator[Problem]:
    """Every step against the one before it, for callers of each language.

    A warning: the call is served all the same, only later, beside a free agent who could help.
    """
    center, source = inspection.hotline.center, inspection.hotline.center_source
    for name, queue in center.queues.items():
        for index, (before, after) in enumerate(_steps(queue)):
            shut_out = {
                language: agent
                for language in center.center.languages
                if (agent := _shut_out(before, after, language)) is not None
            }
            if not shut_out:
                continue
            some = len(shut_out) < len(center.center.languages)
            whose = f" for callers who speak {', '.join(shut_out)}" if some else ""
            who = next(iter(shut_out.values()))
            message = (
                f"from {queue.relax[index].after:g}s on this shuts out agents who could help before"
                f"{whose}, such as one with {who}; ask for less than before, or let either do: "
                "any: [{…}, {…}]"
            )
            spot = source.value(("queues", name, "relax", index, "need"))
            yield source.problem(spot, message, NAME, "warning")


def _steps(queue: QueueSpec) -> Iterator[tuple[NeedSpec, NeedSpec]]:
    needs = [queue.need, *(relaxed.need for relaxed in queue.relax)]
    yield from pairwise(needs)


def _shut_out(before: NeedSpec, after: NeedSpec, language: str) -> str | None:
    """The skills of somebody who meets `before` and not `after`; None if there is nobody."""
    for anybody_speaks_it in (True, False):
        asked = (_asked(need, language, anybody_speaks_it) for need in (before, after))
        if (found := _only_met_by_first(*asked)) is not None:
            return ", ".join(f"{skill} {level}" for skill, level in found.items()) or "no skill"
    return None


def _asked(need: NeedSpec, language: str, staffed: bool) -> Need:
    """The need of a caller; a language that only a call can tell is a skill like no other."""
    known = Facts({"caller": {"language": language}}, {"staffed": lambda _: staffed})

    def spoken(expression: Expression) -> str:
        try:
            return str(expression.value(known))
        except Unknown:
            return f"the language {expression.text}"

    return need.asked(spoken)


def _only_met_by_first(first: Need, second: Need) -> dict[str, int] | None:
    """Agents with every level that either need names, or without the skill: one of them is shut out
    if anybody is, as between those levels nobody is told apart."""
    levels: dict[str, set[int]] = {}
    for need in (first, second):
        _note_levels(need, levels)
    if prod(len(of_skill) for of_skill in levels.values()) > MOST_TRIED:
        return None
    for had in product(*(sorted(of_skill) for of_skill in levels.values())):
        skills = {skill: level for skill, level in zip(levels, had, strict=True) if level}
        agent = Agent("somebody", skills)
        if first.met_by(agent) and not second.met_by(agent):
            return skills
    return None


def _note_levels(need: Need, levels: dict[str, set[int]]) -> None:
    for skill, level in need.skills.items():
        levels.setdefault(skill, {0}).add(level)
    for group in (*need.any_of, need.none_of):
        for within in group:
            _note_levels(within, levels)
