"""Straight to a human? The rules of center.yaml, asked before any flow runs."""

from collections.abc import Mapping
from dataclasses import dataclass

from ivr.flow.center import Rule
from ivr.flow.expression import Facts, Value


@dataclass(frozen=True, slots=True)
class Straight:
    """The rule that decided, and its reason in words for the record."""

    rule: Rule
    reason: str


def decide(rules: tuple[Rule, ...], facts: Facts) -> Straight | None:
    """The first rule that holds, or None: the call goes through its flow."""
    for rule in rules:
        if rule.when.holds(facts):
            return Straight(rule, _reason(rule, facts.values))
    return None


def _reason(rule: Rule, values: Mapping[str, Value]) -> str:
    facts = [
        f"{name}.{key} is {_shown(value)}"
        for name in sorted(rule.when.reads)
        if isinstance(values.get(name), dict)
        for key, value in values[name].items()
        if f"{name}.{key}" in rule.when.text
    ]
    because = f", because {' and '.join(facts)}" if facts else ""
    return f'rule "{rule.name}" holds ({rule.when.text}){because}'


def _shown(value: Value) -> str:
    return (
        {True: "true", False: "false"}.get(value, str(value))
        if isinstance(value, bool)
        else str(value)
    )
