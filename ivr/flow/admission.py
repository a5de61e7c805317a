"""Whom does the hotline still take when everybody rings at once? `admission:` of center.yaml."""

from pydantic import Field, model_validator

from ivr.flow.fields import Expr, Model, Name, wrong


class Admission(Model):
    """When the hotline takes no more calls, and what becomes of who rings then.

    It is full with `most_waiting` callers waiting in all its queues, or `most_calls` on the line, in
    menus and talks too. Who rings then hears `say`, which cannot be cut short; with `callback` they
    may be rung back by an agent of that queue, as if they had waited there, as long as fewer than
    `most_callbacks` are to be; then the call ends. The elderly are taken all the same, whoever was
    cut off before and rings again (`returning:`), and callers for whom `unless` holds. No more than
    `most_told` callers are told so at a time; for others the call ends at once.
    """

    most_waiting: int | None = Field(None, ge=1, le=100_000)
    most_calls: int | None = Field(None, ge=1, le=100_000)
    say: Name
    callback: Name | None = None
    most_callbacks: int = Field(200, ge=1, le=100_000)
    most_told: int = Field(100, ge=1, le=10_000)
    unless: Expr | None = None

    @model_validator(mode="after")
    def _whether(self) -> "Admission":
        if self.most_waiting is None and self.most_calls is None:
            raise wrong("most_waiting: or most_calls:, which say when the hotline is full,", None)
        return self
