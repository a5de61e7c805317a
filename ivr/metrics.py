"""Which figures does the operator's monitoring read?

Counters and times are taken from the entries of the call records as they pass; what is so at this
moment (who waits, what agents do) is asked of the floor when somebody looks. Names and units follow
https://prometheus.io/docs/practices/naming/. No label is a call, a caller or an agent: there would
be a time series for each.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from time import monotonic
from typing import Protocol

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client import Counter as Count
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from ivr.record import CallEvent, CallSummary

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
LAG_EVERY = 0.5  # seconds between two looks at how late the event loop is

_WAITS = (1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600)
_TALKS = (15, 30, 60, 120, 180, 300, 600, 1200, 2400)
_RECOGNITION = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5)
_LAGS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5)


class Floor(Protocol):
    """What is asked of the floor: (state, queue) of each agent, (queue, seconds) of each call."""

    def agent_states(self) -> Iterable[str]:
        """The state of every agent who is logged in."""

    def waits(self) -> Iterable[tuple[str, float]]:
        """The queue of every waiting call, and the seconds it has waited."""


class Audio(Protocol):
    """What is asked of where calls bring their sound: calls connected, strangers refused so far."""

    connected: int
    refused: int


class Metrics:
    """The figures of one engine. `floor` and `connected` are asked when they are read."""

    def __init__(self, floor: Floor, connected: Callable[[], bool]) -> None:
        self._floor = floor
        self._connected = connected
        self._audio: Audio | None = None
        self._under_way: set[str] = set()
        self.registry = registry = CollectorRegistry()
        self._calls = Count(
            "careline_calls",
            "Calls that are over, by what came of them.",
            ["outcome"],
            registry=registry,
        )
        self._waited = Histogram(
            "careline_wait_seconds",
            "From asking for a human to talking to one; of calls that were answered.",
            ["queue"],
            buckets=_WAITS,
            registry=registry,
        )
        self._gave_up = Histogram(
            "careline_abandoned_wait_seconds",
            "From asking for a human to hanging up; of callers who gave up.",
            ["queue"],
            buckets=_WAITS,
            registry=registry,
        )
        self._talked = Histogram(
            "careline_talk_seconds",
            "How long talks with agents lasted.",
            ["queue"],
            buckets=_TALKS,
            registry=registry,
        )
        self._refused = Count(
            "careline_offers_refused",
            "Phones that were rung and did not take the call.",
            ["cause"],
            registry=registry,
        )
        recordings = Count(
            "careline_recordings",
            "Talks, and what was said in flows, that were to be recorded; whether the switch began to.",
            ["begun"],
            registry=registry,
        )
        self._recorded = {begun: recordings.labels(begun) for begun in ("yes", "no")}
        self._troubles = Count(
            "careline_troubles", "Failures noted in call records.", registry=registry
        )
        self._errors = Count(
            "careline_errors",
            "Errors logged, by the part that logged them.",
            ["part"],
            registry=registry,
        )
        self._lag = Histogram(
            "careline_event_loop_lag_seconds",
            "How late the engine's event loop was.",
            buckets=_LAGS,
            registry=registry,
        )
        self.recognized = Histogram(
            "careline_recognition_seconds",
            "From the end of what a caller said to its words.",
            buckets=_RECOGNITION,
            registry=registry,
        ).observe
        registry.register(self)

    def hears(self, audio: Audio) -> None:
        """Callers may speak, and `audio` is where their sound comes."""
        self._audio = audio

    def add(self, entry: CallEvent | CallSummary) -> None:
        """Take in an entry of a call record."""
        if isinstance(entry, CallSummary):
            self._summary(entry)
        elif entry.kind == "refused":
            self._refused.labels(str(entry.data.get("cause", "unknown"))).inc()
        elif entry.kind == "trouble":
            self._troubles.inc()
        elif "recorded" in entry.data and entry.kind in {"joined", "ivr_recorded"}:
            self._recorded["yes" if entry.data["recorded"] else "no"].inc()

    def _summary(self, call: CallSummary) -> None:
        if call.ended is None:
            self._under_way.add(call.call_id)
            return
        if call.call_id not in self._under_way:
            return  # a summary that is said twice
        self._under_way.discard(call.call_id)
        self._calls.labels(call.outcome).inc()
        if call.queue is None or call.waited_s is None:
            return
        waited = self._waited if call.talked_s is not None else self._gave_up
        waited.labels(call.queue).observe(call.waited_s)
        if call.talked_s is not None:
            self._talked.labels(call.queue).observe(call.talked_s)

    def collect(self) -> Iterator[Metric]:
        """What is so at this moment; called by the registry."""
        yield _gauge("careline_calls_under_way", "Calls the engine holds.", len(self._under_way))
        yield _gauge(
            "careline_switch_connected", "Whether the link to the switch is up.", self._connected()
        )
        yield from self._states()
        yield from self._sound()
        agents = GaugeMetricFamily(
            "careline_agents", "Agents logged in, by state.", labels=["state"]
        )
        for state, count in sorted(Counter(self._floor.agent_states()).items()):
            agents.add_metric([state], count)
        yield agents
        waits: dict[str, list[float]] = {}
        for queue, seconds in self._floor.waits():
            waits.setdefault(queue, []).append(seconds)
        waiting = GaugeMetricFamily("careline_calls_waiting", "Calls that wait.", labels=["queue"])
        longest = GaugeMetricFamily(
            "careline_longest_wait_seconds",
            "How long the first of them has waited.",
            labels=["queue"],
        )
        for queue, waited in sorted(waits.items()):
            waiting.add_metric([queue], len(waited))
            longest.add_metric([queue], max(waited))
        yield from (waiting, longest)

    def _states(self) -> Iterator[Metric]:
        agents = Counter(self._floor.agent_states())
        ringing, talking = agents["ringing"], agents["talking"]
        waiting = max(0, sum(1 for _ in self._floor.waits()) - ringing)
        found = {"waiting": waiting, "ringing": ringing, "talking": talking}
        found["in_flow"] = max(0, len(self._under_way) - sum(found.values()))
        states = GaugeMetricFamily(
            "careline_calls_by_state",
            "Calls the engine holds: in the flow, waiting, ringing an agent, talking to one.",
            labels=["state"],
        )
        for state, count in sorted(found.items()):
            states.add_metric([state], count)
        yield states

    def _sound(self) -> Iterator[Metric]:
        if self._audio is None:
            return
        what = "Calls whose sound comes to the engine."
        yield _gauge("careline_audio_connections", what, self._audio.connected)
        what = "Connections for sound that no call belongs to."
        yield CounterMetricFamily("careline_audio_refused", what, value=self._audio.refused)

    def text(self) -> bytes:
        """Everything, in Prometheus' text format (`CONTENT_TYPE`)."""
        return generate_latest(self.registry)

    async def watch_lag(self) -> None:
        """Measure the event loop's lag until cancelled."""
        while True:
            due = monotonic() + LAG_EVERY
            await asyncio.sleep(LAG_EVERY)
            self._lag.observe(max(0.0, monotonic() - due))

    def counting(self) -> logging.Handler:
        """A handler that counts the errors logged."""
        return _Errors(self._errors)


class _Errors(logging.Handler):
    def __init__(self, errors: Count) -> None:
        super().__init__(logging.ERROR)
        self._errors = errors

    def emit(self, record: logging.LogRecord) -> None:
        self._errors.labels(record.name).inc()


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(name, what, value=value)
