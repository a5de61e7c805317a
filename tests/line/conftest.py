"""The exchanges on which the contract is tried."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from speech import models
from speech.hearing import Hearing
from tests.line.asterisk_exchange import AsteriskExchange
from tests.line.exchange import (
    Exchange,
    RecordedExchange,
    SimulatedExchange,
    SpokenExchange,
)
from tests.rig.rig import Switches


@pytest.fixture(scope="session")
def asterisk_exchange(
    switches: Switches,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsteriskExchange:
    """The real switches, started when first wanted."""
    return AsteriskExchange(switches, tmp_path_factory.mktemp("prompts"))


@pytest.fixture(
    params=["simulated", "recorded", pytest.param("asterisk", marks=pytest.mark.switch)]
)
def exchange(request: pytest.FixtureRequest, tmp_path: Path) -> Exchange:
    """One exchange after the other."""
    match request.param:
        case "simulated":
            return SimulatedExchange()
        case "recorded":
            return RecordedExchange(tmp_path / "call.yaml")
        case _:
            found: Exchange = request.getfixturevalue("asterisk_exchange")
            return found


@pytest.fixture
def said(tmp_path: Path) -> Path:
    """Where a recording goes."""
    return tmp_path / "said.wav"


@pytest.fixture(scope="session")
def spoken_asterisk_exchange(
    switches: Switches, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AsteriskExchange]:
    """The real switches, and real recognizers."""
    hearing = Hearing(models.recognizers(tmp_path_factory.mktemp("models")))
    assert asyncio.run(hearing.warm_up()) == {}
    yield AsteriskExchange(switches, tmp_path_factory.mktemp("prompts"), hearing)
    hearing.close()


@pytest.fixture(params=["simulated", "recorded"])
def told_exchange(request: pytest.FixtureRequest, tmp_path: Path) -> SpokenExchange:
    """Those whose callers are told what to say."""
    if request.param == "simulated":
        return SimulatedExchange()
    return RecordedExchange(tmp_path / "call.yaml")


@pytest.fixture(
    params=["simulated", "recorded", pytest.param("asterisk", marks=pytest.mark.switch)]
)
def spoken_exchange(request: pytest.FixtureRequest, tmp_path: Path) -> SpokenExchange:
    """Those whose caller can speak."""
    match request.param:
        case "simulated":
            return SimulatedExchange()
        case "recorded":
            return RecordedExchange(tmp_path / "call.yaml")
        case _:
            found: SpokenExchange = request.getfixturevalue("spoken_asterisk_exchange")
            return found
