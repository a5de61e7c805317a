"""Where do SMS and tickets go? To a gateway that takes JSON, or as lines into a file under var/.

A gateway is posted an SMS as {"key", "to", "text", "language"} and a ticket as {"key", "topic",
"number", "name", "language", "fields"}, each with the header Idempotency-Key, so that one sent twice
is delivered once. Any status from 200 to 299 means that it was taken. The file has the same objects,
one a line, each with the time `at`; whoever delivers them takes the file away.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from ivr.flow.outside import Failed, Sent, TextMessage, Ticket
from ivr.flow.services import Gateway
from ivr.outside import handed_over, lookups
from ivr.outside.http import Client, NoAnswer


def sms_body(message: TextMessage) -> dict[str, Any]:
    """An SMS as a gateway is told of it."""
    return {
        "key": message.key,
        "to": message.number,
        "text": message.text,
        "language": message.language,
    }


def ticket_body(ticket: Ticket) -> dict[str, Any]:
    """A ticket as a gateway is told of it."""
    return {
        "key": ticket.key,
        "topic": ticket.topic,
        "number": ticket.number,
        "name": ticket.name,
        "language": ticket.language,
        "fields": dict(ticket.fields),
    }


async def hand_over(
    gateway: Gateway | None,
    body: Mapping[str, Any],
    *,
    client: Client,
    secrets: lookups.Secrets,
    file: Path,
    now: Callable[[], datetime],
) -> Sent | Failed:
    """Give `body` to the gateway; to `file`, if center.yaml says so."""
    if gateway is None:
        return Failed("center.yaml names no gateway for it")
    if gateway.to == "file":
        try:
            await asyncio.to_thread(handed_over.add, file, {"at": now().isoformat(), **body})
        except OSError as error:
            return Failed(f"{file} cannot be written ({error.strerror})")
        return Sent()
    return await _post(gateway, body, client, secrets)


async def _post(
    gateway: Gateway, body: Mapping[str, Any], client: Client, secrets: lookups.Secrets
) -> Sent | Failed:
    try:
        filled = lookups.headers(gateway, secrets)
    except lookups.Unfit as unfit:
        return Failed(str(unfit))
    filled["Idempotency-Key"] = str(body["key"])
    answer = await client.fetch(lookups.posted(gateway.to, body, filled, gateway))
    if isinstance(answer, NoAnswer):
        return Failed(answer.why)
    taken = 200 <= answer.status < 300
    return Sent() if taken else Failed(f"it answered with status {answer.status}")
