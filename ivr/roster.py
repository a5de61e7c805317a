"""Who is on shift? Keeps the desk in step with the agents in the store."""

import asyncio
from contextlib import suppress
from dataclasses import replace

from ivr.agent import AgentAccount
from ivr.desk import Desk
from ivr.errors import CarelineError
from ivr.lookout import Lookout
from ivr.store.database import Database
from routing.agent_events import MISSED

EVERY = 0.5  # seconds between two looks at the store, where commands change agents


class Roster:
    """The agents as the store has them, told to the desk whenever they change."""

    def __init__(self, database: Database, desk: Desk) -> None:
        self._database = database
        self._desk = desk
        self._known: dict[str, AgentAccount] = {}
        self._lookout = Lookout("the agents", self._look, EVERY)

    async def open(self) -> None:
        """Log in everybody who is, and keep looking."""
        await self._lookout.look()
        self._lookout.open()

    async def close(self) -> None:
        """Stop looking."""
        await self._lookout.close()

    def account(self, name: str) -> AgentAccount | None:
        """An agent's account as last seen."""
        return self._known.get(name)

    async def change(
        self, name: str, *, logged_in: bool | None = None, paused: str | None = None
    ) -> AgentAccount:
        """Log an agent in or out, or set the reason of a pause (None: no pause).

        Raises `NotFound` and `StoreError`.
        """
        async with self._lookout.turn:
            account = await asyncio.to_thread(self._save, name, logged_in, paused)
            self._apply(account)
        return account

    async def set_aside(self, name: str) -> None:
        """Keep the pause of an agent the floor has set aside, so that it outlives the engine."""
        with suppress(CarelineError):
            await self.change(name, paused=MISSED)

    async def _look(self) -> None:
        accounts = await asyncio.to_thread(self._database.agents.list)
        for name in self._known.keys() - {account.name for account in accounts}:
            self._apply(replace(self._known[name], logged_in=False))
            del self._known[name]
        for account in accounts:
            self._apply(account)

    def _save(self, name: str, logged_in: bool | None, paused: str | None) -> AgentAccount:
        account = replace(self._database.agents.get(name), paused=paused)
        if logged_in is not None:
            account = replace(account, logged_in=logged_in)
        self._database.agents.save(account)
        return account

    def _apply(self, account: AgentAccount) -> None:
        before = self._known.get(account.name)
        self._known[account.name] = account
        if before == account:
            return
        if not account.logged_in:
            if before is not None and before.logged_in:
                self._desk.log_out(account.name)
        elif before is None or not before.logged_in:
            self._desk.log_in(account)
        else:
            if (before.skills, before.language) != (account.skills, account.language):
                self._desk.log_in(account)
            if account.paused is not None:
                self._desk.pause(account.name, account.paused)
            elif before.paused is not None:
                self._desk.resume(account.name)
