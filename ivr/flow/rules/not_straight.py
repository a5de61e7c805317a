"""Elderly and foreign callers come to a human without pressing anything."""

from collections.abc import Iterator
from math import inf

from ivr.flow.inspection import Inspection
from ivr.flow.problem import Problem
from ivr.flow.proof import Straight
from ivr.flow.rules.far_from_human import inputs

NAME = "not-straight"


def check(inspection: Inspection) -> Iterator[Problem]:
    """What such callers have to press by day, against `limits.elderly` and `limits.foreign`."""
    hotline = inspection.hotline
    limits, source = hotline.center.limits, hotline.center_source
    for who, most in (("elderly", limits.elderly), ("foreign", limits.foreign)):
        far = [
            one
            for one in inspection.proof.straight
            if (one.caller.age is not None) == (who == "elderly") and one.inputs > most
        ]
        if not far:
            continue
        worst = max(far, key=lambda one: one.inputs)
        needs = (
            f"needs {inputs(worst.inputs)} to reach"
            if worst.inputs < inf
            else "has no way at all to reach"
        )
        message = (
            f"{worst.caller} {needs} a human by day{_why(worst)}; "
            f"limits.{who} allows {most}. Mend: {_remedy(who, worst)}"
        )
        spot = source.key(("rules",)) if hotline.center.rules else source.key(("center",))
        yield source.problem(spot, message, NAME)


def _why(one: Straight) -> str:
    return ", for no rule holds" if one.walks else ", for the queue of the rule may be closed"


def _remedy(who: str, one: Straight) -> str:
    if not one.walks:
        return "give the queue no hours, or name them in limits.hours if they are open by day"
    when = (
        "caller.age >= center.elder_age"
        if who == "elderly"
        else 'caller.language != "zh" && staffed(caller.language)'
    )
    return f"add a rule that sends such callers to a queue, with when: {when}"
