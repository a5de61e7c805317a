"""What did callers say to be heard later, and who has listened to it?

The sound lies in files of var/messages; here is what is known of each.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from ivr.errors import NotFound
from ivr.record import Message
from ivr.store.connections import Connections, clean
from ivr.store.personal import ERASED_MESSAGE
from ivr.store.tables import calls, message_accesses, messages

What = Literal["played", "exported", "done"]


@dataclass(frozen=True, slots=True)
class Access:
    """`who` (a user of the machine) did `what` with a message."""

    at: datetime
    who: str
    what: What


class Messages:
    """The messages of one hotline."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def add(self, message: Message) -> int | None:
        """Keep a message; its id. None, and nothing kept, if its caller was forgotten meanwhile."""
        row = {
            name: clean(value) if isinstance(value, str) else value
            for name, value in asdict(message).items()
            if name != "id"
        }
        with self._connections.writing() as connection:
            query = sa.select(calls.c.forgotten).where(calls.c.call_id == row["call_id"])
            if connection.scalar(query):
                return None
            key = connection.execute(sa.insert(messages), row).inserted_primary_key
        return None if key is None else int(key[0])

    def list(self, *, all_of_them: bool = False) -> Sequence[Message]:
        """The messages that are not done, the oldest first; or everything there ever was."""
        query = sa.select(messages).order_by(messages.c.id)
        if not all_of_them:
            query = query.where(messages.c.done_at.is_(None), messages.c.file != "")
            query = query.where(messages.c.kind == "message")
        with self._connections.reading() as connection:
            return [Message(**row) for row in connection.execute(query).mappings()]

    def get(self, number: int) -> Message:
        """The message with this id. Raises NotFound."""
        storable = number if 0 < number < 2**31 else 0
        with self._connections.reading() as connection:
            query = sa.select(messages).where(messages.c.id == storable)
            row = connection.execute(query).mappings().first()
        if row is None:
            raise NotFound(f"There is no message {number}; `careline messages list` has them.")
        return Message(**row)

    def of(self, number: str) -> Sequence[Message]:
        """Everything that was said from this number (E.164)."""
        with self._connections.reading() as connection:
            query = sa.select(messages).where(messages.c.number == clean(number))
            return [Message(**row) for row in connection.execute(query).mappings()]

    def has(self, file: str) -> bool:
        """Whether anything is known of the file of that name."""
        with self._connections.reading() as connection:
            query = sa.select(messages.c.id).where(messages.c.file == clean(file))
            return connection.scalar(query) is not None

    def resealed(self, number: int, sha256: str) -> None:
        """The file of a message was sealed anew, and is another one."""
        query = sa.update(messages).where(messages.c.id == number, messages.c.file != "")
        with self._connections.writing() as connection:
            connection.execute(query.values(sha256=clean(sha256)))

    def deleted(self, number: int) -> None:
        """The file of a message is gone; that somebody left one stays known, and not who."""
        query = sa.update(messages).where(messages.c.id == number).values(**ERASED_MESSAGE)
        with self._connections.writing() as connection:
            connection.execute(query)
        self._connections.sweep()

    def accessed(self, number: int, what: What, who: str, at: datetime) -> None:
        """Write down who does what with the message of this id. Raises NotFound."""
        message, who = self.get(number), clean(who)
        seen = {"heard_by": who, "heard_at": at} if message.heard_at is None else {}
        change = {"done_by": who, "done_at": at} if what == "done" else seen
        with self._connections.writing() as connection:
            row = {"message": number, "at": at, "who": who, "what": what}
            connection.execute(sa.insert(message_accesses), row)
            if change:
                update = sa.update(messages).where(messages.c.id == number)
                connection.execute(update.values(**change))

    def accesses(self, number: int) -> Sequence[Access]:
        """Who did what with it, in order."""
        table = message_accesses
        query = sa.select(table.c.at, table.c.who, table.c.what).where(table.c.message == number)
        with self._connections.reading() as connection:
            rows = connection.execute(query.order_by(table.c.position)).mappings()
            return [Access(**row) for row in rows]
