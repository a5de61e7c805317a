"""For every queue there are agents whose skills can serve it."""

from collections.abc import Iterator, Sequence

from ivr.flow.center import QueueSpec
from ivr.flow.expression import Expression, Facts, Unknown
from ivr.flow.inspection import Inspection, Skills
from ivr.flow.needs import NeedSpec
from ivr.flow.problem import Problem, Spot
from ivr.flow.source import Source
from routing.skills import ANYBODY, Agent

NAME = "unservable-queue"


def check(inspection: Inspection) -> Iterator[Problem]:
    """Needs at their most relaxed against all agents there are; nothing where they are not known.

    A warning: agents come and go without the flows, and until then the queue's `unstaffed` applies.
    """
    agents = inspection.agents
    if not agents:
        return
    center = inspection.hotline.center
    for source, spot, queue, need in _uses(inspection):
        spec = center.queues.get(queue)
        unserved = [
            language
            for language in center.center.languages
            if spec is not None and not _served(spec, need, language, agents)
        ]
        if not unserved:
            continue
        whom = "" if len(unserved) == len(center.center.languages) else _speakers(unserved)
        message = (
            f'no agent has the skills the queue "{queue}" asks for even after the longest wait'
            f"{whom}; give an agent the skills, or relax the need"
        )
        yield source.problem(spot, message, NAME, "warning")


def _uses(inspection: Inspection) -> Iterator[tuple[Source, Spot, str, NeedSpec | None]]:
    """Each queue by itself, and wherever more is asked of its agents."""
    center, source = inspection.hotline.center, inspection.hotline.center_source
    for queue in center.queues:
        yield source, source.key(("queues", queue)), queue, None
    for index, rule in enumerate(center.rules):
        if rule.need is not None:
            yield source, source.value(("rules", index, "need")), rule.queue, rule.need
    for flow in inspection.hotline.flows.values():
        for name, step in flow.steps.items():
            need = step.asks_of_agents()
            for mention in step.queues() if need is not None else ():
                spot = flow.source.value(("steps", name, *mention.loc))
                yield flow.source, spot, mention.name, need


def _served(
    spec: QueueSpec, more: NeedSpec | None, language: str, agents: Sequence[Skills]
) -> bool:
    functions = {"staffed": lambda skill: any(skill in agent for agent in agents)}
    known = Facts({"caller": {"language": language}}, functions)

    def spoken(expression: Expression) -> str | None:
        try:
            return str(expression.value(known))
        except Unknown:
            return None

    last = (spec.relax[-1].need if spec.relax else spec.need).asked(spoken)
    asked = last.and_also(ANYBODY if more is None else more.asked(spoken))
    return any(asked.met_by(Agent("somebody", skills)) for skills in agents)


def _speakers(languages: list[str]) -> str:
    return f" for callers who speak {', '.join(languages)}"
