"""Where in its flow is a call, so that somebody else can go on from there?

A bookmark is plain JSON: the step being done, the sub-dialogs around it with their variables, the
menus behind it, the language. Secrets are not in it: who keyed one is asked for it again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ivr.flow.hotline import Place
from ivr.flow.knowing import Knowing
from ivr.flow.memory import Memory


@dataclass(frozen=True, slots=True)
class PickedUp:
    """What a call that is picked up again has behind it.

    `waited` are the seconds it had waited in its queue, `refused_by` the agents who did not take it.
    With `in_talk` the caller talks to somebody: to the agent `agent`, or to an outside number. Or
    they have `talked`, and that is over.
    """

    waited: float = 0.0
    refused_by: frozenset[str] = frozenset()
    in_talk: bool = False
    talked: bool = False
    agent: str | None = None


def bookmark(talk: Knowing) -> dict[str, Any]:
    """Where `talk` is."""
    return {
        "place": list(talk.place) if talk.place.step else None,
        "language": talk.language,
        "slow": getattr(talk, "slow", False),
        "memory": talk.memory.kept(),
    }


def open_at(talk: Knowing, state: Mapping[str, Any]) -> None:
    """Put `talk` where a bookmark says. A step that is no longer there means the beginning."""
    talk.language = str(state.get("language") or talk.language)
    if "slow" in state:
        talk.slow = bool(state["slow"])  # type: ignore[attr-defined]  # of Talking
    if state.get("memory"):
        talk.memory = Memory.of(state["memory"])
    place = Place(*state["place"]) if state.get("place") else None
    if place is not None and talk.hotline.place(str(place)) is not None:
        talk.place, talk.within = place, place.flow
