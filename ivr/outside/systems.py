"""What lies outside, for the calls that one version of center.yaml serves."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from ivr.flow.center import Center
from ivr.flow.outside import Failed, Found, Locked, Missing, Sent, TextMessage, Ticket
from ivr.flow.services import Gateway
from ivr.outside import handed_over, lookups, sms
from ivr.outside.guesses import Guesses
from ivr.outside.http import Client

log = logging.getLogger(__name__)


def missing_secrets(center: Center, secrets: lookups.Secrets) -> list[str]:
    """The names ${NAME} in `center` that `secrets` knows no value of."""
    services = [*center.lookups.values(), *filter(None, (center.sms, center.tickets))]
    named = {name for service in services for name in service.secrets}
    return sorted(name for name in named if secrets(name) is None)


class Systems:
    """The `ivr.flow.outside.Outside` of real calls. Cheap to make; `client` outlives it.

    `secrets` knows the values of ${NAME}; `folder` takes the files of gateways that are files.
    `guesses` bounds how often `caller` (a number, or the call's own name) keys a wrong secret.
    """

    def __init__(
        self,
        center: Center,
        client: Client,
        secrets: lookups.Secrets,
        folder: Path,
        now: Callable[[], datetime],
        guesses: Guesses,
        caller: str = "",
    ) -> None:
        self._center = center
        self._client = client
        self._secrets = secrets
        self._folder = folder
        self._now = now
        self._guesses = guesses
        self._caller = caller

    async def look_up(
        self, name: str, arguments: Mapping[str, Any], secret: str | None
    ) -> Found | Missing | Failed | Locked:
        """See `Outside`."""
        lookup = self._center.lookups.get(name)
        if lookup is None:
            return Failed("center.yaml names no such lookup")
        try:
            request = lookups.request(lookup, arguments, secret, self._secrets)
        except lookups.Unfit as unfit:
            return Failed(str(unfit))
        if secret is None:
            return lookups.understood(await self._client.fetch(request))
        guess = self._guesses.begin(name, lookup.most_wrong, self._caller, arguments)
        if guess is None:
            log.warning("too many wrong secrets for the lookup %s: the caller gets a human", name)
            return Locked()
        result = lookups.understood(await self._client.fetch(request))
        if isinstance(result, Found):
            guess.right()
        elif isinstance(result, Failed):
            guess.unanswered()
        return result

    async def send_text(self, message: TextMessage) -> Sent | Failed:
        """See `Outside`."""
        body = sms.sms_body(message)
        return await self._hand_over(self._center.sms, body, handed_over.SMS)

    async def open_ticket(self, ticket: Ticket) -> Sent | Failed:
        """See `Outside`."""
        body = sms.ticket_body(ticket)
        return await self._hand_over(self._center.tickets, body, handed_over.TICKETS)

    def missing_secrets(self) -> list[str]:
        """The secrets that center.yaml names and the settings do not hold."""
        return missing_secrets(self._center, self._secrets)

    async def _hand_over(
        self, gateway: Gateway | None, body: Mapping[str, Any], file: str
    ) -> Sent | Failed:
        return await sms.hand_over(
            gateway,
            body,
            client=self._client,
            secrets=self._secrets,
            file=self._folder / file,
            now=self._now,
        )
