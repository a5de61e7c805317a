"""The bank's systems are asked safely: nothing leaks, nothing hangs, nothing is believed blindly."""

import json
import logging
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from ivr.flow.center import Center
from ivr.flow.outside import Failed, Found, Locked, Missing, Sent, TextMessage, Ticket
from ivr.outside.guesses import Guesses
from ivr.outside.http import LARGEST, Client
from ivr.outside.systems import Systems
from tests.outside.bank import Bank, http, open_bank

SECRETS = {"TOKEN": "s3cret", "ODD": "line\nbreak"}


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    client = Client()
    yield client
    await client.close()


def systems(client: Client, folder: Path, **sections: Any) -> Systems:
    base = {
        "center": {"name": "Test", "languages": ["zh"], "human": "main.human"},
        "queues": {},
    }
    center = Center.model_validate(base | sections)
    now = datetime(2026, 11, 18, tzinfo=UTC)
    return Systems(center, client, SECRETS.get, folder, lambda: now, Guesses(monotonic))


async def look_up(
    client: Client,
    bank: Bank,
    arguments: Mapping[str, Any],
    keyed: str | None = None,
    path: str = "/balance/{card}",
    **fields: Any,
) -> Found | Missing | Failed | Locked:
    spec = {"url": bank.url + path, "timeout": "1s", "retries": "0", **fields}
    outside = systems(client, Path(), lookups={"balance": spec})
    return await outside.look_up("balance", arguments, keyed)


async def test_an_answer_is_found(client: Client) -> None:
    async with open_bank(http(b'{"balance": 12.5}')) as bank:
        assert await look_up(client, bank, {"card": "8843"}) == Found({"balance": 12.5})
    assert bank.asked[0].line == "GET /balance/8843 HTTP/1.1"


@pytest.mark.parametrize(
    ("keyed", "arrives"),
    [
        ("8843", "8843"),
        ("1/../../admin", "1%2F..%2F..%2Fadmin"),
        ("1?all=yes#x", "1%3Fall%3Dyes%23x"),
        ("王 芳", "%E7%8E%8B%20%E8%8A%B3"),
        ("1\r\nX-Admin: yes", "1%0D%0AX-Admin%3A%20yes"),
        ("%2e%2e", "%252e%252e"),
        (7, "7"),
    ],
)
async def test_a_value_stays_within_its_part_of_the_address(
    client: Client, keyed: Any, arrives: str
) -> None:
    async with open_bank(http(b"{}")) as bank:
        await look_up(client, bank, {"card": keyed})
        await look_up(client, bank, {"card": keyed}, path="/balance")
    assert [one.line for one in bank.asked] == [
        f"GET /balance/{arrives} HTTP/1.1",
        f"GET /balance?card={arrives} HTTP/1.1",
    ]
    assert all("x-admin" not in one.headers for one in bank.asked)


@pytest.mark.parametrize("keyed", ["", " ", ".", "..", "1" * 201, None, ["8843"]])
async def test_what_no_address_can_hold_is_not_asked(client: Client, keyed: Any) -> None:
    async with open_bank(http(b"{}")) as bank:
        assert isinstance(await look_up(client, bank, {"card": keyed}), Failed)
    assert bank.asked == []


async def test_an_address_that_lacks_a_value_is_not_asked(client: Client) -> None:
    async with open_bank(http(b"{}")) as bank:
        assert await look_up(client, bank, {}) == Failed("its address needs card")
    assert bank.asked == []


async def test_a_secret_travels_in_the_body_and_nowhere_else(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    fields: dict[str, Any] = {
        "method": "POST",
        "secret": "pin",
        "headers": {"Authorization": "Bearer ${TOKEN}"},
        "path": "/balance",
    }
    async with open_bank(http(b'{"ok": true}')) as bank:
        assert await look_up(client, bank, {"card": "8843"}, "471100", **fields) == Found(
            {"ok": True}
        )
    [asked] = bank.asked
    assert json.loads(asked.body) == {"card": "8843", "pin": "471100"}
    assert asked.headers["authorization"] == "Bearer s3cret"
    for secret in ("471100", "s3cret", "8843"):
        assert secret not in asked.line
        assert secret not in caplog.text


@pytest.mark.parametrize(("method", "secret"), [("GET", "471100"), ("POST", None)])
async def test_a_secret_goes_only_where_center_yaml_expects_one(
    client: Client, method: str, secret: str | None
) -> None:
    extra = {"secret": "pin"} if method == "POST" else {}
    async with open_bank(http(b"{}")) as bank:
        asked = await look_up(client, bank, {"card": "1"}, secret, method=method, **extra)
        assert isinstance(asked, Failed)
    assert bank.asked == []


@pytest.mark.parametrize(("name", "why"), [("GONE", "CARELINE_SECRET_GONE"), ("ODD", "ODD")])
async def test_without_its_secret_a_service_is_not_asked_and_the_operator_told(
    client: Client, name: str, why: str
) -> None:
    async with open_bank(http(b"{}")) as bank:
        headers = {"Authorization": f"${{{name}}}"}
        result = await look_up(client, bank, {"card": "1"}, headers=headers)
    assert isinstance(result, Failed)
    assert why in result.why
    assert "break" not in result.why
    assert bank.asked == []


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        (http(status="404 Not Found"), Missing()),
        (http(status="204 No Content"), Missing()),
        (http(b"null"), Missing()),
        (http(b"{}", kind="application/problem+json; charset=utf-8"), Found({})),
        (http(status="401 Unauthorized"), Failed("it answered with status 401")),
        (
            http(status="302 Found", more="Location: http://127.0.0.1:9/\r\n"),
            Failed("it answered with status 302"),
        ),
        (http(b"[]"), Failed("its answer has no fields by name")),
        (http(b'{"a": NaN}'), Failed("its answer cannot be read as JSON")),
        (http(b"[" * 60_000), Failed("its answer cannot be read as JSON")),
        (http(b"\xff{}"), Failed("its answer cannot be read as JSON")),
        (http(b"<html>", kind="text/html"), Failed("its answer is no JSON by its content type")),
        (
            http(b"{}", more="Content-Encoding: gzip\r\n"),
            Failed("its answer is compressed, which was not asked for"),
        ),
        (http(b" " * (LARGEST + 1)), Failed(f"its answer is larger than {LARGEST} bytes")),
    ],
)
async def test_an_answer_is_believed_only_so_far(
    client: Client, answer: bytes, result: Found | Missing | Failed
) -> None:
    async with open_bank(answer) as bank:
        assert await look_up(client, bank, {"card": "1"}) == result


async def test_a_service_that_is_slow_or_drips_is_given_up_in_time(client: Client) -> None:
    async with open_bank(http(b"{}"), delay=5) as bank:
        result = await look_up(client, bank, {"card": "1"}, timeout="0.2s")
    assert result == Failed("it did not answer within 0.2 s")


async def test_a_service_that_stumbles_is_asked_again(client: Client) -> None:
    async with open_bank(http(status="503 Busy"), http(b'{"balance": 1}')) as bank:
        assert await look_up(client, bank, {"card": "1"}, retries="1") == Found({"balance": 1})


async def test_a_service_that_is_away_is_a_failure(client: Client) -> None:
    async with open_bank(http(b"{}")) as bank:
        pass
    assert await look_up(client, bank, {"card": "1"}) == Failed("it cannot be connected to")


MESSAGE = TextMessage("call-1-sms-1", "+8613800138000", "网点早九点开门。", "zh")
TICKET = Ticket("call-1-ticket-1", "complaint", None, "", "zh", {"card": "8843"})


async def test_an_sms_is_handed_to_the_gateway(client: Client, tmp_path: Path) -> None:
    async with open_bank(http(status="202 Accepted")) as bank:
        gateway = {"to": f"{bank.url}/sms", "headers": {"X-Api-Key": "${TOKEN}"}}
        outside = systems(client, tmp_path, sms=gateway)
        assert await outside.send_text(MESSAGE) == Sent()
    [asked] = bank.asked
    assert asked.line == "POST /sms HTTP/1.1"
    assert asked.headers["idempotency-key"] == "call-1-sms-1"
    assert asked.headers["x-api-key"] == "s3cret"
    assert json.loads(asked.body) == {
        "key": "call-1-sms-1",
        "to": "+8613800138000",
        "text": "网点早九点开门。",
        "language": "zh",
    }


async def test_a_gateway_that_refuses_is_a_failure(client: Client, tmp_path: Path) -> None:
    async with open_bank(http(status="400 Bad")) as bank:
        outside = systems(client, tmp_path, tickets={"to": bank.url})
        assert await outside.open_ticket(TICKET) == Failed("it answered with status 400")


async def test_a_file_takes_sms_and_tickets_line_by_line(client: Client, tmp_path: Path) -> None:
    outside = systems(client, tmp_path / "var", sms={"to": "file"}, tickets={"to": "file"})
    assert await outside.send_text(MESSAGE) == Sent()
    assert await outside.send_text(MESSAGE) == Sent()
    assert await outside.open_ticket(TICKET) == Sent()
    texts = (tmp_path / "var" / "sms.jsonl").read_text().splitlines()
    assert [json.loads(line)["to"] for line in texts] == ["+8613800138000"] * 2
    file = tmp_path / "var" / "tickets.jsonl"
    assert json.loads(file.read_text())["fields"] == {"card": "8843"}
    assert file.stat().st_mode & 0o077 == 0


async def test_a_file_that_cannot_be_written_is_a_failure(client: Client, tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file where a folder should be")
    outside = systems(client, tmp_path / "var", sms={"to": "file"})
    assert isinstance(await outside.send_text(MESSAGE), Failed)


async def test_nothing_is_sent_where_no_gateway_is_named(client: Client, tmp_path: Path) -> None:
    outside = systems(client, tmp_path)
    assert isinstance(await outside.send_text(MESSAGE), Failed)
    assert isinstance(await outside.open_ticket(TICKET), Failed)
    assert isinstance(await outside.look_up("balance", {}, None), Failed)


def test_secrets_that_are_named_and_not_set_are_known_before_anybody_calls(
    tmp_path: Path,
) -> None:
    lookup = {"url": "https://bank.example/", "headers": {"X-Token": "${GONE} ${TOKEN}"}}
    outside = systems(Client(), tmp_path, lookups={"balance": lookup})
    assert outside.missing_secrets() == ["GONE"]


@pytest.mark.parametrize(
    "url",
    [
        "ftp://bank.example/",
        "bank.example/x",
        "https://{host}/x",
        "https://user:pass@bank.example/",
        "https://bank.example/{Card}",
        "https://bank.example/{card",
        "https://bank.example/a b",
        "https://bank.example/#x",
        "https://bank.example:99999/",
        "file",
    ],
)
def test_an_address_that_could_lead_elsewhere_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        systems(Client(), tmp_path, lookups={"balance": {"url": url}})


@pytest.mark.parametrize(
    "headers",
    [{"Authorization": "Bearer abc"}, {"X-Api-Key": "abc"}, {"X\nY": "1"}, {"X": "a\r\nb: c"}],
)
def test_a_header_holds_no_secret_and_no_second_header(
    tmp_path: Path, headers: dict[str, str]
) -> None:
    with pytest.raises(ValueError, match=r"settings|expected"):
        systems(Client(), tmp_path, lookups={"b": {"url": "https://b.example", "headers": headers}})
