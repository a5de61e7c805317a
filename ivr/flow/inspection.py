"""What a rule may look at: the hotline as read, and what follows from it."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, TypeAlias

from ivr.flow.callback import OF_WHO_CANNOT_WAIT, PROMPTS
from ivr.flow.expression import Expression
from ivr.flow.graph import Graph
from ivr.flow.hotline import Hotline
from ivr.flow.needs import NeedSpec
from ivr.flow.proof import Proof, prove
from ivr.flow.source import Loc, Source

Skills: TypeAlias = Mapping[str, int]  # skill → level from 1 to 5, of one agent


class Said(NamedTuple):
    """A prompt that is mentioned: where, its name, and the languages it should be heard in."""

    source: Source
    loc: Loc
    prompt: str
    languages: tuple[str, ...]


class Asked(NamedTuple):
    """An expression: the file and field it stands in, and the text of the field before it."""

    source: Source
    loc: Loc
    expression: Expression
    before: str = ""


@dataclass(frozen=True)
class Inspection:
    """A hotline under inspection.

    `unreadable` names flows, steps (flow.step) and files that are there and could not be read.
    `agents` are the skills of all agents with an account; None where they are not known.
    `vocabularies` hold the words that each language's recognizer can hear. The graph
    and the proof are made when first asked for, and only make sense where every name leads
    somewhere.
    """

    hotline: Hotline
    unreadable: frozenset[str] = frozenset()
    agents: Sequence[Skills] | None = None
    vocabularies: Mapping[str, Container[str]] = field(default_factory=dict)

    @cached_property
    def graph(self) -> Graph:
        """Where a call can go."""
        return Graph.of(self.hotline)

    @cached_property
    def proof(self) -> Proof:
        """How far it is to a human from everywhere."""
        return prove(self.hotline, self.graph)

    def prompts(self) -> Iterator[Said]:
        """Every prompt that steps, rules and whispers say or send."""
        center, source = self.hotline.center, self.hotline.center_source
        for flow in self.hotline.flows.values():
            languages = flow.languages or center.center.languages
            for name, step in flow.steps.items():
                for mention in (*step.prompts(), *step.written()):
                    loc: Loc = ("steps", name, *mention.loc)
                    yield Said(flow.source, loc, mention.name, languages)
        for index, rule in enumerate(center.rules):
            if rule.say is not None:
                yield Said(source, ("rules", index, "say"), rule.say, center.center.languages)
        for name, queue in center.queues.items():
            for index, comfort in enumerate(queue.announce.comfort):
                loc = ("queues", name, "announce", "comfort", index)
                yield Said(source, loc, comfort, center.center.languages)
            if queue.callback is not None:
                for prompt in PROMPTS:
                    loc = ("queues", name, "callback")
                    yield Said(source, loc, prompt, center.center.languages)
        for index, whisper in enumerate(center.whisper):
            loc = ("whisper", index, "say")
            yield Said(source, loc, whisper.say, center.center.languages)
        for loc, name in self._said_by_others():
            yield Said(source, loc, name, center.center.languages)

    def _said_by_others(self) -> Iterator[tuple[Loc, str]]:
        """What callers hear who cannot be taken, or key a secret in a talk."""
        center = self.hotline.center
        if (admission := center.admission) is not None:
            yield ("admission", "say"), admission.say
            for prompt in OF_WHO_CANNOT_WAIT if admission.callback is not None else ():
                yield ("admission", "callback"), prompt
        if center.secure_entry is not None:
            for field, name in center.secure_entry.prompts().items():
                yield ("secure_entry", field), name

    def listened_for(self) -> Iterator[str]:
        """The intents, and yes and no, that steps of any flow take."""
        for flow in self.hotline.flows.values():
            for step in flow.steps.values():
                yield from (exit_.says for exit_ in step.exits() if exit_.says)

    def expressions(self) -> Iterator[Asked]:
        """Every expression of steps, needs, rules, whispers and prompts."""
        for flow in self.hotline.flows.values():
            for name, step in flow.steps.items():
                for used in step.expressions():
                    yield Asked(flow.source, ("steps", name, *used.loc), used.expression)
        for loc, expression in self._asked_by_center():
            yield Asked(self.hotline.center_source, loc, expression)
        for language, source in self.hotline.wording_sources.items():
            for loc, template in self.hotline.wording.templates(language):
                before = ""
                for part in template.parts:
                    if isinstance(part, str):
                        before += part
                    else:
                        yield Asked(source, loc, part, before + "{{")
                        before += "{{" + part.text + "}}"

    def _asked_by_center(self) -> Iterator[tuple[Loc, Expression]]:
        center = self.hotline.center
        needs: list[tuple[Loc, NeedSpec | None]] = []
        for queue, spec in center.queues.items():
            needs.append((("queues", queue, "need"), spec.need))
            for index, relaxed in enumerate(spec.relax):
                needs.append((("queues", queue, "relax", index, "need"), relaxed.need))
        for index, rule in enumerate(center.rules):
            yield ("rules", index, "when"), rule.when
            needs.append((("rules", index, "need"), rule.need))
        for index, whisper in enumerate(center.whisper):
            yield ("whisper", index, "when"), whisper.when
        if center.admission is not None and center.admission.unless is not None:
            yield ("admission", "unless"), center.admission.unless
        if center.secure_entry is not None:
            for name, given in center.secure_entry.with_.items():
                yield ("secure_entry", "with", name), given
        for loc, need in needs:
            for within, expression in need.expressions() if need is not None else ():
                yield (*loc, *within), expression
