"""What flows, rules, queues and quality.yaml mention of center.yaml exists there."""

from collections.abc import Collection, Iterator

from ivr.flow.center import QueueSpec
from ivr.flow.inspection import Inspection
from ivr.flow.needs import NeedSpec
from ivr.flow.problem import Problem, did_you_mean
from ivr.flow.source import Loc, Source

NAME = "unknown-name"

_ONE = {  # a section of center.yaml, and what one of its entries is called
    "skills": "skill",
    "hours": "hours",
    "numbers": "number",
    "queues": "queue",
    "lookups": "lookup",
}


def check(inspection: Inspection) -> Iterator[Problem]:
    """What steps, rules, queues and limits mention, and the languages of flows and prompts."""
    hotline = inspection.hotline
    center, source = hotline.center, hotline.center_source

    def known(source: Source, loc: Loc, section: str, name: str) -> Iterator[Problem]:
        entries: Collection[str] = getattr(center, section)
        if name not in entries:
            what = _ONE.get(section, section)
            message = f'center.yaml has no {what} "{name}"{did_you_mean(name, entries)}'
            # A need has the skill for its key.
            spot = source.key(loc) if loc[-1] == name else source.value(loc)
            yield source.problem(spot, message, NAME)

    def skills(loc: Loc, need: NeedSpec) -> Iterator[Problem]:
        for within, skill in need.mentions():
            yield from known(source, (*loc, *within), "skills", skill)

    for flow in hotline.flows.values():
        for index, language in enumerate(flow.languages or ()):
            yield from _language(flow.source, ("languages", index), language, inspection)
        for name, step in flow.steps.items():
            at: Loc = ("steps", name)
            for mention in step.queues():
                yield from known(flow.source, (*at, *mention.loc), "queues", mention.name)
            for entry in step.entries():
                yield from known(flow.source, (*at, *entry.loc), entry.section, entry.name)
    for name, queue in center.queues.items():
        for loc, need in _needs(name, queue):
            yield from skills(loc, need)
        for loc, section, mentioned in _mentioned(name, queue):
            yield from known(source, loc, section, mentioned)
    for index, rule in enumerate(center.rules):
        yield from known(source, ("rules", index, "queue"), "queues", rule.queue)
        if rule.need is not None:
            yield from skills(("rules", index, "need"), rule.need)
    for file, where, section, mentioned in _elsewhere(inspection):
        yield from known(file, where, section, mentioned)
    yield from _judged_languages(inspection)
    yield from _recorded_flows(inspection)


def _recorded_flows(inspection: Inspection) -> Iterator[Problem]:
    hotline = inspection.hotline
    ivr, source = hotline.center.recordings.ivr, hotline.center_source
    for place, name in enumerate(ivr.flows if ivr is not None else ()):
        if name not in hotline.flows:
            message = f'there is no flow "{name}"{did_you_mean(name, hotline.flows)}'
            spot = source.value(("recordings", "ivr", "flows", place))
            yield source.problem(spot, message, NAME)


def _elsewhere(inspection: Inspection) -> Iterator[tuple[Source, Loc, str, str]]:
    """What the keeping and judging of talks, limits, admission and secure entry mention."""
    hotline = inspection.hotline
    center, source = hotline.center, hotline.center_source
    for index, keep in enumerate(center.recordings.rules):
        for place, queue in enumerate(keep.queues):
            yield source, ("recordings", "rules", index, "queues", place), "queues", queue
    for index, hours in enumerate(center.limits.hours):
        yield source, ("limits", "hours", index), "hours", hours
    if (admission := center.admission) is not None and admission.callback is not None:
        yield source, ("admission", "callback"), "queues", admission.callback
    if (secure := center.secure_entry) is not None:
        yield source, ("secure_entry", "lookup"), "lookups", secure.lookup
    for name, rule in hotline.quality.rules.items():
        for place, queue in enumerate(rule.queues):
            yield hotline.quality_source, ("rules", name, "queues", place), "queues", queue


def _judged_languages(inspection: Inspection) -> Iterator[Problem]:
    source = inspection.hotline.quality_source
    for name, rule in inspection.hotline.quality.rules.items():
        for language in rule.phrases:
            yield from _language(source, ("rules", name, rule.kind, language), language, inspection)


def _needs(name: str, queue: QueueSpec) -> Iterator[tuple[Loc, NeedSpec]]:
    yield ("queues", name, "need"), queue.need
    for index, relaxed in enumerate(queue.relax):
        yield ("queues", name, "relax", index, "need"), relaxed.need


def _mentioned(name: str, queue: QueueSpec) -> Iterator[tuple[Loc, str, str]]:
    """What a queue names, and the section of center.yaml it must stand in."""
    if queue.hours is not None:
        yield ("queues", name, "hours"), "hours", queue.hours
    if queue.callback is not None and queue.callback.hours is not None:
        yield ("queues", name, "callback", "hours"), "hours", queue.callback.hours
    if queue.overflow is not None and queue.overflow.queue is not None:
        yield ("queues", name, "overflow", "queue"), "queues", queue.overflow.queue


def _language(source: Source, loc: Loc, language: str, inspection: Inspection) -> Iterator[Problem]:
    languages = inspection.hotline.center.center.languages
    if language not in languages:
        message = (
            f'"{language}" is none of the languages of center.yaml'
            f"{did_you_mean(language, languages)}"
        )
        spot = source.key(loc) if loc[-1] == language else source.value(loc)
        yield source.problem(spot, message, NAME)
