"""When are a caller and an agent joined? By the hotline's switch, not by anybody's guess."""

import asyncio

from tests.rig.ami import Message
from tests.rig.rig import Rig


class Joinings:
    """Watches agents' phones and callers meet in a bridge."""

    def __init__(self, rig: Rig) -> None:
        self._waiting: dict[str, asyncio.Future[None]] = {}
        self._agents_in: dict[str, set[str]] = {}  # bridge → the agents' names among its channels
        rig.ami.on_event(self._happened)

    def next(self, agent: str) -> "asyncio.Future[None]":
        """Done when the agent's phone is next joined with somebody."""
        future = self._waiting[agent] = asyncio.get_running_loop().create_future()
        return future

    def _happened(self, message: Message) -> None:
        if message["Event"] != "BridgeEnter":
            return
        name = message["Channel"].removeprefix("PJSIP/").rpartition("-")[0]
        agents = self._agents_in.setdefault(message["BridgeUniqueid"], set())
        agents.add(name)
        if message["BridgeNumChannels"] == "2":
            for agent in agents & self._waiting.keys():
                self._waiting.pop(agent).set_result(None)
