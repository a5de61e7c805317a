"""Who may do what with a running hotline?

The one place where roles are checked. Who connects is told by the system, not by what is said: the
socket gives the user at its other end (SO_PEERCRED), and its file lets in nobody but the user whom
the engine runs as, and root. Both are admins. Other roles are here for those who will be let in
otherwise; each is asked by the same function.
"""

import pwd
from dataclasses import dataclass
from typing import Literal, get_args

from ivr.errors import CarelineError

Role = Literal["admin", "supervisor", "agent", "auditor"]
Act = Literal["see", "front", "withdraw", "move", "listen", "whisper", "barge"]
SPYING: tuple[Act, ...] = ("listen", "whisper", "barge")

MAY: dict[Role, frozenset[Act]] = {
    "admin": frozenset(get_args(Act)),
    "supervisor": frozenset(get_args(Act)),
    "agent": frozenset(),
    "auditor": frozenset({"see"}),
}


class NotAllowed(CarelineError):
    """Somebody asked for what their role does not allow."""


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever acts: a name for the record, and a role."""

    name: str
    role: Role


def person(uid: int, owner: int) -> Person:
    """Who connects as the system's user `uid` to an engine that runs as `owner`.

    Raises `NotAllowed` for everybody but the owner and root.
    """
    if uid not in (owner, 0):
        raise NotAllowed("Only the user whom the engine runs as, and root, may do this.")
    try:
        name = pwd.getpwuid(uid).pw_name
    except KeyError:
        name = f"user {uid}"
    return Person(name, "admin")


def require(who: Person, act: Act) -> None:
    """Raises `NotAllowed` unless `who` may do it."""
    if act not in MAY[who.role]:
        raise NotAllowed(f"{who.name} is {who.role} here and may not {act}.")
