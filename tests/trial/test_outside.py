"""In a trial the bank's other systems say what the call's test states, and nothing leaves."""

from pathlib import Path

import pytest

from ivr.flow.calls import read_calls
from ivr.flow.load import load
from ivr.trial.case import try_cases

LOOKUPS = "lookups: {bank: {url: 'https://bank.example/{code}'}}\nsms: {to: file}\n"
STEPS = """\
  told:
    lookup: bank
    with: {code: code}
    into: {amount: account.amount}
    next: rich
    missing: bye
    failed: duty
  rich: {branch: [{when: amount > 100, to: send}], otherwise: agent}
  send: {sms: welcome, next: bye, failed: agent}
"""


@pytest.fixture
def bank(folder: Path) -> Path:
    """A hotline that looks something up and sends a message."""
    main = folder / "main.yaml"
    main.write_text(main.read_text().replace("  told: {say: told, next: agent}\n", STEPS))
    center = folder / "center.yaml"
    center.write_text(center.read_text() + LOOKUPS)
    return folder


@pytest.mark.parametrize(
    ("states", "ends"),
    [
        ("lookups: {bank: {account: {amount: 250}}}", "{step: main.bye}"),
        ("lookups: {bank: {account: {amount: 50}}}", "{step: main.agent}"),
        ("lookups: {bank: {account: {}}}", "{step: main.bye}"),
        ("lookups: {bank: missing}", "{step: main.bye}"),
        ("lookups: {bank: fails}", "{with: duty}"),
        ("lookups: {bank: {account: {amount: 250}}}\n    gateways: fail", "{step: main.agent}"),
    ],
)
def test_a_lookup_finds_what_is_stated(bank: Path, states: str, ends: str) -> None:
    hotline = load(bank)
    (bank / "main.calls.yaml").write_text(
        f"calls:\n  - call: A call\n    talk: [key: 2, key: 2345]\n    {states}\n    ends: {ends}\n"
    )
    [tried] = try_cases(hotline, read_calls(bank, hotline))
    assert [problem.message for problem in tried.problems] == []


def test_a_lookup_of_which_nothing_is_stated_fails_the_test(bank: Path) -> None:
    hotline = load(bank)
    (bank / "main.calls.yaml").write_text(
        "calls:\n  - call: A call\n    talk: [key: 2, key: 2345]\n"
    )
    [tried] = try_cases(hotline, read_calls(bank, hotline))
    assert ["trouble" in problem.message for problem in tried.problems] == [True]
