"""On either database, work is claimed once, kept once, found, and forgotten."""

import threading

import pytest

from ivr.store import Database
from ivr.store.wanted import Wanted
from ivr.store.work import Standing
from recordings.catalogue import Recording
from tests.quality.queue import AT, LEASE, NUMBER, claim, claimed, later, put_in, review


@pytest.fixture
def kept(database: Database) -> Database:
    """Three recordings that wait to be looked at."""
    return put_in(database)


def test_workers_that_claim_at_once_never_get_the_same(database: Database) -> None:
    for call in range(40):
        name = f"{call}-1"
        database.recordings.add(Recording(name=name, call_id=str(call), part=1, at=AT))
    got: list[str] = []

    def work(who: int) -> None:
        number = 0
        while (job := claim(database, f"{who}/{number}")) is not None:
            got.append(job.recording)
            assert database.reviews.keep(review(job.recording), job)
            number += 1

    workers = [threading.Thread(target=work, args=(who,)) for who in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(got) == sorted(f"{call}-1" for call in range(40))
    assert database.work.standing(later()) == Standing(0, 0, ())
    assert len(database.reviews.find(Wanted())) == 40


def test_a_worker_that_was_only_slow_keeps_nothing_once_another_has_its_work(
    kept: Database,
) -> None:
    begun = later()
    slow = claimed(kept, "slow", begun)
    for holder in "ab":
        claimed(kept, holder, begun)
    quick = claimed(kept, "quick", begun + LEASE)
    while quick.recording != slow.recording:
        quick = claimed(kept, f"{quick.holder}+", begun + LEASE)
    assert not kept.work.renew(slow, begun + LEASE, LEASE)
    assert not kept.reviews.keep(review(slow.recording, "slow"), slow)
    assert kept.reviews.keep(review(quick.recording, "quick"), quick)
    transcript = kept.reviews.get(quick.recording).transcript
    assert transcript is not None
    assert transcript.turns[0].text == "quick"
    assert not kept.reviews.keep(review(slow.recording, "slow"), slow)


def test_a_forgotten_caller_s_words_are_gone_also_of_what_is_held(kept: Database) -> None:
    job = claimed(kept, "a")
    kept.reviews.keep(review(job.recording), job)
    kept.recordings.hold(job.recording, "court case 12/2026")
    kept.callers.forget(NUMBER)
    assert kept.reviews.find(Wanted()) == []
    assert list(kept.reviews.said(Wanted(), "caller")) == []
    assert kept.work.standing(later()) == Standing(0, 0, ())


def test_words_are_found_with_their_second_by_the_side_that_said_them(kept: Database) -> None:
    job = claimed(kept, "a")
    kept.reviews.keep(review(job.recording), job)
    [hit] = kept.reviews.search("投诉", Wanted())
    assert hit.recording.name == job.recording
    assert hit.place is not None
    assert (hit.place.speaker, hit.place.second) == ("caller", 2)
    assert [h.recording.name for h in kept.reviews.search("", Wanted(), "anger")] == [job.recording]
    assert kept.reviews.search("", Wanted(), "greeting") == []
    assert kept.reviews.search("投诉", Wanted(number="+8613800000000")) == []
    assert kept.reviews.search("投诉", Wanted(number=NUMBER, agent="ana"))
    assert kept.reviews.search("100% _", Wanted()) == []
