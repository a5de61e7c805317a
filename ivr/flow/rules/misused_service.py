"""Lookups get what they need, a secret goes only where one is expected, and gateways exist."""

from collections.abc import Iterator

from ivr.flow.hotline import Flow
from ivr.flow.inspection import Inspection
from ivr.flow.problem import Problem
from ivr.flow.secure import SecureSpec
from ivr.flow.services import Lookup
from ivr.flow.source import Loc
from ivr.flow.steps.lookup import Lookup as Ask
from ivr.flow.steps.sms import Sms
from ivr.flow.steps.ticket import Ticket

NAME = "misused-service"


def check(inspection: Inspection) -> Iterator[Problem]:
    """Steps that ask or tell others, against what center.yaml says of those."""
    center = inspection.hotline.center
    for flow in inspection.hotline.flows.values():
        for name, step in flow.steps.items():
            at: Loc = ("steps", name)
            if isinstance(step, Ask) and step.lookup in center.lookups:
                yield from _lookup(flow, at, step, center.lookups[step.lookup], inspection)
            if isinstance(step, Sms) and center.sms is None:
                yield _no_gateway(flow, (*at, "sms"), "sms")
            if isinstance(step, Ticket) and center.tickets is None:
                yield _no_gateway(flow, (*at, "ticket"), "tickets")
    if (secure := center.secure_entry) is not None and secure.lookup in center.lookups:
        yield from _secure(secure, center.lookups[secure.lookup], inspection)


def _secure(secure: SecureSpec, lookup: Lookup, inspection: Inspection) -> Iterator[Problem]:
    """A secure entry whose lookup takes no secret would ask for it in vain."""
    source = inspection.hotline.center_source
    lacking = sorted(lookup.holes - secure.with_.keys())
    spot = source.value(("secure_entry", "lookup"))
    if lacking:
        what = ", ".join(lacking)
        message = f'the address of the lookup "{secure.lookup}" needs {what}: add it to with:'
        yield source.problem(spot, message, NAME)
    if lookup.secret is None:
        message = f'the lookup "{secure.lookup}" takes no secret: add secret: to it'
        yield source.problem(spot, message, NAME)


def _lookup(
    flow: Flow, at: Loc, step: Ask, lookup: Lookup, inspection: Inspection
) -> Iterator[Problem]:
    source = flow.source
    lacking = sorted(lookup.holes - step.with_.keys())
    if lacking:
        message = (
            f'the address of the lookup "{step.lookup}" needs {", ".join(lacking)}: add it to with:'
        )
        yield source.problem(source.key((*at, "with")), message, NAME)
    if step.secret is None and lookup.secret is not None:
        message = f'the lookup "{step.lookup}" needs a secret: add secret: with the variable'
        yield source.problem(source.value((*at, "lookup")), message, NAME)
    if step.secret is not None:
        spot = source.value((*at, "secret"))
        if lookup.secret is None:
            message = (
                f'the lookup "{step.lookup}" takes no secret: add secret: to it in center.yaml'
            )
            yield source.problem(spot, message, NAME)
        elif step.secret not in _asked(inspection):
            message = f'no step asks "{step.secret}" as a secret (ask: with secret: yes)'
            yield source.problem(spot, message, NAME)


def _asked(inspection: Inspection) -> set[str]:
    flows = inspection.hotline.flows.values()
    steps = (step for flow in flows for step in flow.steps.values())
    return {mention.name for step in steps for mention in step.secrets()}


def _no_gateway(flow: Flow, loc: Loc, section: str) -> Problem:
    message = f"center.yaml names no gateway for this: add {section}: {{to: file}} to it"
    return flow.source.problem(flow.source.value(loc), message, NAME)
