"""A form asks for everything it wants, so that it can end."""

from collections.abc import Iterator

from ivr.flow.inspection import Inspection
from ivr.flow.problem import Problem
from ivr.flow.steps.form import Form

NAME = "unasked-field"


def check(inspection: Inspection) -> Iterator[Problem]:
    """Fields of forms without a prompt of their own, where there are several.

    The form's own prompt asks for all of them; who has named the others would hear it again.
    """
    for flow in inspection.hotline.flows.values():
        for name, step in flow.steps.items():
            if not isinstance(step, Form) or len(step.fields) == 1:
                continue
            for field, slot in step.fields.items():
                if slot.ask is None:
                    message = (
                        f'nothing asks for "{field}" when the caller has named the rest; give it '
                        "a prompt with ask:"
                    )
                    spot = flow.source.key(("steps", name, "fields", field))
                    yield flow.source.problem(spot, message, NAME)
