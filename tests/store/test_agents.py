"""Agents' accounts are kept between shifts."""

from dataclasses import replace

import pytest

from ivr.agent import AgentAccount
from ivr.errors import BadInput, NotFound
from ivr.store import Database

ANA = AgentAccount(
    "ana", "Ana Luz", "en", {"en": 5, "zh": 3}, "s3cret", logged_in=True, paused="lunch"
)
BO = AgentAccount("bo")


def test_an_agent_comes_back_as_kept(database: Database) -> None:
    database.agents.add(BO)
    database.agents.add(ANA)
    assert database.agents.get("ana") == ANA
    assert list(database.agents.list()) == [ANA, BO]


def test_a_name_is_given_once(database: Database) -> None:
    database.agents.add(ANA)
    with pytest.raises(BadInput, match="an agent named ana already"):
        database.agents.add(replace(ANA, display="another"))
    assert database.agents.get("ana") == ANA


def test_an_agent_logs_out_and_learns(database: Database) -> None:
    database.agents.add(ANA)
    later = replace(ANA, logged_in=False, paused=None, skills={"en": 5, "ja": 1})
    database.agents.save(later)
    assert database.agents.get("ana") == later


def test_an_agent_who_leaves_is_gone(database: Database) -> None:
    database.agents.add(ANA)
    database.agents.remove("ana")
    assert list(database.agents.list()) == []


@pytest.mark.parametrize("name", ["nobody", "", "a\0", "'; DROP TABLE agents; --"])
def test_an_agent_who_is_not_there_is_told_so(database: Database, name: str) -> None:
    with pytest.raises(NotFound, match="no agent named"):
        database.agents.get(name)
    with pytest.raises(NotFound, match="no agent named"):
        database.agents.remove(name)


def test_nobody_is_made_by_saving(database: Database) -> None:
    with pytest.raises(NotFound, match="no agent named 'ana'"):
        database.agents.save(ANA)
    assert list(database.agents.list()) == []
