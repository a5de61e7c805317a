"""At which addresses is a host? Known also while names cannot be resolved, and asked without holding
anything else up.

The system's resolver blocks a thread, for half a minute where nobody answers it. It gets threads of
its own: in those that everything shares, a few lookups would stop the whole engine.
"""

import asyncio
import ipaddress
import logging
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

log = logging.getLogger(__name__)

FRESH = 60.0
"""Seconds for which an answer is used without asking again."""
PATIENCE = 0.5
"""Seconds the resolver has to answer where an older answer could be used."""
THREADS = 4

Ask = Callable[[str, int], Sequence[str]]
"""The addresses of a host for a port. Blocks; raises OSError."""


def ask_the_system(host: str, port: int) -> list[str]:
    """What the system's resolver says."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


class Names:
    """The addresses of hosts that were asked for. `now` is monotonic, in seconds."""

    def __init__(self, ask: Ask = ask_the_system, now: Callable[[], float] = monotonic) -> None:
        self._ask = ask
        self._now = now
        self._known: dict[tuple[str, int], tuple[float, Sequence[str]]] = {}
        self._told: set[str] = set()
        self._threads = ThreadPoolExecutor(THREADS, "names")

    def close(self) -> None:
        """Ask for no more names."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def addresses(self, host: str, port: int) -> Sequence[str]:
        """The addresses of a host, the newest known. Raises OSError where there are none."""
        try:
            return [str(ipaddress.ip_address(host))]
        except ValueError:
            pass
        at, known = self._known.get((host, port), (0.0, ()))
        if known and self._now() - at < FRESH:
            return known
        asked = asyncio.get_running_loop().run_in_executor(self._threads, self._ask, host, port)
        try:
            async with asyncio.timeout(PATIENCE if known else None):
                found = await asked
        except (OSError, TimeoutError) as error:
            if not known:
                raise
            if host not in self._told:
                self._told.add(host)
                log.error("%s cannot be resolved (%s): its last address is used", host, error)
            return known
        self._told.discard(host)
        self._known[host, port] = (self._now(), found)
        return found
