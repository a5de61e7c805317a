"""Every step does what its own example says: the registry is walked, none can be left out."""

import re
from typing import Any

import pytest

from ivr.flow.source import parse
from ivr.flow.steps import STEPS
from tests.flow.cases import CASES
from tests.flow.house import take


def test_every_step_has_cases() -> None:
    assert set(CASES) == set(STEPS)


@pytest.mark.parametrize(
    ("fields", "given", "expected"),
    [
        pytest.param(fields, given, expected, id=f"{kind} {what}")
        for kind, cases in CASES.items()
        for what, fields, given, expected in cases
    ],
)
def test_a_step_leads_where_it_must(
    fields: dict[str, Any], given: dict[str, Any], expected: str | None
) -> None:
    target, _, _ = take(fields, **given)
    assert target == expected


@pytest.mark.parametrize("kind", STEPS)
def test_the_example_of_a_step_is_a_valid_one(kind: str) -> None:
    model = STEPS[kind]
    assert model.__doc__ is not None
    block = re.split(r"\n\s*\n", model.__doc__.strip())[-1]
    [(name, fields)] = parse(block, kind).data.items()
    step = model.model_validate(fields)
    assert next(field for field in fields if field in STEPS) == kind, name
    targets = {exit_.target for exit_ in step.exits()}
    assert all(target in str(fields) for target in targets)
