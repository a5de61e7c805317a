"""What may the operator's monitoring ask, over HTTP?

    GET /metrics    the figures, for Prometheus
    GET /healthz    200 as long as the event loop turns: else the engine is to be started anew
    GET /readyz     200 while calls can be served, 503 with what is wrong while they cannot

It listens on this machine only, tells of no person, and takes no instruction.
"""

import os
from collections.abc import Awaitable, Callable

from aiohttp import web

from ivr.errors import CarelineError
from ivr.metrics import CONTENT_TYPE, Metrics

HOST = "127.0.0.1"

Lacks = Callable[[], Awaitable[list[str]]]
"""What keeps the engine from serving calls, in sentences; none where nothing does."""


class OperatorsView:
    """Listens on `port` from `open` to `close`."""

    def __init__(self, port: int, metrics: Metrics, lacks: Lacks) -> None:
        self._port = port
        self._metrics = metrics
        self._lacks = lacks
        app = web.Application(client_max_size=1024)
        app.router.add_get("/metrics", self._figures)
        app.router.add_get("/healthz", self._health)
        app.router.add_get("/readyz", self._readiness)
        self._runner = web.AppRunner(app, access_log=None)

    async def open(self) -> None:
        """Begin to listen. Raises CarelineError where the port is taken."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, HOST, self._port).start()
        except OSError as error:
            await self._runner.cleanup()
            raise CarelineError(
                f"Nobody can watch the engine: port {self._port} cannot be had "
                f"({os.strerror(error.errno or 0)}). Set metrics_port to another, and start it anew."
            ) from error

    async def close(self) -> None:
        """Stop listening."""
        await self._runner.cleanup()

    async def _figures(self, _: web.Request) -> web.Response:
        return web.Response(body=self._metrics.text(), headers={"Content-Type": CONTENT_TYPE})

    async def _health(self, _: web.Request) -> web.Response:
        return web.Response(text="well\n")

    async def _readiness(self, _: web.Request) -> web.Response:
        lacks = await self._lacks()
        if lacks:
            return web.Response(status=503, text="\n".join(lacks) + "\n")
        return web.Response(text="ready\n")
