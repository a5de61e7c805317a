"""What monitoring reads: calls by outcome, waits by queue, the floor now; never a person."""

import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from ivr.metrics import Metrics
from ivr.record import CallEvent, CallSummary

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


class ThreeAgents:
    def agent_states(self) -> Iterable[str]:
        return ["free", "talking", "talking"]

    def waits(self) -> Iterable[tuple[str, float]]:
        return [("cards", 12.0), ("cards", 3.0), ("general", 40.0)]


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(ThreeAgents(), lambda: True)


def read(metrics: Metrics) -> dict[str, float]:
    """Each sample by its name and labels, as Prometheus' own parser reads it."""
    return {
        sample.name
        + "".join(f" {value}" for _, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(metrics.text().decode())
        for sample in family.samples
    }


def call(metrics: Metrics, name: str, outcome: str, **fields: object) -> None:
    summary = CallSummary(call_id=name, started=AT, number="+8613912345678", name="Li Hua")
    metrics.add(summary)
    over = replace(summary, ended=AT + timedelta(minutes=3), outcome=outcome, **fields)  # type: ignore[arg-type]
    metrics.add(over)


def test_calls_are_counted_by_what_came_of_them(metrics: Metrics) -> None:
    call(metrics, "1", "answered", queue="cards", waited_s=4.0, talked_s=60.0)
    call(metrics, "2", "answered", queue="cards", waited_s=25.0, talked_s=30.0)
    call(metrics, "3", "abandoned", queue="cards", waited_s=70.0)
    call(metrics, "4", "completed")
    found = read(metrics)
    assert found["careline_calls_total answered"] == 2
    assert found["careline_calls_total abandoned"] == 1
    assert found["careline_wait_seconds_count cards"] == 2
    assert found["careline_wait_seconds_bucket 20.0 cards"] == 1
    assert found["careline_abandoned_wait_seconds_sum cards"] == 70
    assert found["careline_talk_seconds_sum cards"] == 90


def test_a_call_under_way_is_one_until_it_is_over(metrics: Metrics) -> None:
    summary = CallSummary(call_id="1", started=AT)
    metrics.add(summary)
    metrics.add(replace(summary, queue="cards"))
    assert read(metrics)["careline_calls_under_way"] == 1
    metrics.add(replace(summary, ended=AT, outcome="left"))
    metrics.add(replace(summary, ended=AT, outcome="left"))
    found = read(metrics)
    assert (found["careline_calls_under_way"], found["careline_calls_total left"]) == (0, 1)


def test_the_floor_is_seen_as_it_is_now(metrics: Metrics) -> None:
    found = read(metrics)
    assert (found["careline_agents free"], found["careline_agents talking"]) == (1, 2)
    assert found["careline_calls_waiting cards"] == 2
    assert found["careline_longest_wait_seconds general"] == 40
    assert found["careline_switch_connected"] == 1


def test_refused_offers_troubles_and_errors_are_counted(metrics: Metrics) -> None:
    metrics.add(CallEvent("1", 0, AT, "refused", {"agent": "anna", "cause": "no_answer"}))
    metrics.add(CallEvent("1", 1, AT, "trouble", {"text": "the lookup failed"}))
    log, handler = logging.getLogger("ivr.journal"), metrics.counting()
    log.addHandler(handler)
    try:
        log.error("the store is gone")
        log.warning("not an error")
    finally:
        log.removeHandler(handler)
    found = read(metrics)
    assert found["careline_offers_refused_total no_answer"] == 1
    assert found["careline_troubles_total"] == 1
    assert found["careline_errors_total ivr.journal"] == 1


def test_recordings_that_did_not_begin_are_counted(metrics: Metrics) -> None:
    assert read(metrics)["careline_recordings_total no"] == 0, "so that the first one is a rise"
    told = [("joined", True), ("joined", False), ("ivr_recorded", True), ("joined", None)]
    for seq, (kind, recorded) in enumerate(told):
        data = {} if recorded is None else {"recording": "1-1", "recorded": recorded}
        metrics.add(CallEvent("1", seq, AT, kind, data))
    found = read(metrics)
    assert found["careline_recordings_total yes"] == 2
    assert found["careline_recordings_total no"] == 1


def test_nothing_tells_of_a_person_or_of_one_call(metrics: Metrics) -> None:
    call(metrics, "1763700000.12", "answered", queue="cards", waited_s=4.0, agent="anna")
    text = metrics.text().decode()
    assert not any(word in text for word in ("1763700000", "5678", "Li Hua", "anna"))


def test_calls_are_told_by_their_state(metrics: Metrics) -> None:
    for name in ("1", "2", "3", "4", "5", "6"):
        metrics.add(CallSummary(call_id=name, started=AT))
    found = read(metrics)
    states = {state: found[f"careline_calls_by_state {state}"]
              for state in ("in_flow", "waiting", "ringing", "talking")}  # fmt: skip
    assert states == {"in_flow": 1, "waiting": 3, "ringing": 0, "talking": 2}


class Sound:
    connected = 7
    refused = 2


def test_it_is_told_how_callers_are_heard(metrics: Metrics) -> None:
    assert "careline_audio_connections" not in read(metrics), "where nobody may speak"
    metrics.hears(Sound())
    metrics.recognized(0.15)
    found = read(metrics)
    assert found["careline_audio_connections"] == 7
    assert found["careline_audio_refused_total"] == 2
    assert found["careline_recognition_seconds_bucket 0.2"] == 1
