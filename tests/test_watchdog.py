"""systemd hears that the engine is ready and well, and nothing from one that hangs."""

import asyncio
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.watchdog import watched


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """The socket on which systemd listens."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        monkeypatch.delenv("WATCHDOG_PID", raising=False)
        yield listening


def heard(systemd: socket.socket) -> list[str]:
    told = []
    while True:
        try:
            told.append(systemd.recv(1000).decode())
        except BlockingIOError:
            return told


async def test_a_well_engine_says_so_again_and_again(
    systemd: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "60000")
    async with watched("answers with version 3"):
        assert heard(systemd) == ["READY=1\nSTATUS=answers with version 3"]
        await asyncio.sleep(0.2)
        assert heard(systemd).count("WATCHDOG=1") >= 2
    assert heard(systemd)[-1] == "STOPPING=1"


async def test_an_engine_that_hangs_says_nothing(
    systemd: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "60000")
    async with watched(""):
        await asyncio.sleep(0.01)
        heard(systemd)
        time.sleep(0.2)  # noqa: ASYNC251  it is the hanging that is tried
        assert heard(systemd) == []


async def test_without_a_watchdog_it_is_told_of_beginning_and_end_only(
    systemd: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WATCHDOG_USEC", raising=False)
    async with watched(""):
        await asyncio.sleep(0.05)
    assert heard(systemd) == ["READY=1\nSTATUS=", "STOPPING=1"]


async def test_without_systemd_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    async with watched("nobody listens"):
        await asyncio.sleep(0)
