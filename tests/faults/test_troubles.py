"""A failure that many calls meet is told to the operator once, and then how often."""

import logging

import pytest

from ivr.troubles import TELL_EVERY, Troubles


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_step_that_fails_for_everybody_is_one_report(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    troubles = Troubles(clock)
    with caplog.at_level(logging.ERROR):
        for n in range(200):
            troubles.report(f"call-{n}", "the step main.menu failed: KeyError", KeyError("x"))
        troubles.report("call-1", "the step main.menu failed: OSError", OSError())
        troubles.report("call-1", "the step card.lost failed: KeyError", KeyError("x"))
    assert [r.getMessage() for r in caplog.records] == [
        "call call-0: the step main.menu failed: KeyError",
        "call call-1: the step main.menu failed: OSError",
        "call call-1: the step card.lost failed: KeyError",
    ]
    assert caplog.records[0].exc_info is not None
    assert troubles.counts["the step main.menu failed: KeyError", "KeyError"] == 200


def test_a_failure_that_goes_on_is_told_again_with_its_count(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = Clock()
    troubles = Troubles(clock)
    with caplog.at_level(logging.ERROR):
        for _ in range(10):
            troubles.report("call-1", "it failed", None)
        clock.now = TELL_EVERY
        troubles.report("call-2", "it failed", None)
    assert [r.getMessage() for r in caplog.records] == [
        "call call-1: it failed",
        "call call-2: it failed (and 9 times before since last told)",
    ]


def test_failures_without_number_do_not_fill_the_memory() -> None:
    troubles = Troubles(Clock())
    for n in range(5000):
        troubles.report("call-1", f"failure {n}", None)
    assert len(troubles.counts) <= 1001
    assert sum(troubles.counts.values()) == 5000


def test_what_a_trial_lets_fail_is_no_error_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    troubles = Troubles(Clock(), only_errors=True)
    with caplog.at_level(logging.ERROR):
        troubles.report("trial-1", "the lookup balance failed: it does so in this trial", None)
        troubles.report("trial-1", "the step main.menu failed: KeyError", KeyError("x"))
    assert [r.getMessage() for r in caplog.records] == [
        "call trial-1: the step main.menu failed: KeyError"
    ]
    assert sum(troubles.counts.values()) == 2
