"""How is a system outside asked over HTTP? The only file that imports httpx.

Nothing here is trusted: an answer is bounded in size and time, redirects are not followed (they could
lead to where no supervisor pointed), proxies and .netrc of the environment are not used, and neither
addresses nor answers are logged, for both may hold a caller's data.
"""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import httpcore
import httpx

from ivr.outside.names import Names

LARGEST = 64 * 1024  # bytes of an answer; one with a balance has a hundred

# httpx logs every address at INFO, httpcore headers at DEBUG: card numbers and tokens.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class Request:
    """One request, tried again `retries` times; each attempt may take `timeout` seconds.

    It is tried again when nobody answered in time or the answer was that the server failed (5xx).
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    timeout: float
    retries: int = 0
    body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whatever its status."""

    status: int
    kind: str  # the content type, without its parameters
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Nothing usable came back; `why` holds nothing of the request or the answer."""

    why: str


class _ByName(httpcore.AnyIOBackend):
    """Connects to a host at the addresses that `names` has for it, the first that answers."""

    def __init__(self, names: Names) -> None:
        self._names = names

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  httpcore's own
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """See httpcore.AsyncNetworkBackend."""
        failed: Exception | None = None
        try:
            for address in await self._names.addresses(host, port):
                try:
                    return await super().connect_tcp(
                        address, port, timeout, local_address, socket_options
                    )
                except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                    failed = error
        except OSError as error:
            failed = error
        raise httpcore.ConnectError(str(failed)) from failed


class Client:
    """A pool of connections. Close it with `close`. `names` knows where hosts are."""

    def __init__(self, names: Names | None = None) -> None:
        self._names = names or Names()
        transport = httpx.AsyncHTTPTransport(trust_env=False)
        transport._pool = httpcore.AsyncConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            max_connections=100,
            max_keepalive_connections=20,
            keepalive_expiry=5.0,
            network_backend=_ByName(self._names),
        )
        self._client = httpx.AsyncClient(
            transport=transport,
            trust_env=False,
            follow_redirects=False,
            headers={"Accept": "application/json", "Accept-Encoding": "identity"},
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()
        self._names.close()

    async def fetch(self, request: Request) -> Answer | NoAnswer:
        """Make the request. What goes wrong with it is an outcome; nothing is raised."""
        found: Answer | NoAnswer = NoAnswer("it was not asked")
        for _ in range(request.retries + 1):
            found = await self._attempt(request)
            if isinstance(found, Answer) and found.status < 500:
                return found
        return found

    async def _attempt(self, request: Request) -> Answer | NoAnswer:
        try:
            async with asyncio.timeout(request.timeout):
                return await self._exchange(request)
        except (TimeoutError, httpx.TimeoutException):
            return NoAnswer(f"it did not answer within {request.timeout:g} s")
        except httpx.ConnectError:
            return NoAnswer("it cannot be connected to")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return NoAnswer(f"the connection broke ({type(error).__name__})")

    async def _exchange(self, request: Request) -> Answer | NoAnswer:
        content = b""
        async with self._client.stream(
            request.method,
            request.url,
            content=request.body,
            headers=dict(request.headers),
            timeout=request.timeout,
        ) as response:
            if response.headers.get("Content-Encoding", "identity") != "identity":
                return NoAnswer("its answer is compressed, which was not asked for")
            async for chunk in response.aiter_raw():
                content += chunk
                if len(content) > LARGEST:
                    return NoAnswer(f"its answer is larger than {LARGEST} bytes")
            kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            return Answer(response.status_code, kind, content)
