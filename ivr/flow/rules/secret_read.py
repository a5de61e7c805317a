"""What a caller keys into a secret is read by nothing that could reveal it."""

from collections.abc import Iterator

from ivr.flow.inspection import Inspection
from ivr.flow.problem import Problem
from ivr.flow.rules.unknown_variable import problem

NAME = "secret-read"


def check(inspection: Inspection) -> Iterator[Problem]:
    """Expressions and prompts that read a secret, and names that are secret here and open there."""
    flows = inspection.hotline.flows.values()
    secret = {
        mention.name: f"{flow.name}.{name}"
        for flow in flows
        for name, step in flow.steps.items()
        for mention in step.secrets()
    }
    for asked in inspection.expressions():
        for name in sorted(asked.expression.reads & secret.keys()):
            message = (
                f'"{name}" is asked as a secret in {secret[name]}; nothing may read it. Only a '
                f"lookup may pass it on: secret: {name}"
            )
            yield problem(asked, max(asked.expression.text.find(name), 0), message, NAME)
    for flow in flows:
        for step_name, step in flow.steps.items():
            for mention in step.writes():
                if mention.name in secret:
                    message = (
                        f'"{mention.name}" is a secret in {secret[mention.name]} and would be '
                        "readable here; give one of them another name"
                    )
                    spot = flow.source.value(("steps", step_name, *mention.loc))
                    yield flow.source.problem(spot, message, NAME)
