"""A recording is deleted when its time is over, never sooner, and never while it is held."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from recordings.retention import Keep, Kept, Type, due

NOW = datetime(2026, 11, 21, tzinfo=UTC)
USUAL = timedelta(days=180)
RULES = [
    Keep("complaints", timedelta(days=1095), queues=("complaints",)),
    Keep("abandoned", timedelta(days=30), outcomes=("abandoned",)),
]


def days_ago(
    days: int, queue: str = "cards", outcome: str = "answered", held: bool = False
) -> Kept:
    return Kept(f"{days}-{queue}-{outcome}", NOW - timedelta(days=days), queue, outcome, held)


def gone(*recordings: Kept) -> list[tuple[str, str]]:
    return [(one.name, one.rule) for one in due(recordings, RULES, USUAL, NOW)]


def test_the_usual_time_counts_where_no_rule_fits() -> None:
    assert gone(days_ago(179), days_ago(180)) == [("180-cards-answered", "usual")]


def test_a_rule_may_keep_shorter_or_longer() -> None:
    assert gone(days_ago(31, outcome="abandoned")) == [("31-cards-abandoned", "abandoned")]
    assert gone(days_ago(400, queue="complaints")) == []


def test_the_longest_of_two_rules_counts() -> None:
    assert gone(days_ago(400, queue="complaints", outcome="abandoned")) == []
    assert gone(days_ago(1096, queue="complaints", outcome="abandoned")) == [
        ("1096-complaints-abandoned", "complaints")
    ]


def test_a_rule_may_be_for_one_type_alone() -> None:
    rules = [Keep("ivr", timedelta(days=30), types=("ivr",))]
    old = [replace(days_ago(40), type=type_) for type_ in get_args(Type)]
    assert [(one.type, one.rule) for one in due(old, rules, USUAL, NOW)] == [("ivr", "ivr")]


def test_what_is_held_stays() -> None:
    assert gone(days_ago(5000, held=True)) == []


@given(st.lists(st.integers(min_value=0, max_value=2000)))
def test_the_oldest_goes_first_and_nothing_goes_too_soon(days: list[int]) -> None:
    over = due(map(days_ago, days), RULES, USUAL, NOW)
    assert [one.since for one in over] == sorted(one.since for one in over)
    assert len(over) == sum(day >= 180 for day in days)
