"""The operator's monitoring asks a running engine how it is."""

import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from prometheus_client.parser import text_string_to_metric_families

from ivr.journal import Journal
from ivr.record import CallSummary
from ivr.store import Database
from ivr.web.watch import Watch
from routing.events import AgentArrived, CallWaits, PhoneSeen
from routing.floor import Floor
from routing.model import Agent, Need, Queue
from tests.rig.rig import free_ports

NOW = 100.0


class Engine:
    """As much of an engine as is watched."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.journal = Journal(database)
        self.floor = Floor({"cards": Queue("cards", Need({"cards": 1}))})
        self.connected = True
        self.port = free_ports(1)[0]
        self.watch = Watch(
            self.port, self.journal, self.floor, database, lambda: self.connected, lambda: NOW
        )

    async def ask(self, path: str) -> httpx.Response:
        async with httpx.AsyncClient(trust_env=False) as client:
            return await client.get(f"http://127.0.0.1:{self.port}{path}")


@pytest_asyncio.fixture
async def engine(tmp_path: Path) -> AsyncIterator[Engine]:
    with Database.open(f"sqlite:///{tmp_path}/careline.db") as database:
        engine = Engine(database)
        await engine.watch.open()
        yield engine
        await engine.watch.close()


async def test_the_figures_are_read_as_prometheus_reads_them(engine: Engine) -> None:
    engine.floor.handle(AgentArrived(Agent("ana", {"accounts": 3})), 40.0)
    engine.floor.handle(CallWaits("1", "cards"), 88.0)
    engine.journal.add(CallSummary(call_id="1", started=datetime.now(UTC)))
    logging.getLogger("ivr.journal").error("something")
    answer = await engine.ask("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    found = {
        sample.name: sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
    assert found["careline_agents"] == 1
    assert found["careline_calls_under_way"] == 1
    assert found["careline_longest_wait_seconds"] == 12
    assert found["careline_errors_total"] == 1
    assert found["careline_switch_connected"] == 1


async def test_an_engine_that_can_serve_is_ready_and_well(engine: Engine) -> None:
    for path in ("/healthz", "/readyz"):
        assert (await engine.ask(path)).status_code == 200


async def test_without_the_switch_it_is_well_but_not_ready(engine: Engine) -> None:
    engine.connected = False
    assert (await engine.ask("/healthz")).status_code == 200
    answer = await engine.ask("/readyz")
    assert (answer.status_code, answer.text) == (503, "The link to the switch is down.\n")


async def test_it_takes_no_instruction(engine: Engine) -> None:
    assert (await engine.ask("/calls")).status_code == 404
    async with httpx.AsyncClient(trust_env=False) as client:
        refused = await client.post(f"http://127.0.0.1:{engine.port}/metrics")
    assert refused.status_code == 405


async def test_an_agent_whose_phone_is_gone_is_not_free(engine: Engine) -> None:
    engine.floor.handle(AgentArrived(Agent("ana", {"cards": 3})), 40.0)
    engine.floor.handle(PhoneSeen("ana", reachable=False), 50.0)
    figures = (await engine.ask("/metrics")).text
    assert 'careline_agents{state="unreachable"} 1.0' in figures
    assert 'state="free"' not in figures


async def test_an_engine_whose_port_is_taken_answers_calls_and_says_that_nobody_watches(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    second = Watch(
        engine.port, engine.journal, engine.floor, engine.database, lambda: True, lambda: NOW
    )
    await second.open()
    assert f"port {engine.port} cannot be had (Address already in use)" in caplog.text
    assert "Set metrics_port to another" in caplog.text
    await second.close()
    assert (await engine.ask("/readyz")).text == "ready\n"


async def test_without_a_port_nothing_listens(tmp_path: Path) -> None:
    with Database.open(f"sqlite:///{tmp_path}/careline.db") as database:
        floor, before = Floor({}), logging.getLogger().handlers[:]
        watch = Watch(None, Journal(database), floor, database, lambda: True, lambda: NOW)
        await watch.open()
        assert logging.getLogger().handlers == before
        await watch.close()
