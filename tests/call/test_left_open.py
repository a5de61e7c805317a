"""An engine dies in a talk with a customer who was rung back: the talk goes on, and its record ends."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from ivr.call import Call, NoLine
from ivr.line.asterisk.sighting import Sighting, sightings
from ivr.line.far_end import RingsOut
from ivr.line.line import Arrival
from ivr.pickup import PickUps
from ivr.record import CallEvent, CallRecord, CallSummary, UnderWay
from ivr.store.database import Database
from tests.call.hall import WEDNESDAY_10, Hall

TALKS, RINGS, LOST, OLD = "1.1-back-1", "1.2-back-2", "1.3", "1.4-back-4"
WAITS = ("waiting", {"queue": "general", "position": 1})
JOINED = ("joined", {"agent": "ana", "recording": f"{TALKS}-1", "recorded": True})
LEFT = {
    TALKS: (("callback", {"of": "1.1"}), WAITS, JOINED),
    RINGS: (("callback", {"of": "1.2"}), ("callback_rings", {"agent": "bo"})),
    LOST: (("agent_lost", {"of": "1.0-back-0", "agent": "bo"}), WAITS),
    OLD: (("callback", {"of": "1.4"}), WAITS, JOINED),
}
AGENT = {"Channel": "PJSIP/ana-00000001", "Context": "careline-connect", "Uniqueid": TALKS}
CUSTOMER = {"Channel": "PJSIP/carrier-00000002", "Context": "careline-whisper", "Uniqueid": "1.9"}
ON_THE_SWITCH = [one | {"Linkedid": TALKS, "BridgeId": "b"} for one in (AGENT, CUSTOMER)]


@dataclass
class Morning:
    """The engine that begins next, and what it writes."""

    pick_ups: PickUps
    hall: Hall
    ended: dict[str, CallSummary] = field(default_factory=dict)

    def add(self, entry: CallEvent | CallSummary) -> None:
        if isinstance(entry, CallSummary) and entry.ended is not None:
            self.ended[entry.call_id] = entry

    async def make(self, before: CallRecord, where: UnderWay) -> Call:
        arrival = Arrival(before.summary.call_id, "", "", before.summary.started)
        hall = self.hall
        return Call(arrival, NoLine(), hall.hotline, hall.desk, self, hall.now, before=before)

    def looks(self, seen: dict[str, Sighting]) -> None:
        self.pick_ups.seen(seen, restarted=False)

    def state(self, agent: str) -> str:
        seat = self.hall.desk.floor.agent(agent)
        return seat.state if seat is not None else "away"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database.open(f"sqlite:///{tmp_path}/careline.db") as opened:
        for call_id, events in LEFT.items():
            at = WEDNESDAY_10 - (timedelta(days=3) if call_id == OLD else timedelta(minutes=5))
            opened.calls.start(CallSummary(call_id=call_id, started=at, queue="general"))
            told = [CallEvent(call_id, seq, at, *one) for seq, one in enumerate(events)]
            opened.calls.append(told)
        yield opened


@pytest.fixture
async def morning(database: Database) -> AsyncIterator[Morning]:
    hall = Hall({"ana": ({"zh": 5}, RingsOut()), "bo": ({"zh": 5}, RingsOut())})
    begun = Morning(PickUps(database, hall.desk), hall)
    await begun.pick_ups.left_behind(begun.make, 2.0, hall.now())
    yield begun
    hall.desk.close()


async def test_an_attempt_in_which_nobody_talked_is_over_at_once(morning: Morning) -> None:
    assert list(morning.ended) == [RINGS]
    assert morning.ended[RINGS].outcome == "failed"


async def test_a_talk_keeps_its_agent_busy_and_ends_when_it_does(morning: Morning) -> None:
    assert morning.pick_ups.follows(TALKS)
    for _ in range(2):
        morning.looks(sightings(ON_THE_SWITCH))
        assert TALKS not in morning.ended
        assert morning.state("ana") == "talking", "nobody rings them meanwhile"
    morning.looks({})
    over = morning.ended[TALKS]
    assert (over.outcome, over.agent, over.queue) == ("answered", "ana", "general")
    assert not morning.pick_ups.follows(TALKS)
    assert over.talked_s == pytest.approx(300, abs=30)
    assert morning.state("ana") != "talking"


async def test_who_had_lost_the_agent_is_the_switchs_now(morning: Morning) -> None:
    customer = {"Channel": "PJSIP/carrier-00000003", "Context": "careline-fallback"}
    morning.looks(sightings([customer | {"Uniqueid": LOST, "Linkedid": LOST}]))
    assert morning.ended[LOST].outcome == "handed_back"


async def test_what_was_left_open_long_ago_is_left_alone(morning: Morning) -> None:
    morning.looks({})
    assert OLD not in morning.ended, "nobody knows how long that talk was"
