"""Records that exist are valid."""

from datetime import UTC, datetime

import pytest

from ivr.agent import AgentAccount
from ivr.errors import BadInput
from ivr.record import CallEvent, CallSummary

NAIVE = datetime(2026, 11, 21)  # noqa: DTZ001  the mistake on trial


@pytest.mark.parametrize("name", ["", "Ana", "ana luz", "-ana", "ana\n", "安娜", "a" * 33, "a;b"])
def test_an_agents_name_is_fit_to_be_a_phones_user(name: str) -> None:
    with pytest.raises(BadInput, match="small letters"):
        AgentAccount(name)


@pytest.mark.parametrize("level", [0, 6, -1])
def test_a_skill_has_a_level_from_1_to_5(level: int) -> None:
    with pytest.raises(BadInput, match="expected 1 to 5"):
        AgentAccount("ana", skills={"zh": level})


def test_an_agents_phone_secret_is_not_shown() -> None:
    assert "geheim" not in repr(AgentAccount("ana", phone_secret="geheim"))


def test_a_record_knows_its_time_zone() -> None:
    with pytest.raises(BadInput, match="time zone"):
        CallEvent("1", 0, NAIVE, "silence", {})
    with pytest.raises(BadInput, match="'started'"):
        CallSummary(call_id="1", started=NAIVE)
    with pytest.raises(BadInput, match="'ended'"):
        CallSummary(call_id="1", started=datetime(2026, 11, 21, tzinfo=UTC), ended=NAIVE)
