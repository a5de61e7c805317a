"""A PIN cannot be found by trying: neither by one caller, nor by many, nor by all at once."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from ivr.flow.center import Center
from ivr.flow.outside import Failed, Found, Locked, Missing
from ivr.flow.services import Limit
from ivr.outside import guesses as kept
from ivr.outside.guesses import Guesses
from ivr.outside.http import Client
from ivr.outside.systems import Systems
from tests.outside.bank import Bank, http, open_bank

NOW = datetime(2026, 11, 18, tzinfo=UTC)
WRONG, RIGHT, BROKEN = http(b"null"), http(b"{}"), http(b"", "500 Oops")
MINE, THEIRS = {"card": "8843"}, {"card": "1111"}


class Clock:
    """A monotonic clock in a test's hands."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Hotline:
    """The lookup `balance` with a PIN, as callers reach it, each over a call of their own."""

    def __init__(self, client: Client, bank: Bank, **more: str) -> None:
        spec = {"url": bank.url, "method": "POST", "secret": "pin", "retries": "0", **more}
        center = {"name": "Test", "languages": ["zh"], "human": "main.human"}
        sections = {"center": center, "queues": {}, "lookups": {"balance": spec}}
        self.center = Center.model_validate(sections)
        self.clock = Clock()
        self.guesses = Guesses(self.clock)
        self.client = client
        self.bank = bank

    async def key(
        self, caller: str = "+8613800138000", about: dict[str, str] = MINE, pin: str = "4711"
    ) -> Found | Missing | Failed | Locked:
        """A caller keys a PIN for an account."""
        systems = Systems(
            self.center, self.client, os.environ.get, Path(), lambda: NOW, self.guesses, caller
        )
        return await systems.look_up("balance", about, pin)


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    client = Client()
    yield client
    await client.close()


async def test_after_three_wrong_pins_the_bank_is_not_asked_again(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_bank(WRONG, WRONG, WRONG, RIGHT) as bank:
        hotline = Hotline(client, bank)
        with caplog.at_level(logging.WARNING):
            tried = [await hotline.key(pin=pin) for pin in ("0001", "0002", "0003", "4711")]
    assert tried == [Missing(), Missing(), Missing(), Locked()]
    assert len(bank.asked) == 3
    assert "balance" in caplog.text
    assert "8000" not in caplog.text
    assert "4711" not in caplog.text


async def test_an_account_is_protected_from_many_callers(client: Client) -> None:
    async with open_bank(WRONG) as bank:
        hotline = Hotline(client, bank)
        tried = [await hotline.key(caller=f"+86138001380{n:02}") for n in range(5)]
        assert tried[3:] == [Locked(), Locked()]
        assert await hotline.key(caller="+8613900139000", about=THEIRS) == Missing()


async def test_a_caller_cannot_go_from_account_to_account(client: Client) -> None:
    async with open_bank(WRONG) as bank:
        hotline = Hotline(client, bank)
        tried = [await hotline.key(about={"card": str(n)}) for n in range(5)]
        assert tried[3:] == [Locked(), Locked()]
        assert await hotline.key(caller="+8613900139000") == Missing()


async def test_guesses_made_at_once_are_no_more_than_guesses_made_in_turn(client: Client) -> None:
    async with open_bank(WRONG, delay=0.05) as bank:
        hotline = Hotline(client, bank)
        tried = await asyncio.gather(*(hotline.key(caller=str(n)) for n in range(20)))
    assert tried.count(Missing()) == 3
    assert tried.count(Locked()) == 17


async def test_hanging_up_before_the_answer_wins_no_guess(client: Client) -> None:
    async with open_bank(WRONG, delay=0.5) as bank:
        hotline = Hotline(client, bank)
        for _ in range(3):
            asked = asyncio.ensure_future(hotline.key())
            await asyncio.sleep(0)
            asked.cancel()
            await asyncio.wait({asked})
        assert await hotline.key() == Locked()


async def test_wrong_pins_are_forgotten_after_their_time(client: Client) -> None:
    async with open_bank(WRONG, WRONG, WRONG, RIGHT) as bank:
        hotline = Hotline(client, bank, most_wrong="3 per hour")
        for _ in range(3):
            await hotline.key()
            hotline.clock.now += 600
        assert await hotline.key() == Locked()
        hotline.clock.now += 1801  # an hour and a second after the first
        assert await hotline.key() == Found({})


async def test_the_right_pin_frees_the_account_but_pays_for_no_other(client: Client) -> None:
    async with open_bank(WRONG, RIGHT, WRONG, WRONG, RIGHT) as bank:
        hotline = Hotline(client, bank)
        assert await hotline.key(about=THEIRS) == Missing()
        assert await hotline.key() == Found({})
        assert [await hotline.key(about=THEIRS) for _ in range(2)] == [Missing()] * 2
        assert await hotline.key() == Locked()


async def test_whoever_mistyped_before_the_right_pin_has_a_clean_account(client: Client) -> None:
    async with open_bank(WRONG, WRONG, RIGHT, WRONG) as bank:
        hotline = Hotline(client, bank)
        for _ in range(3):
            await hotline.key()
        assert await hotline.key(caller="+8613900139000") == Missing()


async def test_a_bank_that_cannot_answer_costs_nobody_a_guess(client: Client) -> None:
    async with open_bank(*[BROKEN] * 5, RIGHT) as bank:
        hotline = Hotline(client, bank)
        tried = [await hotline.key() for _ in range(6)]
    assert isinstance(tried[4], Failed)
    assert tried[5] == Found({})
    assert len(hotline.guesses) == 0


async def test_a_lookup_without_a_secret_may_find_nothing_as_often_as_it_likes(
    client: Client,
) -> None:
    async with open_bank(WRONG) as bank:
        hotline = Hotline(client, bank)
        spec = {"url": bank.url, "retries": "0"}
        lookups = {"balance": type(hotline.center.lookups["balance"]).model_validate(spec)}
        hotline.center = hotline.center.model_copy(update={"lookups": lookups})
        systems = Systems(
            hotline.center,
            client,
            os.environ.get,
            Path(),
            lambda: NOW,
            hotline.guesses,
            "+8613800138000",
        )
        tried = [await systems.look_up("balance", MINE, None) for _ in range(5)]
    assert tried == [Missing()] * 5


def test_nothing_that_was_keyed_is_kept_and_memory_is_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kept, "MOST_KEPT", 10)
    guesses = Guesses(Clock())
    for number in range(50):
        guesses.begin("balance", Limit(3, 60.0), f"+86138{number}", {"card": str(number)})
    assert len(guesses) == 10
    assert "+86138" not in repr(vars(guesses))


@pytest.mark.parametrize("written", ["3", "0 per hour", "per hour", "100 per day", "3 per week"])
def test_a_limit_that_is_none_is_refused(written: str) -> None:
    center = {"name": "Test", "languages": ["zh"], "human": "main.human"}
    spec = {"url": "https://bank.example", "method": "POST", "secret": "pin", "most_wrong": written}
    with pytest.raises(ValidationError, match="3 per hour"):
        Center.model_validate({"center": center, "queues": {}, "lookups": {"balance": spec}})
