"""Who may do what with a running hotline?

The one place where roles are checked. Who connects is told by the system, not by what is said: the
socket gives the user at its other end (SO_PEERCRED). The user whom the engine runs as, and root, are
admins; supervisors and auditors are the members of the system's groups that the settings name. The
groups are looked up at each request, so whoever is taken out of one may no more from then on.
"""

import grp
import os
import pwd
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from ivr.errors import CarelineError

Role = Literal["admin", "supervisor", "agent", "auditor"]
Act = Literal[
    "see",
    "front",
    "withdraw",
    "move",
    "listen",
    "whisper",
    "barge",
    "extend",
    "secure_entry",
    "secure_result",
]
SPYING: tuple[Act, ...] = ("listen", "whisper", "barge")

MAY: dict[Role, frozenset[Act]] = {
    "admin": frozenset(get_args(Act)),
    "supervisor": frozenset(get_args(Act)),
    "agent": frozenset(),
    "auditor": frozenset({"see"}),
}


STRONGEST_FIRST: tuple[Role, ...] = ("supervisor", "auditor")
"""The roles that groups can have; who is in both groups is the first of them."""


class NotAllowed(CarelineError):
    """Somebody asked for what their role does not allow."""


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever acts: a name for the record, and a role."""

    name: str
    role: Role


def person(uid: int, owner: int, groups: Mapping[Role, str] | None = None) -> Person:
    """Who connects as the system's user `uid` to an engine that runs as `owner`.

    `groups` are the system's groups by the role that their members have. Raises `NotAllowed` for
    everybody who has none.
    """
    try:
        user = pwd.getpwuid(uid)
    except KeyError:
        user = None
    name = f"user {uid}" if user is None else user.pw_name
    if uid in (owner, 0):
        return Person(name, "admin")
    belongs = set() if user is None else set(os.getgrouplist(name, user.pw_gid))
    for role in STRONGEST_FIRST:
        if group_id((groups or {}).get(role)) in belongs:
            return Person(name, role)
    raise NotAllowed(
        "Only the user whom the engine runs as, root, and members of the groups that careline.toml "
        "names (supervisors, auditors) may do this."
    )


def group_id(group: str | None) -> int | None:
    """The number of a group of the system; None if there is no such group."""
    try:
        return None if group is None else grp.getgrnam(group).gr_gid
    except KeyError:
        return None


def require(who: Person, act: Act) -> None:
    """Raises `NotAllowed` unless `who` may do it."""
    if act not in MAY[who.role]:
        raise NotAllowed(f"{who.name} is {who.role} here and may not {act}.")
