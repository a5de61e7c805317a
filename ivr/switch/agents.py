"""How does the switch learn that agents or sounds have changed, while it runs?

Short administrative commands over AMI, as the user careline-admin. The engine has a link of its own
with other rights.
"""

import contextlib
import queue
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from asterisk.ami import AMIClient, Response, SimpleAction

from ivr.agent import AgentAccount
from ivr.errors import SwitchNotUsable
from ivr.switch import configure, secrets
from ivr.switch.instance import hotline

PHONES = ("res_pjsip.so", "app_queue.so")
MUSIC = ("res_musiconhold.so",)

_PATIENCE = 10.0  # seconds for one answer; reloading hundreds of phones takes a while
_GREETING = b"Asterisk Call Manager/"


@dataclass(frozen=True, slots=True)
class Address:
    """Where the switch's AMI listens."""

    host: str = "127.0.0.1"
    port: int = 5038


def apply(
    home: Path, agents: Sequence[AgentAccount], ami: Address, etc: Path | None = None
) -> bool:
    """Write the phones of `agents` and have the switch take notice; running calls are left alone.

    `etc` is the folder of the switch's files if it is not the hotline's own switch. Returns False
    if the switch is not running: the files are written and count from its next start. Raises
    BadInput for an agent the switch cannot take, SwitchNotUsable if the switch refuses.
    """
    configure.write_agents(etc or hotline(home).etc, agents)
    return reload(home, ami, PHONES)


def reload(home: Path, ami: Address, modules: Sequence[str]) -> bool:
    """Have the switch read the files of `modules` again; False if it is not running."""
    secret = secrets.read(home).get(secrets.ADMIN)
    if secret is None:
        raise SwitchNotUsable(
            "The switch's secrets are not there yet; run `careline switch configure` first."
        )
    conversation = _Conversation(ami)
    try:
        conversation.open()
    except OSError:
        return False
    try:
        conversation.must("Login", Username=secrets.ADMIN, Secret=secret, Events="off")
        for module in modules:
            conversation.must("Reload", Module=module)
    finally:
        conversation.close()
    return True


class _Client(AMIClient):  # type: ignore[misc]
    def listen(self) -> None:
        # A link that goes silent is noticed by whoever waits for an answer: `must` says so.
        with contextlib.suppress(OSError):
            super().listen()


class _Conversation:
    """Actions sent to AMI one after the other, each waited for.

    asterisk-ami's own futures call Condition.notifyAll, which Python deprecates: where warnings are
    errors they never wake. So responses are taken from its listener.
    """

    def __init__(self, ami: Address) -> None:
        self._ami = ami
        self._responses: queue.SimpleQueue[Response] = queue.SimpleQueue()
        self._client = _Client(address=ami.host, port=ami.port, timeout=_PATIENCE)
        self._client.add_listener(on_response=lambda source, response: self._put(response))

    def open(self) -> None:
        # asterisk-ami leaves its socket open when it cannot connect, and breaks down when somebody
        # else answers, so this is tried first.
        address = (self._ami.host, self._ami.port)
        with socket.create_connection(address, timeout=_PATIENCE) as knock:
            try:
                greeting = knock.recv(len(_GREETING), socket.MSG_WAITALL)
            except OSError:
                greeting = b""
        if greeting != _GREETING:
            raise SwitchNotUsable(
                f"What listens at {self._ami.host}:{self._ami.port} is no Asterisk. Set ami_port "
                "to a free port, then run `careline switch configure` and start the switch anew."
            )
        self._client.connect()

    def close(self) -> None:
        """Say goodbye, so that the client's thread ends by itself and at once."""
        with contextlib.suppress(OSError):  # after a refused login the switch has hung up already
            self._client.send(SimpleAction("Logoff"))
        self._client.finished.wait(_PATIENCE)
        self._client.disconnect()

    def must(self, name: str, **keys: str) -> None:
        where = f"The switch at {self._ami.host}:{self._ami.port}"
        try:
            self._client.send(SimpleAction(name, **keys))
            response = self._responses.get(timeout=_PATIENCE)
        except (queue.Empty, OSError):
            raise SwitchNotUsable(f"{where} did not answer {name} in time.") from None
        if response.is_error():
            reason = response.keys.get("Message", "no reason given")
            raise SwitchNotUsable(
                f"{where} refused {name} to {secrets.ADMIN}: {reason}. "
                "If its secrets are older than this configuration, restart it."
            )

    def _put(self, response: Response) -> None:
        self._responses.put(response)
