"""By which rules is a replay played? Rules say how each caller waits, and what agents can do.

Every set here asks for the skill of the caller's kind, so that all have the same agents for the
same calls; they differ in order alone, and in what is kept for the elderly.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from ivr.replay.scene import Caller
from routing.events import CallWaits
from routing.floor import Floor
from routing.model import ANYBODY, Agent, Need, Queue, Reserve

ELDER = 60
"""The age from which on a caller is elderly."""

AHEAD = 24 * 3600.0
"""A head start that nobody makes up for by waiting, in seconds."""

HeadStart = Callable[[Caller], float]


@dataclass(frozen=True, slots=True)
class Rules:
    """`terms` is how a caller waits in one of `queues`; `skilled` is an agent by what they serve."""

    name: str
    queues: Mapping[str, Queue]
    terms: Callable[[Caller, Floor], CallWaits]
    skilled: Callable[[str, frozenset[str]], Agent]

    def switching(self, seconds: float) -> Mapping[str, Queue]:
        """The queues with what the trace shows of switching from call to call as wrap-up."""
        return {name: replace(queue, wrap_up=seconds) for name, queue in self.queues.items()}


def elderly(caller: Caller) -> bool:
    """Whether a caller is of the age that is put straight through."""
    return caller.age >= ELDER


def asks(caller: Caller) -> str:
    """The skill a caller asks for: a language of their own, or else the kind of their call."""
    return caller.skill or caller.kind


def able(name: str, kinds: frozenset[str]) -> Agent:
    """An agent with a skill for each kind of call."""
    return Agent(name, dict.fromkeys(sorted(kinds), 1))


def in_order(name: str, head_start: HeadStart) -> Rules:
    """One queue, in the order of arrival less a head start."""

    def terms(caller: Caller, _: Floor) -> CallWaits:
        need = Need({asks(caller): 1})
        return CallWaits(caller.call, "all", need=need, head_start=head_start(caller))

    return Rules(name, {"all": Queue("all")}, terms, able)


def elders_first(
    name: str,
    head_start: HeadStart,
    *,
    by_kind: bool = True,
    keep_free: int = 0,
    ahead: float = AHEAD,
) -> Rules:
    """The elderly so far `ahead`, of everybody by default, and the others by `head_start`.

    With `by_kind` an elderly caller needs an agent for the kind of the call; else any agent will do,
    as for a hotline that puts them straight through and does not ask for their matter. So many
    agents as `keep_free` says are kept for the next elderly caller.
    """
    reserve = Reserve(keep_free, head_start=ahead) if keep_free else None
    queues = {
        "elderly": Queue("elderly", head_start=ahead, reserve=reserve),
        "all": Queue("all"),
    }

    def terms(caller: Caller, _: Floor) -> CallWaits:
        need = Need({asks(caller): 1})
        if elderly(caller):
            return CallWaits(caller.call, "elderly", need=need if by_kind else ANYBODY)
        return CallWaits(caller.call, "all", need=need, head_start=head_start(caller))

    return Rules(name, queues, terms, able)
