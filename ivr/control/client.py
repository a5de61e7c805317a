"""How does a command ask the running engine?"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from ivr.control.roles import NotAllowed, Role
from ivr.errors import BadInput, CarelineError, NotFound

WITHIN = 5.0  # seconds
_FAILURES: dict[int, type[CarelineError]] = {400: BadInput, 403: NotAllowed, 404: NotFound}


SOCKETS: dict[Role, str] = {
    "admin": "engine.sock",
    "supervisor": "supervisors.sock",
    "auditor": "auditors.sock",
}
"""A role's own socket, which its group can open and nobody else."""


def path(var: Path, role: Role = "admin") -> Path:
    """Where the socket of a role is, of the hotline whose var/ this is."""
    return var / "control" / SOCKETS[role]


def nearest(var: Path) -> Path:
    """The socket through which whoever runs this gets in; the engine's own if there is none."""
    ways = [path(var, role) for role in SOCKETS]
    return next((way for way in ways if os.access(way, os.R_OK | os.W_OK)), ways[0])


class Engine:
    """The engine that answers for the hotline whose control socket this is.

    Every method raises CarelineError when no engine runs, and what the engine answers otherwise:
    NotFound, NotAllowed, BadInput.
    """

    def __init__(self, socket: Path) -> None:
        self._socket = socket

    def floor(self) -> dict[str, Any]:
        """Who waits, who talks."""
        return self._ask("GET", "/floor")

    def act(self, act: str, call: str, **fields: str) -> str:
        """Do something with a waiting call; its whole id."""
        return str(self._ask("POST", f"/calls/{quote(call, safe='')}/{act}", fields)["call"])

    def entry(self, call: str) -> dict[str, Any]:
        """What came of a call's newest secure entry: its outcome, and a token or None."""
        return self._ask("GET", f"/calls/{quote(call, safe='')}/secure-entry")

    def spy(self, act: str, agent: str, phone: str) -> str:
        """Let a phone hear an agent's talk; the code to dial there."""
        where = f"/agents/{quote(agent, safe='')}/{act}"
        return str(self._ask("POST", where, {"phone": phone})["dial"])

    def extend(self, agent: str, seconds: float) -> float:
        """Give an agent longer for the wrap-up that is on; the seconds left of it."""
        where = f"/agents/{quote(agent, safe='')}/extend"
        return float(self._ask("POST", where, {"seconds": f"{seconds:.0f}"})["left"])

    def _ask(self, method: str, where: str, fields: dict[str, str] | None = None) -> dict[str, Any]:
        transport = httpx.HTTPTransport(uds=str(self._socket))
        try:
            if not self._socket.is_socket():
                raise httpx.ConnectError("no socket")
            with httpx.Client(transport=transport, timeout=WITHIN) as client:
                answer = client.request(method, f"http://engine{where}", json=fields)
                said: dict[str, Any] = answer.json()
        except (httpx.TransportError, OSError, ValueError):
            raise CarelineError(
                "No engine of this hotline can be reached: start `careline serve`, and use this as "
                "the user it runs as, or as a member of the group that careline.toml names as "
                "supervisors or auditors."
            ) from None
        if answer.is_success:
            return said
        raise _FAILURES.get(answer.status_code, CarelineError)(str(said.get("error", "Refused.")))
