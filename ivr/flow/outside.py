"""What does a flow ask of the bank's other systems, and what may come of it?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Found:
    """A lookup's answer: its fields by name, as plain JSON (text, numbers, lists, mappings)."""

    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Missing:
    """The service works and has nothing under what it was asked for (HTTP 404, 204 or null)."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The service could not be asked or did not understand. `why` is a sentence for the operator;
    it holds no argument, no secret and no answer."""

    why: str


@dataclass(frozen=True, slots=True)
class Locked:
    """A secret was keyed wrong too often, by this caller or for what was asked about: it was not
    asked, and a human is to go on."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The gateway has taken it."""


@dataclass(frozen=True, slots=True)
class TextMessage:
    """An SMS to the caller's own number (E.164). `key` is the same whenever it is sent again."""

    key: str
    number: str
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Ticket:
    """Work left for somebody after the call: a `topic` a supervisor named, with its `fields`.

    `number` is the caller's (E.164, None when withheld); `key` is the same whenever the ticket is
    sent again.
    """

    key: str
    topic: str
    number: str | None
    name: str
    language: str
    fields: Mapping[str, Any]


class Outside(Protocol):
    """The bank's other systems. `ivr/outside/` is the real one; simulations bring a mock.

    Nothing here raises for a system that is slow, broken or away: that is an outcome, and each
    returns within the time center.yaml allows it.
    """

    async def look_up(
        self, name: str, arguments: Mapping[str, Any], secret: str | None
    ) -> Found | Missing | Failed | Locked:
        """Ask the lookup `name` of center.yaml.

        `arguments` are plain values by the names the step gave them (numbers, text, truth values).
        `secret` is what the caller keyed as a secret, when the step passes one on; it must not be
        kept, logged or answered back.
        """

    async def send_text(self, message: TextMessage) -> Sent | Failed:
        """Hand an SMS to the gateway."""

    async def open_ticket(self, ticket: Ticket) -> Sent | Failed:
        """Hand a ticket to the gateway."""


class CutOff:
    """An `Outside` that cannot be reached: every lookup, SMS and ticket fails, at once."""

    async def look_up(
        self, name: str, arguments: Mapping[str, Any], secret: str | None
    ) -> Found | Missing | Failed:
        """See `Outside`."""
        return Failed(f"nothing outside can be reached, so not the lookup {name}")

    async def send_text(self, message: TextMessage) -> Sent | Failed:
        """See `Outside`."""
        return Failed("nothing outside can be reached, so no SMS gateway")

    async def open_ticket(self, ticket: Ticket) -> Sent | Failed:
        """See `Outside`."""
        return Failed("nothing outside can be reached, so nobody to leave a ticket with")
