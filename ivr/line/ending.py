"""How does the end of a call reach a command that is being performed?

A line can end at any moment: the caller hangs up, the switch ends the call, the link to the switch
goes down. `Ending` is that moment, and `Ending.cuts` performs a command until then.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, Literal, TypeVar

from ivr.errors import CallerHungUp, LineError, SwitchUnreachable

T = TypeVar("T")

Cause = Literal["caller", "switch", "taken_back", "link"]
"""Who ended the line: the caller hung up; the switch ended the call after its last talk; the
switch's dialplan has the call again; the link to the switch is down."""


class Ended(Exception):
    """The line is over; `cause` says why. Never leaves a line: see `Ending.error`."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(cause)
        self.cause: Cause = cause


class Ending:
    """The end of one line, which comes at most once; the first cause stands."""

    def __init__(self) -> None:
        self._cause: Cause | None = None
        self._cuts: list[asyncio.Timeout] = []

    @property
    def cause(self) -> Cause | None:
        """Why the line is over, or None while it is not."""
        return self._cause

    def come(self, cause: Cause) -> None:
        """The line is over."""
        if self._cause is None:
            self._cause = cause
            for cut in self._cuts:
                cut.reschedule(asyncio.get_running_loop().time())

    def error(self) -> Exception:
        """The end as `Line.perform` raises it."""
        match self.cause:
            case "link":
                return SwitchUnreachable("The link to the switch went down during the call.")
            case "taken_back":
                return LineError("The switch's own dialplan has taken the call back.")
            case _:
                return CallerHungUp()

    async def cuts(self, work: Coroutine[Any, Any, T]) -> T:
        """Do `work`; if the end comes first, cancel it, let it clean up, and raise `Ended`.

        A `work` that is finished in the same moment counts as done.
        """
        if self.cause:
            work.close()
            raise Ended(self.cause)
        try:
            # A timeout without a time, which comes due when the end comes: it cancels the work
            # where it stands, and needs no task of its own.
            async with asyncio.timeout(None) as cut:
                self._cuts.append(cut)
                try:
                    return await work
                finally:
                    self._cuts.remove(cut)
        except (TimeoutError, LineError):
            if self.cause:  # a command that fails because the call is over has not failed
                raise Ended(self.cause) from None
            raise
