"""Queues, hours, numbers and skills that are mentioned exist in center.yaml."""

from collections.abc import Iterator, Mapping

from ivr.flow.hotline import Hotline
from ivr.flow.problem import Problem, did_you_mean
from ivr.flow.source import Loc, Source
from ivr.flow.steps.hours import HoursStep
from ivr.flow.steps.queue import Queue
from ivr.flow.steps.transfer import Transfer

NAME = "unknown-name"


def check(hotline: Hotline) -> Iterator[Problem]:
    """What steps, rules and queues mention."""
    center = hotline.center
    for flow in hotline.flows.values():
        for name, step in flow.steps.items():
            at: Loc = ("steps", name)
            if isinstance(step, HoursStep):
                yield from _known(flow.source, (*at, "hours"), step.hours, center.hours, "hours")
            if isinstance(step, Transfer):
                yield from _known(
                    flow.source, (*at, "transfer"), step.transfer, center.numbers, "number"
                )
            for mention in step.queues():
                yield from _known(
                    flow.source, (*at, *mention.loc), mention.name, center.queues, "queue"
                )
            if isinstance(step, Queue) and step.need is not None:
                yield from _skills(flow.source, (*at, "need"), step.need.skills, hotline)
    source = hotline.center_source
    for name, queue in center.queues.items():
        yield from _skills(source, ("queues", name, "need"), queue.need.skills, hotline)
        for index, relaxed in enumerate(queue.relax):
            loc = ("queues", name, "relax", index, "need")
            yield from _skills(source, loc, relaxed.need.skills, hotline)
        if queue.hours is not None:
            yield from _known(source, ("queues", name, "hours"), queue.hours, center.hours, "hours")
    for index, rule in enumerate(center.rules):
        yield from _known(source, ("rules", index, "queue"), rule.queue, center.queues, "queue")
        if rule.need is not None:
            yield from _skills(source, ("rules", index, "need"), rule.need.skills, hotline)


def _skills(
    source: Source, loc: Loc, levels: Mapping[str, int], hotline: Hotline
) -> Iterator[Problem]:
    for skill in levels:
        if skill not in hotline.center.skills:
            message = f'there is no skill "{skill}"{did_you_mean(skill, hotline.center.skills)}'
            yield source.problem(source.key((*loc, skill)), message, NAME)


def _known(
    source: Source, loc: Loc, name: str, known: Mapping[str, object], what: str
) -> Iterator[Problem]:
    if name not in known:
        message = f'center.yaml has no {what} "{name}"{did_you_mean(name, known)}'
        yield source.problem(source.value(loc), message, NAME)
