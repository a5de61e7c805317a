"""What is known of the recordings that were looked at: measures, words, findings.

All of it goes when the recording is deleted or its caller forgotten, in the same transaction.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ivr.errors import NotFound
from ivr.store import work
from ivr.store.connections import Connections, clean
from ivr.store.tables import calls, findings, recordings, reviews, turns
from ivr.store.tables import work as queue
from ivr.store.wanted import Wanted, narrowed
from ivr.store.work import Job
from recordings.catalogue import Recording
from recordings.checks import Finding, letters
from recordings.measure import Measures, Side
from recordings.review import Review
from recordings.search import Place, first
from recordings.transcript import Speaker, Transcript, Turn, Word

BATCH = 500  # names in one statement; SQLite takes at most 32,766 values


@dataclass(frozen=True, slots=True)
class Said:
    """What one side said at a stretch, in which recording, and when that call began."""

    recording: str
    at: datetime
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A recording that was searched for, and where in it (None: no words were asked for)."""

    recording: Recording
    place: Place | None


class Reviews:
    """The reviews of one hotline's recordings."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def keep(self, review: Review, job: Job) -> bool:
        """End the job and keep what came of it, in one transaction.

        False, and nothing is kept, if the job's lease had ended. Of a recording that was deleted,
        or whose caller was forgotten, meanwhile, the job ends and nothing is kept either.
        """
        name = clean(review.recording)
        query = sa.select(recordings.c.state, calls.c.forgotten).where(recordings.c.name == name)
        query = query.outerjoin(calls, calls.c.call_id == recordings.c.call_id)
        with self._connections.writing() as connection:
            # Locked before the queue, as a deletion does it: neither waits for the other.
            row = connection.execute(query.with_for_update(of=recordings)).first()
            if not work.end(connection, job):
                return False
            if row is not None and row.state == "kept" and not row.forgotten:
                _erase_words(connection, [name])
                _insert(connection, name, review)
        return True

    def get(self, name: str) -> Review:
        """The review of a recording. Raises NotFound while there is none."""
        with self._connections.reading() as connection:
            query = sa.select(reviews).where(reviews.c.recording == clean(name))
            row = connection.execute(query).mappings().first()
            if row is None:
                raise NotFound(
                    f"The recording {name[:80]!r} has not been looked at; `careline worker` does it, "
                    "and `careline quality waiting` says how many wait."
                )
            found = _findings(connection, [row["recording"]]).get(row["recording"], [])
            query = sa.select(turns).where(turns.c.recording == row["recording"])
            spoken = [
                Turn(turn["speaker"], tuple(Word(*word) for word in turn["words"]))
                for turn in connection.execute(query.order_by(turns.c.number)).mappings()
            ]
        transcript = Transcript(row["language"], tuple(spoken)) if row["language"] else None
        return _review(row, found, transcript)

    def find(self, wanted: Wanted) -> Sequence[tuple[Recording, Review]]:
        """The recordings asked for that were looked at, the newest first, without their words."""
        query = sa.select(recordings, reviews).join(reviews, _SAME)
        query = narrowed(query, wanted).order_by(recordings.c.at.desc(), recordings.c.name.desc())
        with self._connections.reading() as connection:
            rows = connection.execute(query.set_label_style(_BY_TABLE)).mappings().all()
            found = _findings(connection, [row["recordings_name"] for row in rows])
        return [
            (recording, _review(_of("reviews", row), found.get(recording.name, []), None))
            for row in rows
            for recording in [Recording(**_of("recordings", row))]
        ]

    def search(
        self, phrase: str, wanted: Wanted, finding: str | None = None, limit: int = 50
    ) -> Sequence[Hit]:
        """The recordings in which `phrase` was said, and where first; an empty one: all of them.

        With `finding` only those with one of that rule. Every turn in the time asked for is looked
        through: 0.6 s for 10,000 talks of five minutes on SQLite. There is no index, since no database
        divides all our languages into words, and one of three letters misses most Chinese words.
        """
        query = sa.select(recordings).join(reviews, _SAME)
        if finding is not None:
            of_rule = sa.select(findings.c.recording).where(findings.c.rule == clean(finding))
            query = query.where(recordings.c.name.in_(of_rule))
        if sought := letters(clean(phrase)):
            query = query.join(turns, turns.c.recording == recordings.c.name)
            query = query.add_columns(turns.c.speaker, turns.c.words)
            query = query.where(turns.c.letters.contains(sought, autoescape=True))
        query = narrowed(query, wanted).order_by(recordings.c.at.desc(), recordings.c.name.desc())
        if sought:
            query = query.order_by(turns.c.number)
        hits: dict[str, Hit] = {}
        with self._connections.reading() as connection:
            for row in connection.execute(query).mappings():
                if row["name"] in hits:
                    continue
                if len(hits) == limit:
                    break
                place = None
                if sought:
                    said = Turn(row["speaker"], tuple(Word(*word) for word in row["words"]))
                    if (place := first(phrase, said)) is None:
                        continue
                columns = {column.name: row[column.name] for column in recordings.columns}
                hits[row["name"]] = Hit(Recording(**columns), place)
        return list(hits.values())

    def said(self, wanted: Wanted, speaker: Speaker) -> Iterator[Said]:
        """Every turn of one side in the recordings asked for, the oldest first."""
        columns = (turns.c.recording, recordings.c.at, reviews.c.language, turns.c.words)
        query = sa.select(*columns).join(recordings, recordings.c.name == turns.c.recording)
        query = query.join(reviews, _SAME).where(turns.c.speaker == speaker)
        query = narrowed(query, wanted).order_by(recordings.c.at, turns.c.recording, turns.c.number)
        with self._connections.reading() as connection:
            for row in connection.execute(query):
                text = " ".join(word for word, _, _ in row.words)
                yield Said(row.recording, row.at, row.language, text)


_SAME = reviews.c.recording == recordings.c.name
_BY_TABLE = sa.SelectLabelStyle.LABEL_STYLE_TABLENAME_PLUS_COL


def erase(connection: sa.Connection, names: Sequence[str]) -> None:
    """Let nothing be known of these recordings any more, nor found out later."""
    for begin in range(0, len(names), BATCH):
        batch = names[begin : begin + BATCH]
        connection.execute(sa.delete(queue).where(queue.c.recording.in_(batch)))
        _erase_words(connection, batch)


def _erase_words(connection: sa.Connection, names: Sequence[str]) -> None:
    for table in (turns, findings, reviews):
        connection.execute(sa.delete(table).where(table.c.recording.in_(names)))


def _insert(connection: sa.Connection, name: str, review: Review) -> None:
    row = {
        "recording": name,
        "at": review.at,
        "language": review.transcript.language if review.transcript else "",
        "note": clean(review.note),
        "measures": asdict(review.measures),
        "caller_rate": review.caller_rate,
        "agent_rate": review.agent_rate,
    }
    connection.execute(sa.insert(reviews), row)
    spoken = [
        {
            "recording": name,
            "number": number,
            "speaker": turn.speaker,
            "words": [[clean(word.text), word.begin, word.end] for word in turn.words],
            "letters": letters(clean(turn.text)),
        }
        for number, turn in enumerate(review.transcript.turns if review.transcript else ())
    ]
    if spoken:
        connection.execute(sa.insert(turns), spoken)
    found = [
        {"recording": name, "number": number, **clean(asdict(finding))}
        for number, finding in enumerate(review.findings)
    ]
    if found:
        connection.execute(sa.insert(findings), found)


def _findings(connection: sa.Connection, names: Sequence[str]) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for begin in range(0, len(names), BATCH):
        query = sa.select(findings).where(findings.c.recording.in_(names[begin : begin + BATCH]))
        query = query.order_by(findings.c.recording, findings.c.number)
        for row in connection.execute(query).mappings():
            finding = Finding(row["rule"], row["second"], row["text"])
            found.setdefault(row["recording"], []).append(finding)
    return found


def _of(table: str, row: Any) -> dict[str, Any]:
    """The columns of one table in a row of two."""
    prefix = f"{table}_"
    return {key.removeprefix(prefix): row[key] for key in row if key.startswith(prefix)}


def _review(row: Any, found: Sequence[Finding], transcript: Transcript | None) -> Review:
    measures = dict(row["measures"])
    return Review(
        recording=row["recording"],
        at=row["at"],
        measures=Measures(
            **measures
            | {side: Side(**measures[side]) for side in ("caller", "agent")}
            | {"longest_silence": tuple(measures["longest_silence"])}
            | {"holds": tuple(map(tuple, measures.get("holds", ())))}
        ),
        findings=tuple(found),
        transcript=transcript,
        note=row["note"],
        caller_rate=row["caller_rate"],
        agent_rate=row["agent_rate"],
    )
