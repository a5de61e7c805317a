"""How far is it to a human, from every step?

Two figures are proven of every step, in each situation (`ivr/flow/situation.py`):

*The fewest inputs* of a caller who wants a human and knows what to press. Pressing 0 is one input, a
key of a menu, a whole entry of digits or something said is one. Where the flow decides (a condition,
closed hours, a lookup, a transfer nobody answers), the worst is assumed unless the situation decides
it; where the caller decides, the best. Waiting until the flow gives up asking is no way to ask for a
human. The figure is the least that can be guaranteed within finitely many steps, found by value
iteration from infinity; it is infinite where no human can be reached.

*The longest time* of a caller who does nothing, or keys only what is wrong, or is never understood.
Such a caller goes on where the flow goes on by itself, and leaves a menu or an entry when its
attempts are used up, after all of its prompts, what is asked back, and as many times its patience
(`Step.longest`). Whose language is not recognized leaves a step that only listens at once. Of
several ways on the slowest is assumed. The figure is the length of the longest path; it is infinite
where the ways go in circles. A prompt takes as long as in the slowest of the hotline's languages
(estimated by `ivr/line/speech_length.py`). Not counted are the time in which keys or words are coming
in, which is the caller's own pace, and the wait in the queue, which depends on the agents. A caller
who keeps choosing (9 for "say it again", 2 for "not right", the key for "slower") is choosing.

A human is reached when the call stands in a queue that is open and staffed, or when an outside
number rings; what comes after a talk is no matter of this proof.

By day a caller who does nothing must not lose the call either: from where calls begin, and from
every step that asks for something, silence and wrong keys lead to a human and never to the end of
the call. A call may end where the caller has got what he chose.

Elderly and foreign callers are tried one by one: for every language, and for several ages from the
elder age on, the routing rules are asked as they are in a call. The rule that holds leads to its
queue without any input; where none holds, the caller walks the entry flow.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from ivr.flow.expression import Facts, Functions, Template
from ivr.flow.figures import Figures, measure
from ivr.flow.graph import Graph
from ivr.flow.hotline import Hotline, Place
from ivr.flow.situation import by_day, by_night, deserted
from ivr.flow.step import SLOW_PATIENCE, Pace
from ivr.flow.straight import decide
from ivr.flow.wording import Variants
from ivr.line.commands import Spoken
from ivr.line.speech_length import seconds

HOLE = 3.0
"""Seconds a value takes in a prompt: four digits, an amount, a date."""

_OLDER = (0, 10, 20, 30, 40)  # years above the elder age


@dataclass(frozen=True, slots=True)
class Caller:
    """One who should not have to press anything: elderly where the age is known, else foreign."""

    language: str
    age: int | None

    def __str__(self) -> str:
        who = "a foreign caller" if self.age is None else f"a caller of {self.age}"
        return f"{who} who speaks {self.language}"


@dataclass(frozen=True, slots=True)
class Straight:
    """The fewest inputs of such a caller by day; `walks` if there may be no rule that holds."""

    caller: Caller
    walks: bool
    inputs: float


@dataclass(frozen=True, slots=True)
class Proof:
    """The figures of a hotline, and what elderly and foreign callers have to press by day."""

    day: Figures
    night: Figures
    deserted: Figures
    straight: tuple[Straight, ...]
    pace: Pace

    @property
    def situations(self) -> tuple[Figures, Figures, Figures]:
        """The figures of each situation."""
        return (self.day, self.night, self.deserted)


def prove(hotline: Hotline, graph: Graph) -> Proof:
    """Find the figures of a hotline. Raises nothing; judging them is left to the rules."""
    callers = tuple(_callers(hotline))
    ruled = {caller: tuple(_rules(hotline, caller)) for caller in callers}
    # Elderly callers hear everything slowly, which only matters where they hear anything.
    walks = any(None in ruled[caller] for caller in callers if caller.age is not None)
    lookups = hotline.center.lookups
    pace = Pace(
        _said(hotline, slow=walks),
        SLOW_PATIENCE if walks else 1.0,
        lambda name: lookups[name].longest,
    )
    own = dict.fromkeys(graph.edges, 0.0)
    for flow in hotline.flows.values():
        for name, step in flow.steps.items():
            own[Place(flow.name, name)] = step.longest(pace)
    day, night, nobody = (
        measure(graph, situation(hotline), own) for situation in (by_day, by_night, deserted)
    )

    @cache
    def walked(age: int | None) -> float:
        if age is None:
            return day.inputs[graph.entry]
        # A flow may change the language on its way, so only the age is held on to.
        about = {"caller": {"age": age, "elderly": True}, "center": _center(hotline)}
        figures = measure(graph, replace(day.situation, values=about), own)
        return figures.inputs[graph.entry]

    def pressed(caller: Caller) -> float:
        return max(
            walked(caller.age) if rule is None else day.inputs[graph.rules[rule]]
            for rule in ruled[caller]
        )

    straight = tuple(Straight(caller, None in ruled[caller], pressed(caller)) for caller in callers)
    return Proof(day, night, nobody, straight, pace)


def _callers(hotline: Hotline) -> Iterator[Caller]:
    center = hotline.center.center
    for language in center.languages:
        for more in _OLDER:
            yield Caller(language, center.elder_age + more)
    for language in center.languages[1:]:
        yield Caller(language, None)


def _rules(hotline: Hotline, caller: Caller) -> Iterator[str | None]:
    """The rules that may hold for a caller by day, as hours left open by the limits may be."""
    day, about = (
        by_day(hotline),
        {
            "language": caller.language,
            "language_guessed": caller.age is None,
            "dialect": "",
            "known": caller.age is not None,
            "name": "",
            "tier": "",
            "elderly": caller.age is not None,
            "withheld": False,
            **({"age": caller.age} if caller.age is not None else {}),
        },
    )
    values = {"caller": about, "center": _center(hotline)}
    for otherwise in (True, False):
        states = dict.fromkeys(hotline.center.hours, otherwise) | dict(day.hours)
        functions: Functions = {"open": states.__getitem__, "staffed": lambda _: True}
        found = decide(hotline.center.rules, Facts(values, functions))
        yield found.rule.name if found is not None else None


def _center(hotline: Hotline) -> dict[str, int]:
    return {"elder_age": hotline.center.center.elder_age}


def _said(hotline: Hotline, *, slow: bool) -> Callable[[str], float]:
    """The longest a prompt takes in any language in which it may be heard."""
    wording, languages = hotline.wording, hotline.center.center.languages

    def worded(name: str, language: str) -> Iterator[float]:
        variants = wording.variants.get(language, {}).get(name, Variants())
        plain = wording.texts[language][name]
        yield _length((variants.slow if slow else None) or plain, language, slow=slow)
        for tag, own in variants.dialect.items():
            yield _length(own, tag, slow=slow)

    @cache
    def said(name: str) -> float:
        chosen = {wording.language_for(name, language) for language in languages}
        lengths = [length for one in chosen if one is not None for length in worded(name, one)]
        return max(lengths, default=0.0)

    return said


def _length(template: Template, language: str, *, slow: bool) -> float:
    text = "".join(part for part in template.parts if isinstance(part, str))
    return seconds(Spoken(text, language, slow=slow)) + HOLE * len(template.holes)
