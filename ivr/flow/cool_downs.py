"""How long is an agent spared who did not take a call? `cool_downs:` of center.yaml."""

from typing import Annotated

from pydantic import AfterValidator

from ivr.flow.fields import Model, Seconds, wrong
from routing.rest import COOL_DOWNS, CoolDowns

LONGEST = 3600.0
"""Seconds; who should take no calls for longer than that is paused."""


def _short(seconds: float) -> float:
    if seconds > LONGEST:
        raise wrong("a time of 1h or less", f"{seconds:g}s")
    return seconds


CoolDown = Annotated[Seconds, AfterValidator(_short)]


class CoolDownsSpec(Model):
    """How long an agent whose phone did not take a call is offered only what nobody else could take.

    It depends on why: nobody lifted the phone (`no_answer`), it was `busy`, the agent `declined`, or
    it could not be reached (`unreachable`). The caller keeps the place and is offered to another
    agent at once. `0s` spares nobody. Who misses several in a row (`missed_calls` of careline.toml)
    is paused.
    """

    no_answer: CoolDown = COOL_DOWNS.no_answer
    busy: CoolDown = COOL_DOWNS.busy
    declined: CoolDown = COOL_DOWNS.declined
    unreachable: CoolDown = COOL_DOWNS.unreachable

    def seconds(self) -> CoolDowns:
        """What the floor knows them as."""
        return CoolDowns(**self.model_dump())
