"""The doors that speak HTTP, with requests that no client of ours would send."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.control.client import path
from ivr.web.operator import HOST, OperatorsView
from tests.control.test_control import Hotline

METHODS = st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "X" * 100, "get", "\r\n"])
PATHS = st.sampled_from(
    (
        *("/floor", "/calls/2/front", "/calls/%00/move", "/agents/ana/listen", "/calls/../floor"),
        *("/", "/metrics", "/healthz", "/readyz", "*", "http://x/floor", "/" + "a" * 9000, "/%ff"),
    )
)
BODIES = st.sampled_from(
    (
        *(b"", b"{}", b'{"queue": "cards"}', b'{"queue": 1}', b"[" * 3000, b'{"phone": "\\ud800"}'),
        *(b'{"queue": "' + b"q" * 81 + b'"}', b'{"queue": "${X}|\\r\\n"}', b"NaN", b"x" * 5000),
    )
) | st.binary(max_size=40)
HEADERS = st.sampled_from(
    (
        *("", "Content-Length: -1\r\n", "Content-Length: 9999999999\r\n", "Host: b\r\n"),
        *("Transfer-Encoding: chunked\r\n", "X: " + "y" * 9000 + "\r\n", "Y: \xff\r\n"),
    )
)
AT_ONCE = 50
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Connect = Callable[[], Awaitable[Connection]]


async def answered(connection: Awaitable[Connection], raw: bytes) -> bytes:
    """What comes back for these bytes; nothing if the door closes, or waits for the rest."""
    reader, writer = await connection
    try:
        writer.write(raw)
        async with asyncio.timeout(1):
            return await reader.read(65536)
    except OSError:  # TimeoutError is one
        return b""
    finally:
        writer.close()


def requests(method: str, target: str, headers: str, body: bytes, *, honest: bool) -> bytes:
    """A request, whole or with a length that is wrong."""
    length = f"Content-Length: {len(body)}\r\n" if honest else ""
    return f"{method} {target} HTTP/1.1\r\nHost: engine\r\n{headers}{length}\r\n".encode() + body


def is_an_answer(raw: bytes) -> bool:
    """Nothing, or answers of which none is the server's own failure."""
    codes = re.findall(rb"HTTP/1\.[01] (\d{3}) ", raw)
    return all(code[:1] != b"5" or code == b"503" for code in codes) and (bool(codes) or not raw)


@pytest.fixture
async def hotline(tmp_path: Path) -> AsyncIterator[Hotline]:
    (tmp_path / "var").mkdir()
    hotline = Hotline(tmp_path / "var")
    await hotline.control.open()
    yield hotline
    await hotline.control.close()
    hotline.desk.close()
    hotline.database.close()


RAW = st.one_of(
    st.binary(max_size=60),
    st.builds(requests, METHODS, PATHS, HEADERS, BODIES, honest=st.booleans()),
    st.builds(requests, st.just("POST"), PATHS, st.just(""), BODIES, honest=st.just(True)),
)


@pytest.fixture
def raws() -> list[bytes]:
    """Some hundred requests, drawn once."""
    drawn: list[bytes] = []

    @settings(max_examples=150, database=None, suppress_health_check=list(HealthCheck))
    @given(RAW)
    def draw(raw: bytes) -> None:
        drawn.append(raw)

    draw()
    return drawn


async def refused(connect: Connect, raws: Sequence[bytes]) -> list[bytes]:
    """The requests to which the door gave an answer that is none."""
    said: list[bytes] = []
    for at in range(0, len(raws), AT_ONCE):
        some = raws[at : at + AT_ONCE]
        said += await asyncio.gather(*(answered(connect(), raw) for raw in some))
    assert sum(map(bool, said)) > len(raws) / 4
    return [raw for raw, one in zip(raws, said, strict=True) if not is_an_answer(one)]


async def test_the_control_socket_answers_or_closes_and_goes_on(
    hotline: Hotline, raws: list[bytes], tmp_path: Path
) -> None:
    socket = path(tmp_path / "var")
    deep = requests("POST", "/agents/ana/listen", "", b"[" * 3000, honest=True)
    assert await refused(lambda: asyncio.open_unix_connection(socket), [deep, *raws]) == []
    assert (await asyncio.to_thread(hotline.engine.floor))["agents"]


async def test_the_operators_port_answers_or_closes_and_goes_on(
    raws: list[bytes], unused_tcp_port: int
) -> None:
    class Nothing:
        def text(self) -> bytes:
            return b""

    async def lacks() -> list[str]:
        return []

    def connect() -> Awaitable[Connection]:
        return asyncio.open_connection(HOST, unused_tcp_port)

    view = OperatorsView(unused_tcp_port, Nothing(), lacks)  # type: ignore[arg-type]
    await view.open()
    try:
        assert await refused(connect, raws) == []
        well = requests("GET", "/healthz", "", b"", honest=True)
        assert b"well" in await answered(connect(), well)
    finally:
        await view.close()
