"""A worker looks at each recording once, whatever happens to it and to others."""

import multiprocessing
import os
import shutil
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from ivr.archive import Archive
from ivr.flow.files import FlowFiles
from ivr.quality.dictation import Dictation
from ivr.quality.reviewing import Reviewer
from ivr.quality.rulebook import Rulebook
from ivr.quality.worker import LEASE, Worker
from ivr.store import Database
from ivr.store.wanted import Wanted
from recordings import voice
from recordings.shelf import Shelf
from recordings.vault import Keys, Vault
from speech.recognizer import Heard, Recognizer, Samples, Word
from tests.quality.queue import NUMBER, later
from tests.quality.talks import CENTER, keep
from tests.speech.models import recognizers
from tests.speech.sounds import ByLoudness, clip, quiet
from tests.speech.sounds import voice as loud

RULES = """\
rules:
  greeting: {must_say: {zh: 您好}, within: 10s}
  anger: {tone: {zh: 投诉}}
limits: {agent_first: 3s}
"""


class Reads:
    """A recognizer that hears one word in each stretch: the loudness of its beginning names it."""

    language, dictates, takes_orders = "zh", True, True

    def __init__(self, words: dict[int, str]) -> None:
        self._words = words
        self._heard: list[Samples] = []
        self.stretches = 0

    def begin(self, phrases: Sequence[str], *, free: bool = False, many: bool = False) -> "Reads":
        assert free
        self._heard = []
        self.stretches += 1
        return self

    def feed(self, samples: Samples) -> None:
        self._heard.append(samples)

    async def partial(self) -> str:
        return ""

    async def finish(self) -> Heard:
        sound = np.concatenate(self._heard)
        level, begins = int(sound.max()), int(np.flatnonzero(sound)[0]) / 8000
        text = self._words[level]
        return Heard(text, (Word(text, begins, begins + 0.4, 1.0),), 1.0)

    def drop(self) -> None:
        """Nothing is under way."""

    def unsayable(self, phrases: Sequence[str]) -> dict[str, tuple[str, ...]]:
        return {}

    async def warm_up(self) -> None:
        """It has no model."""

    def close(self) -> None:
        """Nor anything to free."""


SAID = {8000: "您好", 9000: "投诉", 7000: "请说", 6000: "密码六零", 5000: "四九一八"}


@pytest.fixture(scope="module")
def prepared(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder var of a hotline with rules and a talk: the agent greets, the caller complains."""
    var = tmp_path_factory.mktemp("prepared") / "var"
    var.mkdir()
    shutil.copyfile(made, var / "careline.db")
    with Database.open(f"sqlite:///{var}/careline.db") as database:
        files = FlowFiles({"center.yaml": CENTER, "quality.yaml": RULES})
        database.versions.add(files, onto=None, at=later(), who="ana", why="")
        caller = np.concatenate([quiet(3), loud(1, 9000), quiet(2)])
        agent = np.concatenate([quiet(1), loud(1, 8000), quiet(4)])
        keep(database, var, "1", caller, agent)
    return var


@pytest.fixture
def var(prepared: Path, tmp_path: Path) -> Path:
    shutil.copytree(prepared, tmp_path / "var")
    return tmp_path / "var"


@pytest.fixture
def url(var: Path) -> str:
    return f"sqlite:///{var}/careline.db"


@pytest.fixture
def hotline(url: str) -> Iterator[Database]:
    with Database.open(url) as database:
        yield database


class Room:
    """Where workers of a hotline are made."""

    def __init__(self, database: Database, var: Path, closing: ExitStack) -> None:
        self.database = database
        self._var = var
        self._closing = closing

    def reviewer(self, recognizers: Mapping[str, Recognizer]) -> Reviewer:
        dictation = Dictation(recognizers)
        self._closing.callback(dictation.close)
        archive = Archive(self.database, Shelf.under(self._var), "worker", later)
        vault = Vault(Keys.read(self._var / "recordings.key"))
        rulebook = Rulebook(self.database.versions)
        return Reviewer(archive, vault, voice.by(ByLoudness()), dictation, rulebook, later)

    def worker(self, recognizer: Reads | None = None, at: timedelta = timedelta()) -> Worker:
        looks = self.reviewer({"zh": recognizer or Reads(SAID)})
        return Worker(self.database, looks, lambda: later(at), Event())


@pytest.fixture
def room(hotline: Database, var: Path) -> Iterator[Room]:
    with ExitStack() as closing:
        yield Room(hotline, var, closing)


def test_a_talk_is_measured_taken_down_and_judged(room: Room, hotline: Database) -> None:
    assert room.worker().run(once=True) == 1
    review = hotline.reviews.get("1-1")
    assert review.transcript is not None
    told = [(turn.speaker, turn.text) for turn in review.transcript.turns]
    assert told == [("agent", "您好"), ("caller", "投诉")]
    assert review.transcript.turns[1].begin == pytest.approx(3, abs=0.05)
    assert review.measures.agent_first == pytest.approx(1, abs=0.05)
    assert [(one.rule, round(one.second)) for one in review.findings] == [("anger", 3)]
    assert hotline.work.standing(later()).waiting == 0


def test_what_a_caller_tells_digit_by_digit_is_nowhere_afterwards(
    room: Room, hotline: Database, var: Path
) -> None:
    told = np.concatenate([loud(1, 6000), quiet(3), loud(1, 5000), quiet(1)])
    asked = np.concatenate([quiet(2), loud(1, 7000), quiet(3)])
    keep(hotline, var, "2", told, asked)
    room.worker().run(once=True)
    assert [said.text for said in hotline.reviews.said(Wanted(), "caller")] == [
        "投诉",
        "密码•",
        "•",
    ]
    assert hotline.reviews.search("四九", Wanted()) == []
    [hit] = hotline.reviews.search("密码", Wanted())
    assert hit.recording.name == "2-1"
    stored = b"".join(file.read_bytes() for file in var.glob("careline.db*"))
    assert "密码".encode() in stored, "as what is no secret is found there"
    assert not [part for part in ("六零", "四九一八", "四九") if part.encode() in stored]


def test_silence_is_not_given_to_the_recognizer(room: Room) -> None:
    recognizer = Reads(SAID)
    room.worker(recognizer).run(once=True)
    assert recognizer.stretches == 2


def test_every_opening_is_in_the_audit_log(room: Room, hotline: Database) -> None:
    room.worker().run(once=True)
    assert [(e.who, e.act, e.about) for e in hotline.audit.entries()] == [
        ("worker", "reviewed", "1-1")
    ]


def test_without_a_model_it_says_so_and_measures_all_the_same(
    room: Room, hotline: Database
) -> None:
    reviews = Worker(hotline, room.reviewer({}), later, Event())
    assert reviews.run(once=True) == 1
    review = hotline.reviews.get("1-1")
    assert review.transcript is None
    assert "careline models install zh" in review.note
    assert review.measures.caller.share == pytest.approx(1 / 6, abs=0.02)


def test_a_recording_that_cannot_be_opened_is_put_off_and_holds_up_no_other(
    room: Room, hotline: Database, var: Path
) -> None:
    keep(hotline, var, "2", loud(1, 9000), loud(1, 8000))
    broken = var / "recordings" / hotline.recordings.get("1-1").file
    broken.write_bytes(b"who knows")
    assert room.worker().run(once=True) == 1
    assert [hit.recording.name for hit in hotline.reviews.search("", Wanted())] == ["2-1"]
    assert room.worker(at=timedelta(days=1)).run(once=True) == 0
    for days in range(2, 6):
        room.worker(at=timedelta(days=days)).run(once=True)
    [failed] = hotline.work.standing(later(timedelta(days=6))).failed
    assert (failed.recording, "cannot be opened" in failed.why) == ("1-1", True)


def test_a_recording_deleted_while_it_waits_is_not_looked_at(room: Room, hotline: Database) -> None:
    hotline.callers.forget(NUMBER)
    assert room.worker().run(once=True) == 0


def test_a_worker_told_to_stop_gives_its_recording_back(room: Room, hotline: Database) -> None:
    stop = Event()

    class Stops(Reads):
        async def finish(self) -> Heard:
            stop.set()
            return await super().finish()

    looks = room.reviewer({"zh": Stops(SAID)})
    assert Worker(hotline, looks, later, stop).run() == 0
    again = hotline.work.claim(later(), LEASE, "next")
    assert again is not None
    assert again.attempt == 1


def test_rules_published_meanwhile_count_for_the_next_talk(
    room: Room, hotline: Database, var: Path
) -> None:
    looks = room.worker()
    looks.run(once=True)
    files = FlowFiles({"center.yaml": CENTER})
    hotline.versions.add(files, onto=1, at=later(), who="ana", why="")
    keep(hotline, var, "2", loud(1, 9000), loud(1, 8000))
    looks.run(once=True)
    assert hotline.reviews.get("2-1").findings == ()


def _dies(url: str, var: Path) -> None:
    """A worker that is killed while it takes down the second side of a talk."""

    class Dies(Reads):
        async def finish(self) -> Heard:
            if self.stretches == 2:
                os.kill(os.getpid(), signal.SIGKILL)
            return await super().finish()

    with Database.open(url) as database, ExitStack() as closing:
        Room(database, var, closing).worker(Dies(SAID)).run(once=True)


def test_a_killed_worker_loses_nothing_and_nothing_is_done_twice(
    room: Room, hotline: Database, var: Path, url: str
) -> None:
    dying = multiprocessing.get_context("fork").Process(target=_dies, args=(url, var))
    dying.start()
    dying.join()
    assert dying.exitcode == -signal.SIGKILL
    assert hotline.reviews.find(Wanted()) == []
    assert room.worker().run(once=True) == 0, "its lease has not ended"
    assert room.worker(at=LEASE).run(once=True) == 1
    assert room.worker(at=2 * LEASE).run(once=True) == 0
    assert len(hotline.reviews.find(Wanted())) == 1


def test_korean_talk_is_taken_down_by_vosk_with_the_times_of_its_words(
    room: Room, hotline: Database, var: Path
) -> None:
    caller = np.concatenate([quiet(4), clip("ko-card"), quiet(1)])
    agent = np.concatenate([quiet(1), clip("ko-human")])
    keep(hotline, var, "2", caller, agent, language="ko")
    looks = room.reviewer({"ko": recognizers()["ko"]})
    assert Worker(hotline, looks, later, Event()).run(once=True) == 2
    transcript = hotline.reviews.get("2-1").transcript
    assert transcript is not None
    assert [turn.speaker for turn in transcript.turns] == ["agent", "caller"]
    assert 1 <= transcript.turns[0].begin <= transcript.turns[0].end < 4
    assert 4 <= transcript.turns[1].begin < transcript.turns[1].end < 7
    assert hotline.reviews.search("잊어버", Wanted())[0].place is not None
