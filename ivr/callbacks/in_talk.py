"""What may happen in the talk with a customer who was rung back? They are held, or key a secret."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from ivr.callbacks.aside import Aside
from ivr.callbacks.waiting import House
from ivr.caller import Caller, parse_number, recognise
from ivr.desk import Desk
from ivr.errors import StoreError
from ivr.flow.conversation import Conversation
from ivr.flow.secure import SecureSpec
from ivr.record import Callback, CallSummary
from ivr.secure_entry import Entries, Entry, Result, take


class InTalk:
    """The `ivr.secure_entry.Talk` of a callback. `note` writes into its record, `trouble` tells the
    operator too; `summary` is the call in one line, and names the agent once there is one."""

    def __init__(
        self,
        summary: CallSummary,
        callback: Callback,
        desk: Desk,
        house: House,
        note: Callable[..., None],
        trouble: Callable[..., None],
    ) -> None:
        self.summary = summary
        self.entries = Entries()
        self.note = note
        self.trouble = trouble
        self._callback = callback
        self._desk = desk
        self._house = house
        self._hotline = house.hotline()
        self._held_since: datetime | None = None

    def begins(self, summary: CallSummary) -> None:
        """The customer talks to the agent of `summary` from now on."""
        self.summary, self._held_since = summary, None

    @property
    def has_secure_entry(self) -> bool:
        """Whether the hotline has a secret to be keyed."""
        return self._hotline.center.secure_entry is not None

    async def secure_entry(self, entry: Entry) -> None:
        """Have the customer key a secret, if the hotline has one to be keyed; the agent waits."""
        spec = self._hotline.center.secure_entry
        account = self._desk.accounts.get(self.summary.agent or "")
        if spec is None or account is None:
            await entry.end()
            return
        language = account.language or self._hotline.wording.default
        await self.entries.take(self._enter(entry, spec, language))

    async def _enter(self, entry: Entry, spec: SecureSpec, language: str) -> Result:
        house = Aside(self.summary.call_id, self._house.outside(self._number),
                      self._desk, self.note, self.trouble, self._house.now)  # fmt: skip
        talk = Conversation(entry, self._hotline, await self._customer(), house)
        return await take(entry, talk, spec, language)

    def held(self, *, on_hold: bool) -> None:
        """The agent put the customer on hold, or took them off it."""
        if on_hold and self._held_since is None:
            self._held_since = self._house.now()
            self.note("hold")
        elif not on_hold and self._held_since is not None:
            seconds = (self._house.now() - self._held_since).total_seconds()
            self._held_since = None
            self.note("hold_over", seconds=round(seconds, 1))

    @property
    def _number(self) -> str:
        return self._callback.number or ""

    async def _customer(self) -> Caller:
        """Who was rung, as a flow would know them, spoken to as when they asked for it."""
        center, profile = self._hotline.center, None
        number = parse_number(self._number, center.center.country)
        try:
            profile = await asyncio.to_thread(self._house.profile, self._number)
        except StoreError as error:
            self.trouble(f"the customer cannot be looked up: {error}")
        today = self._house.now().astimezone(center.zone).date()
        languages, country = center.center.languages, center.center.country
        known = recognise(number, profile, today, languages, country)
        return replace(known, language=self._callback.language or known.language)
