"""Which tables are there? They are made and changed by `migrations/`, never from this file.

`HEAD` names the newest migration; a test holds it, and these tables, to what the migrations make.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

HEAD = "0009"


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC; SQLite, which knows no zones, gets UTC without saying so."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn to UTC on the way in."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Say UTC on the way out."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData()

callers = Table(
    "callers",
    metadata,
    Column("number", String, primary_key=True),  # E.164
    Column("name", Text, nullable=False),
    Column("birth", Date),
    Column("languages", Text, nullable=False),  # tags with spaces between, the preferred one first
    Column("tier", Text, nullable=False),
    Column("notes", Text, nullable=False),
    Column("preferred_agent", String),  # no foreign key: a profile may name an agent not yet hired
)

agents = Table(
    "agents",
    metadata,
    Column("name", String, primary_key=True),
    Column("display", Text, nullable=False),
    Column("language", String, nullable=False),
    Column("skills", JSON, nullable=False),  # {skill: level}
    Column("phone_secret", Text, nullable=False),
    Column("logged_in", Boolean, nullable=False),
    Column("paused", Text),
)

calls = Table(
    "calls",
    metadata,
    Column("call_id", String, primary_key=True),
    Column("number", String, index=True),
    Column("masked", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("age", Integer),
    Column("language", String, nullable=False),
    Column("started", Moment, nullable=False, index=True),
    Column("ended", Moment),
    Column("outcome", String, nullable=False),
    Column("agent", String),
    Column("queue", String),
    Column("waited_s", Float),
    Column("talked_s", Float),
    Column("hung_up_by", String),
    Column("reason", Text, nullable=False),
    Column("version", Integer),  # of the flows; none in a simulation and in calls of before
    Column("forgotten", Boolean, nullable=False),  # nothing personal may be written here any more
)

call_events = Table(
    "call_events",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=True),  # the order of all events
    Column("call_id", ForeignKey("calls.call_id", ondelete="CASCADE"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("kind", String, nullable=False),
    Column("data", JSON, nullable=False),
    UniqueConstraint("call_id", "seq", name="one_event_a_place"),
    sqlite_autoincrement=True,  # a position is never given twice, or `tail` would miss an event
)

# Of calls that have not ended: where they are in their flow, without secrets.
calls_under_way = Table(
    "calls_under_way",
    metadata,
    Column("call_id", String, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("state", JSON, nullable=False),
)

# Rows of the next two are added and never changed: triggers of the database see to it.
versions = Table(
    "versions",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),  # 1, 2, 3, … without a gap
    Column("at", Moment, nullable=False),
    Column("who", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("restores", Integer),  # the older version whose files these are again
    Column("hash", String, nullable=False),  # of the files
    Column("diff", Text, nullable=False),  # against the version before, as it was published
)

version_files = Table(
    "version_files",
    metadata,
    Column("number", ForeignKey("versions.number"), primary_key=True),
    Column("name", String, primary_key=True),
    Column("text", Text, nullable=False),
)

# What an agent did from a moment on; written on every change, read by reports.
agent_states = Table(
    "agent_states",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("agent", String, nullable=False),  # no foreign key: what was done outlives the agent
    Column("at", Moment, nullable=False, index=True),
    Column("state", String, nullable=False),  # away, ready, talking, wrap_up or paused
    Column("reason", Text),  # of a pause
)

# The newest row says whether the whole hotline is closed.
closures = Table(
    "closures",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("who", Text, nullable=False),
    Column("closed", Boolean, nullable=False),
    Column("prompt", Text),  # what callers hear: a prompt by name,
    Column("recording", Text),  # or a sound file
)

messages = Table(
    "messages",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("call_id", String, nullable=False),  # no foreign key: a call's row may come later
    Column("kind", String, nullable=False),  # message or recording
    Column("number", String, index=True),
    Column("language", String, nullable=False),
    Column("queue", String),
    Column("at", Moment, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("file", String, nullable=False),  # its name in var/messages; empty when forgotten
    Column("sha256", String, nullable=False),
    Column("heard_by", Text),
    Column("heard_at", Moment),
    Column("done_by", Text),
    Column("done_at", Moment),
    sqlite_autoincrement=True,  # an id is never given twice: it may stand in somebody's notes
)

# Who listened to what, and took it where; written on every access.
message_accesses = Table(
    "message_accesses",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("message", ForeignKey("messages.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("who", Text, nullable=False),
    Column("what", String, nullable=False),  # played, exported or done
)

# Callers who hung up to be rung back: what keeps their place, and what came of it.
callbacks = Table(
    "callbacks",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("call_id", String, nullable=False),  # in which it was asked for
    Column("number", String, index=True),
    Column("language", String, nullable=False),
    Column("age", Integer),
    Column("queue", String, nullable=False),
    Column("stages", JSON, nullable=False),  # [seconds, need] of each
    Column("head_start", Float, nullable=False),
    Column("since", Moment, nullable=False),  # when the wait began
    Column("asked", Moment, nullable=False),
    Column("shows", String, nullable=False),  # the number the customer had called, and will see
    Column("recorded", Boolean, nullable=False),  # whether the talk may be
    Column("tried", Integer, nullable=False),
    Column("not_before", Moment),
    Column("state", String, nullable=False, index=True),
    Column("ended", Moment),
    sqlite_autoincrement=True,  # see messages
)

recordings = Table(
    "recordings",
    metadata,
    Column("name", String, primary_key=True),
    Column("call_id", String, nullable=False, index=True),  # no foreign key: see messages
    Column("part", Integer, nullable=False),
    Column("kind", String, nullable=False, server_default="talk"),  # or ivr
    Column("at", Moment, nullable=False, index=True),
    Column("queue", String, nullable=False),
    Column("agent", String, nullable=False),
    Column("language", String, nullable=False),
    Column("outcome", String, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("file", String, nullable=False),  # under the folder of the recordings
    Column("size", BigInteger, nullable=False),
    Column("sha256", String, nullable=False),
    Column("state", String, nullable=False),  # kept, failed or deleted
    Column("note", Text, nullable=False),
    Column("held", Text, nullable=False),
)

# Recordings that are still to be looked at; a row leaves when that is done.
work = Table(
    "work",
    metadata,
    Column("recording", String, primary_key=True),
    Column("due", Moment, nullable=False, index=True),  # or until when somebody holds it
    Column("attempts", Integer, nullable=False),
    Column("holder", String, nullable=False),
    Column("note", Text, nullable=False),  # what went wrong the last time
)

reviews = Table(
    "reviews",
    metadata,
    Column("recording", String, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("language", String, nullable=False),  # of the words; empty where there are none
    Column("note", Text, nullable=False),
    Column("measures", JSON, nullable=False),
    Column("caller_rate", Float),  # words a minute
    Column("agent_rate", Float),
)

turns = Table(
    "turns",
    metadata,
    Column("recording", String, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("speaker", String, nullable=False),  # caller or agent
    Column("words", JSON, nullable=False),  # [text, begin, end] of each, in seconds
    Column("letters", Text, nullable=False),  # what a search looks in
)

findings = Table(
    "findings",
    metadata,
    Column("recording", String, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("rule", String, nullable=False, index=True),
    Column("second", Float, nullable=False),
    Column("text", Text, nullable=False),
)

# Rows are added and never changed: a trigger of the database, and the chain of hashes, see to it.
audit = Table(
    "audit",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),  # 1, 2, 3, … without a gap
    Column("at", Moment, nullable=False),
    Column("who", Text, nullable=False),
    Column("act", String, nullable=False),
    Column("about", Text, nullable=False),
    Column("data", JSON, nullable=False),
    Column("hash", String, nullable=False),  # of this row and the hash before
)
