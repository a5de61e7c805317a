"""The door into a running engine: HTTP over a Unix-domain socket, var/control/engine.sock.

    GET  /floor                          who waits, who talks
    POST /calls/ID/front | withdraw      a waiting call
    POST /calls/ID/move    {"queue": …}
    POST /calls/ID/secure-entry          have the caller of a talk key a secret
    GET  /calls/ID/secure-entry          what came of it: {"outcome": …, "token": …}
    POST /agents/NAME/listen | whisper | barge   {"phone": …}
    POST /agents/NAME/extend             {"seconds": "120"}, a wrap-up: {"left": …} seconds

Answers are JSON; a refusal is {"error": sentence} with 400 (wrong), 403 (not allowed) or 404 (not
there). The folder (0700) and the socket (0600) let in nobody but the engine's own user and root.
Where the settings name groups, each has a socket of its own beside it (0660, that group's), and the
folder can be passed through (0711). Whose user does what is asked of the kernel at every request.
"""

import json
import logging
import os
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from aiohttp import web

from ivr.control.client import SOCKETS, path
from ivr.control.overseer import Overseer
from ivr.control.roles import SPYING, NotAllowed, Person, Role, group_id, person
from ivr.errors import BadInput, CarelineError, NotFound

log = logging.getLogger(__name__)

LONGEST_PATH = 107
"""Bytes a Unix-domain socket's path may have on Linux (unix(7): sun_path is 108 with its end)."""
LARGEST_REQUEST = 4096  # bytes
_PEER = struct.Struct("3i")  # struct ucred: pid, uid, gid

Answer = Callable[[web.Request, Person], Awaitable[dict[str, Any]]]


class Control:
    """Listens from `open` to `close`, also to the members of `groups`, by their role."""

    def __init__(
        self, overseer: Overseer, var: Path, groups: Mapping[Role, str | None] | None = None
    ) -> None:
        self._overseer = overseer
        self._path = path(var)
        self._paths = [path(var, role) for role in SOCKETS]
        self._groups = {role: group for role, group in (groups or {}).items() if group}
        self._var = var
        app = web.Application(client_max_size=LARGEST_REQUEST)
        app.router.add_get("/floor", self._answer(self._floor))
        app.router.add_get("/calls/{call}/secure-entry", self._answer(self._entry))
        app.router.add_post("/calls/{call}/{act}", self._answer(self._call))
        app.router.add_post("/agents/{agent}/{act}", self._answer(self._agent))
        self._runner = web.AppRunner(app, access_log=None)

    async def open(self) -> None:
        """Listen. Raises BadInput where the path is too long for a socket."""
        if max(len(os.fsencode(one)) for one in self._paths) > LONGEST_PATH:
            raise BadInput(
                f"The path {self._path} is too long for a socket: a hotline's folder must leave "
                f"room for it within {LONGEST_PATH} bytes. Move the hotline, or make a link to it."
            )
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path.parent.chmod(0o700)  # until every socket in it is for whom it should be
        for left in self._paths:
            left.unlink(missing_ok=True)  # of an engine that was killed: there is but one
        await self._runner.setup()
        await self._listen(self._path)
        for role, group in self._groups.items():
            await self._let_in(role, group)
        if self._groups:
            self._path.parent.chmod(0o711)

    async def _let_in(self, role: Role, group: str) -> None:
        """Listen to a group too. Where that cannot be, the hotline answers without."""
        number = group_id(group)
        if number is None:
            log.error("nobody is let in as %s: the system has no group %s", role, group)
            return
        try:
            await self._listen(path(self._var, role), number)
        except OSError as error:
            log.error(
                "nobody is let in as %s: %s; add the user whom the engine runs as to the group %s",
                role, error.strerror, group,
            )  # fmt: skip

    async def _listen(self, where: Path, group: int | None = None) -> None:
        listening = _bound(where, group)
        try:
            await web.SockSite(self._runner, listening).start()
        except BaseException:
            listening.close()
            raise

    async def close(self) -> None:
        """Stop listening, and take the socket away."""
        await self._runner.cleanup()
        for left in self._paths:
            left.unlink(missing_ok=True)

    def _answer(self, answer: Answer) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            try:
                return web.json_response(await answer(request, self._who(request)))
            except CarelineError as error:
                return web.json_response({"error": str(error)}, status=_status(error))

        return handle

    async def _floor(self, request: web.Request, who: Person) -> dict[str, Any]:
        return self._overseer.view(who)

    async def _call(self, request: web.Request, who: Person) -> dict[str, Any]:
        call, overseer = request.match_info["call"], self._overseer
        match request.match_info["act"]:
            case "front":
                return {"call": await overseer.front(who, call)}
            case "withdraw":
                return {"call": await overseer.withdraw(who, call)}
            case "move":
                queue = await _text(request, "queue")
                return {"call": await overseer.move(who, call, queue)}
            case "secure-entry":
                return {"call": await overseer.begin_entry(who, call)}
        raise NotFound(
            "There is no such act on a call: front, withdraw, move, secure-entry are known."
        )

    async def _entry(self, request: web.Request, who: Person) -> dict[str, Any]:
        return await self._overseer.entry(who, request.match_info["call"])

    async def _agent(self, request: web.Request, who: Person) -> dict[str, Any]:
        act, agent = request.match_info["act"], request.match_info["agent"]
        if act == "extend":
            seconds = await _seconds(request)
            return {"left": await self._overseer.extend(who, agent, seconds)}
        if act not in SPYING:
            raise NotFound(
                "There is no such act on an agent: listen, whisper, barge, extend are known."
            )
        phone = await _text(request, "phone")
        return {"dial": await self._overseer.grant(who, act, agent, phone)}

    def _who(self, request: web.Request) -> Person:
        """Who is at the other end, as the kernel says (unix(7), SO_PEERCRED)."""
        connection = request.transport.get_extra_info("socket") if request.transport else None
        if connection is None:
            raise NotAllowed("The connection is gone.")
        told = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
        _, uid, _ = _PEER.unpack(told)
        return person(uid, os.getuid(), self._groups)


def _bound(where: Path, group: int | None) -> socket.socket:
    """A socket at `where` for us alone, and for a group if one is given. Raises OSError."""
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listening.bind(str(where))
        where.chmod(0o600)
        if group is not None:
            os.chown(where, -1, group)
            where.chmod(0o660)
    except OSError:
        listening.close()
        where.unlink(missing_ok=True)
        raise
    return listening


def _status(error: CarelineError) -> int:
    return 403 if isinstance(error, NotAllowed) else 404 if isinstance(error, NotFound) else 400


async def _text(request: web.Request, name: str) -> str:
    """A text of the request's body. Raises BadInput."""
    try:
        body = json.loads(await request.text())
    except (ValueError, RecursionError):
        body = None
    value = body.get(name) if isinstance(body, dict) else None
    if not isinstance(value, str) or not 0 < len(value) <= 80:
        raise BadInput(f'Expected {{"{name}": "…"}}, a text of 1 to 80 characters.')
    return value


async def _seconds(request: web.Request) -> float:
    """The time of the request's body. Raises BadInput."""
    text = await _text(request, "seconds")
    if not text.isascii() or not text.isdigit():
        raise BadInput('Expected {"seconds": "120"}, a whole number of seconds.')
    return float(text[:9])
