"""What does a call remember while it walks: variables, secrets, tries, and the menus behind it?

Each sub-dialog (`do:`) remembers for itself: it reads what it was given, and hands back what it
returns. Whoever leaves its flow by another way, or asks for a human, ends it and all around it; what
the call itself knows stays.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ivr.flow.expression import Value
from ivr.flow.hotline import Place

DEEPEST = 8  # sub-dialogs within sub-dialogs; real ones need two or three


class WentWrong(Exception):
    """The flow asks for what no call can do: a return from nowhere, a sub-dialog too deep."""


@dataclass(slots=True)
class Scope:
    """What is known between `do` and `return`; the outermost scope is the call's own.

    `flow` is where the sub-dialog lives. `back` is the target it returns to, as written in the flow
    `caller`; `into` tells which variable there takes which returned value.
    """

    variables: dict[str, Value] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    tries: dict[Place, int] = field(default_factory=dict)
    flow: str = ""
    caller: str = ""
    back: str | None = None
    into: Mapping[str, str] = field(default_factory=dict)


class Memory:
    """The scopes of one call, and its way back through the menus."""

    def __init__(self) -> None:
        self._scopes = [Scope()]
        self._menus: list[tuple[Place, int]] = []  # each with the depth it was heard at

    def kept(self) -> dict[str, Any]:
        """All of it but the secrets, as JSON."""
        return {
            "scopes": [
                {
                    "variables": dict(scope.variables),
                    "tries": [[*place, times] for place, times in scope.tries.items()],
                    "flow": scope.flow,
                    "caller": scope.caller,
                    "back": scope.back,
                    "into": dict(scope.into),
                }
                for scope in self._scopes
            ],
            "menus": [[*place, depth] for place, depth in self._menus],
        }

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        """What `kept` gave."""
        memory = cls()
        memory._scopes = [
            Scope(**{**scope, "tries": {Place(flow, step): n for flow, step, n in scope["tries"]}})
            for scope in kept["scopes"]
        ]
        memory._menus = [(Place(flow, step), depth) for flow, step, depth in kept["menus"]]
        return memory

    @property
    def here(self) -> Scope:
        """The scope of the sub-dialog the call is in."""
        return self._scopes[-1]

    @property
    def depth(self) -> int:
        """How many sub-dialogs the call is in."""
        return len(self._scopes) - 1

    def begin(
        self, flow: str, given: Mapping[str, Value], caller: str, back: str, into: Mapping[str, str]
    ) -> None:
        """Enter a sub-dialog in `flow`; for the others see `Scope`. Raises `WentWrong` too deep."""
        if self.depth == DEEPEST:
            raise WentWrong(f"more than {DEEPEST} sub-dialogs within each other")
        self._scopes.append(Scope(dict(given), flow=flow, caller=caller, back=back, into=into))

    def come_back(self, returned: Mapping[str, Value]) -> tuple[str, str]:
        """Leave the sub-dialog with what it returns: the flow and the target to go on by.

        Raises `WentWrong` where there is no sub-dialog.
        """
        caller, back = self.here.caller, self.here.back
        if back is None:
            raise WentWrong("there is no sub-dialog to return from")
        into = self.here.into
        self._cut(self.depth - 1)
        for variable, name in into.items():
            if name in returned:
                self.here.variables[variable] = returned[name]
        return caller, back

    def arrive(self, place: Place, *, at_menu: bool, is_human: bool) -> bool:
        """Take note of a step that begins. True if that ended sub-dialogs without a return."""
        left = self.depth > 0 and (is_human or place.flow != self.here.flow)
        if left:
            self._cut(0)
        if at_menu:
            # A menu heard again is the same place in the caller's mind, not one further on.
            mark = (place, self.depth)
            if mark in self._menus:
                del self._menus[self._menus.index(mark) :]
            self._menus.append(mark)
        return left

    def go_back(self, place: Place) -> Place:
        """The menu before `place`, to which the call returns; `place` itself if there is none."""
        before = self._menus[:-1] if self._menus and self._menus[-1][0] == place else self._menus
        if not before:
            return place
        menu, depth = before[-1]
        self._cut(depth)
        return menu

    def count(self, place: Place) -> int:
        """How often this scope has come through `place`, this time included."""
        self.here.tries[place] = times = self.here.tries.get(place, 0) + 1
        return times

    def spend(self, secret: str) -> str | None:
        """What was kept as a secret; it is forgotten with this."""
        return self.here.secrets.pop(secret, None)

    def _cut(self, depth: int) -> None:
        del self._scopes[depth + 1 :]
        self._menus = [mark for mark in self._menus if mark[1] <= depth]
