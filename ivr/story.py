"""How is a call told? Each event of a record becomes a sentence, with its reasons below it.

The sentences hold text from outside as it came; whoever shows them makes it harmless.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ivr.reasons import Shown, sentences
from ivr.record import CallEvent

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sentence:
    """What happened, and why, where there are reasons."""

    text: str
    reasons: tuple[str, ...] = ()


def tell(event: CallEvent) -> Sentence:
    """An event as a sentence. A kind nobody has thought of yet is told by its data."""
    told = TOLD.get(event.kind)
    data = Shown(event.data)
    if callable(told):
        text = told(data)
    elif told is not None:
        text = told.format_map(data)
    else:
        text = _unknown(event)
    if event.data.get("erased"):
        text += " (The person was erased.)"
    return Sentence(text, sentences(event.data.get("verdicts")))


def _arrived(data: Data) -> str:
    version = f"; version {data['version']} of the flows serves it" if "version" in data else ""
    return f"The call arrived on {data['dialled']}{version}."


def _caller(data: Data) -> str:
    known = (
        "a caller the hotline knows" if data.get("known") else "a caller the hotline does not know"
    )
    if (kind := data.get("number_kind", "number")) != "number":
        known += f" ({kind} number)"
    age = f", aged {data['age']}" if data.get("age") is not None else ""
    guess = " (guessed)" if data.get("guessed") else ""
    return f"It is {known}{age}, spoken to in {data['language']}{guess}."


def _said(data: Data) -> str:
    text = f": {data['text']}" if data.get("text") else "."
    return f"Said {data['prompt']} in {data['language']}{text}"


def _heard(data: Data) -> str:
    if data.get("secret"):
        return f"The caller keyed {data['count']} secret digits."
    return f"The caller keyed {data['keys']}."


def _branch(data: Data) -> str:
    why = f"{data['when']} holds" if data.get("when") else "nothing else holds"
    return f"Went to {data['to']}, because {why}."


def _ticket(data: Data) -> str:
    fields = data.get("fields")
    told = ", ".join(f"{name} {value}" for name, value in fields.items()) if fields else ""
    taken = "" if data["taken"] else ", which nobody took"
    return f"A ticket on {data['topic']}{taken}{': ' if told else ''}{told}."


def _message(data: Data) -> str:
    what = str(data.get("kind", "message")).capitalize()
    if data.get("kept"):
        return f"{what} of {data['seconds']} s kept as {data['name']}."
    if "name" in data:
        return f"{what} {data['name']} could not be kept at once; it is tried again."
    return f"{what} not kept: too little was said."


def _waiting(data: Data) -> str:
    need = f" for an agent with {data['need']}" if data.get("need") else ""
    return f"Waits in the queue {data['queue']}{need}; {_outlook(data)}."


def _outlook(data: Data) -> str:
    if data["position"] == 0:
        return "a phone rings at once"
    place = f"position {data['position']}"
    if data.get("high") is None:
        return f"{place}, wait not known"
    return f"{place}, expected wait {data['low']} to {data['high']} s"


def _joined(data: Data) -> str:
    with_whom = data["agent"] if data.get("agent") else data["to"]
    silent = (
        "; the switch did not begin to record the talk" if data.get("recorded") is False else ""
    )
    return f"Joined with {with_whom}{silent}."


def _unknown(event: CallEvent) -> str:
    said = ", ".join(
        f"{name} {value}"
        for name, value in event.data.items()
        if name not in ("verdicts", "erased")
    )
    what = event.kind.replace("_", " ").capitalize()
    return f"{what}: {said}." if said else f"{what}."


def _utterance(data: Data) -> str:
    meant = data.get("meaning")
    means = f", which means {meant}" if meant else ""
    return f"The caller said {data['text']} ({data['language']}, {data['confidence']}){means}."


def _understood(data: Data) -> str:
    intent = data.get("intent")
    return {
        "act": f"Understood as {intent}.",
        "confirm": f"Taken for {intent}, if the caller says so.",
    }.get(str(data["answer"]), "What was said is none of what can be done here.")


def _picked_up(data: Data) -> str:
    where = "in its talk" if data.get("in_talk") else "where it was"
    return f"Picked up again {where}, after {data['gap']} s in which nobody saw what happened."


LOST = {
    "ended": "it ended while nobody looked",
    "taken_back": "the switch has handed it to its own queue",
    "switch": "the switch was restarted",
}
UNCLEAR = {
    "not_understood": "it was like nothing that could be said",
    "too_long": "it went on too long",
    "too_loud": "it was too loud",
    "too_noisy": "there was too much noise",
}
ASKED = {
    "repeat": "to hear it again",
    "back": "for the menu before",
    "slower": "to be spoken to slowly",
    "language": "for another language",
}
FULL = {"waiting": "as many waited as may", "calls": "as many calls as there may be"}
SUPERVISED = {
    "front": "had it served next",
    "withdraw": "took it out of its queue",
    "move": "moved it to another queue",
    "listen": "listened to the talk",
    "whisper": "listened and spoke to the agent",
    "barge": "joined the talk",
    "secure_entry": "had the caller key a secret",
    "secure_result": "asked what came of the secret entry",
}
SECURE = {
    "right": "it was right",
    "wrong": "it was wrong",
    "failed": "it was not keyed, or could not be checked",
    "not_muted": "nothing was asked, since the recording could not be muted",
    "broken_off": "it was broken off",
}
TOLD: dict[str, str | Callable[[Data], str]] = {
    "arrived": _arrived,
    "caller": _caller,
    "rule": "The rule {name} decides: {reason}",
    "step": "Step {flow}.{step} ({kind}).",
    "said": _said,
    "language": "The caller is spoken to in {language} from here on.",
    "heard": _heard,
    "silence": "The caller keyed nothing.",
    "utterance": _utterance,
    "unclear": lambda data: f"The caller was not understood: {UNCLEAR.get(data['cause'], '–')}.",
    "understood": _understood,
    "no_match": "{keys} is no answer to that.",
    "command": lambda data: f"The caller asked {ASKED.get(data['command'], data['command'])}.",
    "human_wanted": "The caller asked for a human at {at}.",
    "branch": _branch,
    "share": "Went to {to}, drawn with a share of {share}%.",
    "tries": "Try {count} of at most {most}.",
    "do": "The sub-dialog {to} begins.",
    "returned": "The sub-dialog returned; on to {to}.",
    "dialog_left": "The sub-dialog was left without a return.",
    "lookup": lambda data: f"Asked {data['name']}: {data['outcome']}.",
    "sms": lambda data: f"The SMS {data['prompt']} was {'sent' if data['taken'] else 'not sent'}.",
    "ticket": _ticket,
    "consent": lambda data: (
        f"The caller {'may' if data['recording'] else 'must not'} be recorded from here on."
    ),
    "ivr_recorded": lambda data: (
        "The switch did not begin to record what is said here."
        if not data["recorded"]
        else f"What is said here is recorded: {data['recording']}."
    ),
    "ivr_muted": lambda data: (
        "The recording is muted for a secret."
        if data["certain"]
        else "The recording could not be muted for a secret, so none was asked for."
    ),
    "ivr_heard": lambda data: (
        "The recording goes on."
        if data["certain"]
        else "The recording stayed muted, so another was begun."
    ),
    "secure_entry_begins": "The recording is muted; the caller keys a secret, the agent waits.",
    "secure_entry": lambda data: (
        f"The secret: {SECURE.get(data['outcome'], '–')}"
        f"{', and there is a token for it' if data.get('token') else ''}. The recording "
        f"{'goes on' if data['recording'] else 'may still be muted'}."
    ),
    "recorded": "The caller spoke for {seconds} s; ended by {ended}.",
    "message": _message,
    "survey": "Asked {question}, the caller gave {score}.",
    "set": "Set {name} to {value}.",
    "hours": lambda data: f"The hours {data['hours']} are {'open' if data['open'] else 'closed'}.",
    "supervised": lambda data: f"{data['by']} {SUPERVISED.get(data['act'], data['act'])}.",
    "turned_away": lambda data: (
        f"The hotline was full ({FULL.get(data['why'], '–')}): the caller "
        f"{'was told so' if data['told'] else 'was hung up on'}."
    ),
    "closed_by_hand": "The hotline was closed by {by}; the caller was told so.",
    "closed": "The queue {queue} is closed ({hours}).",
    "unstaffed": "Nobody who could serve the queue {queue} is logged in.",
    "returns": "The caller was cut off before, and is {head_start} s ahead.",
    "queue_full": "The queue {queue} had as many calls as it may.",
    "waited_too_long": "The call had waited as long as the queue {queue} allows.",
    "taken_out": "A supervisor took the call out of the queue {queue}.",
    "waiting": _waiting,
    "announced": lambda data: f"Told the caller: {_outlook(data)}.",
    "offer": "Offered to {agent}.",
    "withdrawn": lambda data: (
        f"The phone of {data['agent']} is gone, which rang: the call is offered on."
        if data.get("cause")
        else f"The offer to {data['agent']} was withdrawn."
    ),
    "refused": "{agent} did not take the call: {cause}.",
    "callback_offered": "The caller was offered to be called back.",
    "callback_asked": "The caller hangs up, and will be called back from the queue {queue}.",
    "callback": "Calls back whoever rang in {of} and has waited {waited} s in the queue {queue}.",
    "callback_rings": "The phone of {agent} is rung first.",
    "agent_lost": "Was rung back in {of}, where nothing was heard of the phone of {agent} any more.",
    "callback_put_off": "To be rung again in {seconds} s; rung in vain {tried} times.",
    "callback_taken_over": "The caller was to be called back, and takes the place: {waited} s ahead.",
    "transfer": "Put through to {to}.",
    "not_joined": "{to} was not reached: {cause}.",
    "joined": _joined,
    "hold": "The agent put the caller on hold.",
    "hold_over": "The caller was on hold for {seconds} s.",
    "talk_over": lambda data: (
        "Nothing was heard of the agent's phone any more: the caller goes on waiting."
        if data["by"] == "phone_lost"
        else f"The talk is over; ended by {data['by']}."
    ),
    "trouble": "Trouble: {text}",
    "link_lost": "The link to the switch was lost; the switch keeps the call.",
    "picked_up": _picked_up,
    "lost": lambda data: f"The call is not here any more: {LOST.get(data['how'], '–')}.",
    "engine_stops": "The engine was stopped; the switch keeps the call.",
    "ended": "The call ended: {outcome}, hung up by {by}.",
}
