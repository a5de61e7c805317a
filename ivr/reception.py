"""What becomes of a call that comes in: who calls, which version of the flows serves it, and how?"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Protocol

from ivr import logs
from ivr.call import Call, NoLine
from ivr.caller import Caller, CallingNumber, Profile, parse_number, recognise
from ivr.errors import CallerHungUp, CarelineError, LineError, StoreError
from ivr.flow.center import Center
from ivr.line.asterisk.line import AsteriskLine
from ivr.line.asterisk.secure import SecureEntry
from ivr.line.commands import HandBack
from ivr.line.line import Arrival, Line
from ivr.pickup import PickUps
from ivr.publish.live import Edition, Live, fetch
from ivr.record import CallRecord, UnderWay
from ivr.secure_entry import Talk
from ivr.sounds import Sounds
from ivr.store.database import Database
from ivr.tasks import Tasks

log = logging.getLogger(__name__)

LETTING_GO = 0.05  # seconds between two looks whether an interrupted call has let go of its line
KNOW_WITHIN = 2.0  # seconds the database has to say who calls
MOST_SOUGHT = 4  # callers sought in the database at once


class MakeCall(Protocol):
    """Makes a call, of what the hotline has for it."""

    def __call__(
        self,
        arrival: Arrival,
        line: Line,
        edition: Edition,
        before: CallRecord | None = None,
        state: Mapping[str, object] | None = None,
    ) -> Call:
        """The call on `line`, served by `edition`; of one that an engine left, its record `before`
        and where it was."""


class Reception:
    """Takes calls in. `calls` are those under way, and talks of callbacks, by their ids."""

    def __init__(
        self,
        database: Database,
        live: Live,
        flows: Path,
        pick_ups: PickUps,
        sounds: Sounds,
        tasks: Tasks,
        make: MakeCall,
        keep: Callable[[Edition, Edition], Awaitable[None]],
        now: Callable[[], datetime],
    ) -> None:
        """`flows` is where the files of versions lie; `keep` has an older edition served beside the
        live one."""
        self.calls: dict[str, Talk] = {}
        self._database = database
        self._live = live
        self._flows = flows
        self._pick_ups = pick_ups
        self._sounds = sounds
        self._tasks = tasks
        self._make = make
        self._keep = keep
        self._now = now
        self._older: dict[int, Edition] = {}
        self._finders = ThreadPoolExecutor(MOST_SOUGHT, "find caller")

    def close(self) -> None:
        """Look nobody up any more."""
        self._finders.shutdown(wait=False, cancel_futures=True)

    async def serve(self, arrival: Arrival, line: Line) -> bool:
        """Serve a call, or go on with one that was interrupted. True if it is so again."""
        call_id, edition = arrival.call_id, self._live.edition
        while call_id in self.calls:  # noqa: ASYNC110  interrupted just now, and letting go
            await asyncio.sleep(LETTING_GO)
        if call_id in self._pick_ups.over:
            # The caller hung up as the link was lost, and the switch still has the channel.
            with suppress(CallerHungUp, LineError):
                await line.perform(HandBack())
            return False
        center = edition.hotline.center
        number = parse_number(arrival.number, center.center.country)
        again = call_id in self._pick_ups
        if not again and isinstance(line, AsteriskLine) and line.in_talk:
            if not self._pick_ups.follows(call_id):
                log.error("%s is a talk of which nothing is known; it is left alone", call_id)
            return False
        call = self._pick_ups.call(call_id) if again else None
        if call is None:
            call = self._make(replace(arrival, at=self._now()), line, edition)

        async def find_caller() -> Caller:
            return await self._recognise(number, center, call)

        with self._tasks.until_stopped(), logs.about(call_id):
            self.calls[call_id] = call
            try:
                await (self._pick_ups.go_on(call_id, line, find_caller) if again
                       else call.run(find_caller))  # fmt: skip
                if call.interrupted:
                    self._pick_ups.add(call)
                else:
                    self._pick_ups.over.append(call_id)
                return call.interrupted
            finally:
                del self.calls[call_id]
                self._sounds.over(call_id)

    async def _recognise(self, number: CallingNumber, center: Center, call: Call) -> Caller:
        profile: Profile | None = None
        agent: str | None = None
        if number.number is not None:
            try:
                # Threads of their own: a database that hangs holds up nothing else.
                find, loop = partial(self._find, number.number, center), asyncio.get_running_loop()
                async with asyncio.timeout(KNOW_WITHIN):
                    profile, agent = await loop.run_in_executor(self._finders, find)
            except StoreError as error:  # an unknown caller is served; a lost call is not
                call.trouble(f"the caller cannot be looked up: {error}")
            except TimeoutError:
                call.trouble("the caller cannot be looked up: the database is too slow")
        today, identity = self._now().astimezone(center.zone).date(), center.center
        return recognise(
            number, profile, today, identity.languages, identity.country, last_agent=agent
        )

    def _find(self, number: str, center: Center) -> tuple[Profile | None, str | None]:
        """The profile, and the agent the caller knows from a talk. Raises `StoreError`."""
        profile, lately = self._database.callers.find(number), center.center.last_agent
        if not lately or (profile is not None and profile.preferred_agent):
            return profile, None
        since = self._now() - timedelta(seconds=lately)
        return profile, self._database.calls.last_agent(number, since)

    async def left(self, before: CallRecord, where: UnderWay) -> Call:
        """A call that an engine left, on the version of the flows that it began with."""
        summary, edition = before.summary, self._live.edition
        number = summary.version
        if number is not None and number != edition.number:
            try:
                edition = await self._older_edition(number)
            except CarelineError as error:
                log.error("%s goes on with the live version: %s", summary.call_id, error)
        arrival = Arrival(summary.call_id, summary.number or "", "", summary.started)
        return self._make(arrival, NoLine(), edition, before, where.state)

    async def _older_edition(self, number: int) -> Edition:
        if number not in self._older:
            versions = self._database.versions
            older = await asyncio.to_thread(fetch, versions, number, self._flows, self._now())
            self._older[number] = older
            await self._keep(older, self._live.edition)
        return self._older[number]

    async def secure_entry(self, call_id: str, entry: SecureEntry) -> None:
        """An agent has asked for the caller of a talk to key a secret."""
        with self._tasks.until_stopped(), logs.about(call_id):
            call = self.calls.get(call_id)
            if call is None:
                await entry.end()
                return
            try:
                await call.secure_entry(entry)
            except CarelineError as error:  # the talk goes on by itself
                call.trouble(f"the secure entry failed: {error}")

    def on_hold(self, call_id: str, held: bool) -> None:
        """An agent has put a call's caller on hold, or took them off it."""
        if (call := self.calls.get(call_id)) is not None:
            call.held(on_hold=held)

    def cannot_hear(self, call_id: str, why: str) -> None:
        """A call's caller cannot be understood any more."""
        if (call := self.calls.get(call_id)) is not None:
            call.trouble(why)
