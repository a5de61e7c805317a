"""Names cannot be resolved: the bank's systems are found where they were, and nothing else waits."""

import asyncio
import logging
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator, Sequence

import pytest

from ivr.outside.http import Answer, Client, NoAnswer, Request
from ivr.outside.names import FRESH, Names
from tests.outside.bank import Bank, http, open_bank


class Resolver:
    """Knows bank.example; `works` as told. One that hangs does so until the test is over."""

    def __init__(self) -> None:
        self.works = "well"
        self.asked = 0
        self.over = threading.Event()

    def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked += 1
        if self.works == "hangs":
            self.over.wait(30)
        if self.works != "well" or host != "bank.example":
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return ["127.0.0.1"]


@pytest.fixture
def resolver() -> Iterator[Resolver]:
    resolver = Resolver()
    yield resolver
    resolver.over.set()


@pytest.fixture
async def later() -> list[float]:
    """Seconds by which the names' clock is ahead."""
    return [0.0]


@pytest.fixture
async def client(resolver: Resolver, later: list[float]) -> AsyncIterator[Client]:
    client = Client(Names(resolver, lambda: time.monotonic() + later[0]))
    yield client
    await client.close()


def balance(bank: Bank, host: str = "bank.example") -> Request:
    port = bank.url.rpartition(":")[2]
    return Request("GET", f"http://{host}:{port}/balance", {}, timeout=1.5)


async def test_a_host_is_found_by_its_name_and_not_asked_for_each_time(
    client: Client, resolver: Resolver
) -> None:
    async with open_bank(http(b"{}"), http(b"{}")) as bank:
        answers = [await client.fetch(balance(bank)) for _ in range(2)]
    assert [isinstance(one, Answer) for one in answers] == [True, True]
    assert bank.asked[0].headers["host"].startswith("bank.example")
    assert resolver.asked == 1


@pytest.mark.parametrize("how", ["fails", "hangs"])
async def test_a_host_that_was_found_once_is_found_without_names(
    client: Client,
    resolver: Resolver,
    later: list[float],
    how: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with open_bank(http(b"{}", more="Connection: close\r\n")) as bank:
        assert isinstance(await client.fetch(balance(bank)), Answer)
        resolver.works, later[0] = how, FRESH + 1
        with caplog.at_level(logging.ERROR):
            answers = [await client.fetch(balance(bank)) for _ in range(2)]
    assert [isinstance(one, Answer) for one in answers] == [True, True]
    assert caplog.text.count("its last address is used") == 1


async def test_a_name_that_nobody_knows_is_a_failure(client: Client) -> None:
    async with open_bank(http(b"{}")) as bank:
        found = await client.fetch(balance(bank, "elsewhere.example"))
    assert found == NoAnswer("it cannot be connected to")


async def test_a_resolver_that_hangs_holds_up_one_lookup_and_nothing_else(
    client: Client, resolver: Resolver
) -> None:
    resolver.works = "hangs"
    async with open_bank(http(b"{}")) as bank:
        asked = [asyncio.ensure_future(client.fetch(balance(bank))) for _ in range(30)]
        await asyncio.sleep(0.1)
        began = time.monotonic()
        await asyncio.to_thread(time.monotonic)  # as the journal and the prompts do
        assert time.monotonic() - began < 1
        assert {str(one) for one in await asyncio.gather(*asked)} == {
            str(NoAnswer("it did not answer within 1.5 s"))
        }
