"""The one loop that moves a call through its flow."""

from contextlib import suppress
from typing import Literal

from ivr.errors import CallerHungUp, LineError
from ivr.flow.conversation import Conversation
from ivr.flow.global_keys import BackWanted, HumanWanted
from ivr.flow.hotline import Place
from ivr.flow.serving import NotServed
from ivr.flow.step import Step
from ivr.flow.straight import Straight, decide
from ivr.line.commands import Answer, HandBack

Ending = Literal["served", "ended", "handed_back"]


async def converse(talk: Conversation) -> Ending:
    """Take the call from its arrival to its end.

    A rule of center.yaml that holds sends it straight to an agent; otherwise it walks the entry
    flow. A call that is picked up goes on at its step. Raises `CallerHungUp` when the caller leaves
    and `LineError` when the switch fails.
    """
    if talk.place.step:  # picked up in the middle
        return await _walk(talk, talk.place)
    place = talk.hotline.place(talk.hotline.center.center.entry)
    straight = decide(talk.hotline.center.rules, talk.facts)
    if straight is not None:
        result = await _go_straight(talk, straight)
        if result is None:
            return "served"
        place = result
    return await _walk(talk, place)


async def _go_straight(talk: Conversation, straight: Straight) -> Place | None:
    rule = straight.rule
    talk.note("rule", name=rule.name, reason=straight.reason)
    result = await talk.serve(rule.queue, rule.need, rule.priority, say=rule.say)
    if not isinstance(result, NotServed):
        return None
    hotline = talk.hotline
    return hotline.place(result.target or hotline.center.center.entry)


async def _take_over(talk: Conversation) -> None:
    """Have the line ready for the first step; whoever had it before may have left it recording."""
    if talk.picked_up is None or not talk.picked_up.in_talk:
        await talk.line.perform(Answer())
        if talk.picked_up is not None:
            await talk.monitoring.end_any()


async def _may_be_done(step: Step, talk: Conversation) -> bool:
    """Whether no secret of the step can be recorded; whoever is in a talk is past all that."""
    in_talk = talk.picked_up is not None and talk.picked_up.in_talk
    return in_talk or await talk.monitoring.before(step, talk.place.flow)


async def _walk(talk: Conversation, place: Place | None) -> Ending:
    hotline = talk.hotline
    human = hotline.place(hotline.center.center.human)
    await _take_over(talk)
    troubles = 0
    for _ in range(hotline.center.center.step_budget):
        if place is None:
            break
        step = hotline.step(place)
        at_menu, is_human = step.is_menu, place == human
        talk.place, talk.within = place, place.flow
        if talk.memory.arrive(place, at_menu=at_menu, is_human=is_human):
            talk.note("dialog_left")
        talk.note("step", flow=place.flow, step=place.step, kind=step.kind)
        try:
            target = await step.run(talk) if await _may_be_done(step, talk) else str(human)
        except HumanWanted:
            talk.note("human_wanted", at=str(place))
            place = human
            continue
        except BackWanted:
            place = talk.memory.go_back(place)
            continue
        except (CallerHungUp, LineError):
            raise
        except Exception as error:  # a broken step must cost this caller nothing but a moment
            talk.house.trouble(f"the step {place} failed: {type(error).__name__}", error)
            troubles += 1
            if troubles > 1:
                break
            with suppress(HumanWanted, BackWanted):  # who presses 0 gets what comes next anyway
                await talk.say("sorry_trouble")
            place = human
            continue
        finally:
            talk.picked_up = None
        if target is None:
            return "ended"
        place = hotline.place(target, talk.within)
    else:
        budget = hotline.center.center.step_budget
        talk.house.trouble(f"more than {budget} steps: the flow goes in circles")
    await talk.line.perform(HandBack())
    return "handed_back"
