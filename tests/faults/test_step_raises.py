"""A step of a flow has a bug: who meets it goes to a human, nobody else notices, the operator knows."""

import asyncio
import logging

import pytest

from ivr.flow.conversation import Conversation
from ivr.flow.steps.menu import Menu
from ivr.line.far_end import Answers, Press, Script
from ivr.line.virtual_time import run
from ivr.metrics import Metrics
from ivr.trial.hall import Trial
from tests.call.hall import Hall, heard
from tests.test_metrics import ThreeAgents, read

AGENTS = 60
ZH = {"zh": 5, "cards": 5, "senior_care": 5}
MEETS_IT = Script((Press("2"),))  # accounts
OTHERS = Script((Press("1"),))  # a lost card


@pytest.fixture
def accounts_raise(monkeypatch: pytest.MonkeyPatch) -> None:
    works = Menu.run

    async def fails(self: Menu, talk: Conversation) -> str:
        if talk.place.flow == "accounts":
            raise KeyError("balance")
        return await works(self, talk)

    monkeypatch.setattr(Menu, "run", fails)


@pytest.mark.usefixtures("accounts_raise")
def test_fifty_callers_meet_a_bug_and_fifty_others_do_not_notice(
    caplog: pytest.LogCaptureFixture,
) -> None:
    figures = Metrics(ThreeAgents(), lambda: True)

    async def day() -> tuple[list[Trial], list[Trial]]:
        hall = Hall({f"a{n}": (ZH, Answers(after=2, talks=5)) for n in range(AGENTS)})
        calls = [
            asyncio.ensure_future(hall.ring(f"1390000{n:04}", MEETS_IT if n % 2 else OTHERS))
            for n in range(100)
        ]
        told = list(await asyncio.gather(*calls))
        assert hall.troubles.counts == {
            ("the step accounts.accounts_menu failed: KeyError", "KeyError"): 50
        }
        return told[1::2], told[::2]

    with caplog.at_level(logging.ERROR):
        unlucky, others = run(day())
    assert {trial.summary.outcome for trial in (*unlucky, *others)} == {"answered"}
    for trial in unlucky:
        assert len(trial.all("trouble")) == 1
        assert "sorry_trouble" in heard(trial), "they hear that it is not their fault"
        assert trial.summary.queue == "general", "and talk to a human"
    for trial in others:
        assert trial.all("trouble") == []
        assert "sorry_trouble" not in heard(trial)
        assert trial.summary.queue == "cards"
    [report] = caplog.records
    assert "the step accounts.accounts_menu failed: KeyError" in report.getMessage()
    assert report.exc_info is not None, "with the place in the program"
    for trial in unlucky:
        for event in trial.events:
            figures.add(event)
    assert read(figures)["careline_troubles_total"] == 50
