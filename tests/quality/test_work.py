"""Work is claimed by one worker at a time, survives that worker, and is done once."""

from datetime import timedelta

import pytest

from ivr.errors import NotFound
from ivr.store import Database
from ivr.store.wanted import Wanted
from ivr.store.work import AGAIN_AFTER, ATTEMPTS, Failed, Standing
from recordings.catalogue import Recording
from tests.quality.queue import AT, LEASE, NUMBER, claim, claimed, later, put_in, review


@pytest.fixture
def kept(database: Database) -> Database:
    """Three recordings that wait to be looked at."""
    return put_in(database)


def test_a_kept_recording_waits_to_be_looked_at_and_a_failed_one_does_not(kept: Database) -> None:
    kept.recordings.add(Recording(name="4-1", call_id="4", part=1, at=AT, state="failed"))
    assert kept.work.standing(later()) == Standing(3, 0, ())


def test_workers_get_different_recordings_until_none_is_left(kept: Database) -> None:
    names = [claimed(kept, holder).recording for holder in "abc"]
    assert sorted(names) == ["1-1", "2-1", "3-1"]
    assert claim(kept, "d") is None
    assert kept.work.standing(later()) == Standing(0, 3, ())


def test_what_a_dead_worker_held_is_another_s_when_its_lease_has_ended(kept: Database) -> None:
    begun = later()
    dead = claimed(kept, "dead", begun)
    others = [claimed(kept, holder, begun) for holder in "ab"]
    for job in others:
        kept.reviews.keep(review(job.recording), job)
    assert claim(kept, "c", begun + LEASE - timedelta(seconds=1)) is None
    again = claimed(kept, "c", begun + LEASE)
    assert (again.recording, again.attempt) == (dead.recording, 2)


def test_a_lease_that_is_renewed_does_not_end(kept: Database) -> None:
    begun = later()
    jobs = [claimed(kept, holder, begun) for holder in "abc"]
    assert all(kept.work.renew(job, begun + LEASE / 2, LEASE) for job in jobs)
    assert claim(kept, "d", begun + LEASE) is None


def test_a_failure_is_tried_again_ever_later_and_given_up_in_the_end(kept: Database) -> None:
    name, now, waits = "", later(), []
    kept.recordings.deleted("2-1", "")
    kept.recordings.deleted("3-1", "")
    for attempt in range(1, ATTEMPTS + 1):
        job = claimed(kept, f"w{attempt}", now)
        assert job.attempt == attempt
        name = job.recording
        assert kept.work.put_off(job, now, "the disk is gone")
        wait = AGAIN_AFTER * 2 ** (attempt - 1)
        if attempt < ATTEMPTS:
            assert claim(kept, "early", now + wait - timedelta(seconds=1)) is None
        waits.append(wait)
        now += wait
    assert waits[:3] == [AGAIN_AFTER, 2 * AGAIN_AFTER, 4 * AGAIN_AFTER]
    assert claim(kept, "late", now) is None
    assert kept.work.standing(now) == Standing(0, 0, (Failed(name, "the disk is gone"),))
    assert kept.work.try_again(now) == 1
    assert claimed(kept, "again", now).attempt == 1


def test_a_recording_that_kills_every_worker_is_given_up_too(kept: Database) -> None:
    now = later()
    for attempt in range(ATTEMPTS):
        for other in range(3):
            assert claim(kept, f"{attempt}/{other}", now) is not None
        now += LEASE
    assert claim(kept, "one more", now) is None
    assert {one.why for one in kept.work.standing(now).failed} == {
        "every worker that tried died of it"
    }


def test_a_worker_that_stops_gives_its_work_back_and_nothing_is_counted(kept: Database) -> None:
    now = later()
    job = claimed(kept, "a", now)
    assert kept.work.give_back(job, now)
    assert [claimed(kept, holder, now).attempt for holder in "bcd"] == [1, 1, 1]


def test_a_review_is_kept_whole(kept: Database) -> None:
    job = claimed(kept, "a")
    kept.reviews.keep(review(job.recording), job)
    assert kept.reviews.get(job.recording) == review(job.recording)
    with pytest.raises(NotFound, match="careline worker"):
        kept.reviews.get("9-1")


def test_a_deleted_recording_leaves_no_words_and_no_work(kept: Database) -> None:
    job = claimed(kept, "a")
    kept.reviews.keep(review(job.recording), job)
    for name in ("1-1", "2-1", "3-1"):
        kept.recordings.deleted(name, "its time was over")
    assert kept.reviews.search("投诉", Wanted(state=None)) == []
    assert kept.work.standing(later()) == Standing(0, 0, ())
    with pytest.raises(NotFound):
        kept.reviews.get(job.recording)


def test_what_was_forgotten_while_a_worker_listened_is_not_kept(kept: Database) -> None:
    jobs = [claimed(kept, holder) for holder in "ab"]
    kept.recordings.deleted(jobs[0].recording, "its time was over")
    assert not kept.reviews.keep(review(jobs[0].recording), jobs[0])
    kept.callers.forget(NUMBER)
    assert not kept.reviews.keep(review(jobs[1].recording), jobs[1])
    assert kept.reviews.find(Wanted(state=None)) == []
