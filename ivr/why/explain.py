"""What is told of a record, and in which order?"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from ivr.reasons import Language, Shown, sentences
from ivr.record import CallEvent, CallRecord
from ivr.story import Sentence
from ivr.why.waits import ENDS, Rival, Wait, waits
from ivr.why.words import WORDS

NOT_TAKEN = frozenset({"closed", "unstaffed", "closed_by_hand", "turned_away"})
"""The kinds of event with which a call is not let into a queue at all."""
AHEAD = {"returns": "head_start", "callback_taken_over": "waited"}
"""The kinds of event that put a call ahead besides its priority, and where the seconds are."""
IN_ALL = frozenset({"joined", "abandoned", "ended", "rung_later", "rung_no_more"})
"""The ends of which it is told how long the call has waited in all its queues."""


def explain(
    record: CallRecord, rivals: Mapping[datetime, Sequence[Rival]], language: Language = "en"
) -> tuple[Sentence, ...]:
    """The whole explanation, in order. `rivals` are the other calls taken during each wait, by the
    moment it began.
    """
    words = WORDS[language]
    found = waits(record.events)
    if not found:
        return tuple(_not_taken(record.events, words))
    told = list(_way(record.events, found[0].begins, words))
    waited = (found[0].begins.at - found[0].since).total_seconds()
    begun = -1
    for wait in found:
        lead = [event for event in record.events if begun < event.seq < wait.begins.seq]
        begun = wait.begins.seq
        waited += (wait.ends - wait.begins.at).total_seconds()
        told += _wait(wait, lead, words)
        told += _ahead(wait, rivals.get(wait.begins.at, ()), words)
        told += _offers(wait, language)
        told += _end(wait, waited, words)
    return tuple(told)


def _not_taken(events: Sequence[CallEvent], words: Mapping[str, str]) -> Iterator[Sentence]:
    """Why a call never waited for an agent."""
    why = next((event for event in events if event.kind in NOT_TAKEN), None)
    if why is None:
        yield Sentence(words["never_waited"])
        return
    yield from _way(events, why, words)
    yield Sentence(words[f"not_taken_{why.kind}"].format_map(Shown(why.data)))


def _way(
    events: Iterable[CallEvent], until: CallEvent, words: Mapping[str, str]
) -> Iterator[Sentence]:
    """How the call came to its queue: by a rule, by asking for a human, by a step, by losing the
    agent who had rung back."""
    last = None
    for event in events:
        if event.seq >= until.seq:
            break
        if event.kind in ("rule", "human_wanted", "agent_lost"):
            last = event
            key = event.kind
        elif event.kind == "step" and (last is None or last.kind == "step"):
            last = event
            key = "step"
    if last is not None:
        because = str(last.data.get("reason", "")).partition(", because ")[2]
        shown = Shown({**last.data, "because": because.replace(" is ", " = ")})
        yield Sentence(words[key].format_map(shown))


def _wait(wait: Wait, lead: Iterable[CallEvent], words: Mapping[str, str]) -> Iterator[Sentence]:
    """What was asked for, and how far ahead the call was; `lead` is what happened just before."""
    data = Shown(wait.begins.data)
    need = data.get("need") or words["anybody"]
    reasons = []
    if wait.head_start:
        reasons.append(words["head_start"].format(head_start=_minutes(wait.head_start)))
    for event in lead:
        if event.kind in AHEAD:
            seconds = float(event.data.get(AHEAD[event.kind]) or 0)  # type: ignore[arg-type]
            if event.kind == "returns" or seconds + 1 >= wait.head_start:  # else priority decided
                reasons.append(words[event.kind].format(minutes=_minutes(seconds)))
    if "own_agent" in data:
        reasons.append(words["own_agent"].format_map(data))
    relax = data.get("relax")
    for after, later in relax if isinstance(relax, list | tuple) else ():
        reasons.append(words["relax"].format(after=after, need=_need(later, words)))
    if wait.to_be_rung_back:
        text = words["rings_back"].format_map(data)
    else:
        text = words["waits"].format(queue=data["queue"], need=_need(need, words))
    yield Sentence(text, tuple(reasons))


def _ahead(wait: Wait, rivals: Sequence[Rival], words: Mapping[str, str]) -> Iterator[Sentence]:
    unfit = _unfit(wait)
    place = wait.since.timestamp() - wait.head_start
    reasons = []
    for rival in sorted(rivals, key=lambda one: one.taken):
        if rival.since.timestamp() - rival.head_start > place or rival.agent in unfit:
            continue
        if not wait.offers and rival.queue != wait.begins.data.get("queue"):
            continue  # nobody knows whether an agent of that queue could have taken this call
        earlier = wait.since > rival.since
        key = "earlier" if earlier else "outranks"
        after = (rival.since - wait.since).total_seconds()
        reasons.append(
            words[key].format(
                call=rival.call_id,
                agent=rival.agent,
                seconds=round(abs(after)),
                head_start=_minutes(rival.head_start),
                own=_minutes(wait.head_start),
            )
        )
    if reasons:
        key = "one_ahead" if len(reasons) == 1 else "ahead"
        yield Sentence(words[key].format(count=len(reasons)), tuple(reasons))
    elif wait.to_be_rung_back:
        return  # who is not on the line may have waited for more than an agent: for the hours, say
    elif wait.offers and float(wait.offers[0].data.get("waited") or 0) >= 1:  # type: ignore[arg-type]
        own = "own_agent" in wait.begins.data
        yield Sentence(words["nobody_ahead_of_own" if own else "nobody_ahead"])


def _unfit(wait: Wait) -> set[str]:
    """The agents who, by the last decision, lack a skill this call needs: no loss when taken."""
    verdicts = wait.offers[-1].data.get("verdicts") if wait.offers else None
    return {
        str(one.get("agent"))
        for one in (verdicts if isinstance(verdicts, list) else ())
        if isinstance(one, Mapping) and one.get("code") == "lacks_skill"
    }


def _offers(wait: Wait, language: Language) -> Iterator[Sentence]:
    words = WORDS[language]
    for event in wait.events:
        data = Shown(event.data)
        if event.kind == "offer":
            stage = data.get("stage", 0)
            key = "offer_relaxed" if stage else "offer"
            asked = _need(data.get("need") or "", words)
            text = words[key].format_map(Shown({**data, "stage": stage, "need": asked}))
            yield Sentence(text, sentences(data.get("verdicts"), language))
        elif event.kind in ("refused", "withdrawn", "not_joined"):
            key = "gone" if event.kind == "withdrawn" and "cause" in event.data else event.kind
            cause = words.get(f"cause_{data['cause']}", data["cause"])
            yield Sentence(words[key].format_map(Shown({**data, "cause": cause})))
        elif event.kind == "supervised" and data["act"] in ("front", "move"):
            yield Sentence(words[str(data["act"])].format_map(data))
        elif event.kind == "callback_put_off":
            yield Sentence(words[event.kind].format_map(data))


def _end(wait: Wait, in_all: float, words: Mapping[str, str]) -> Iterator[Sentence]:
    last = wait.events[-1] if wait.events else None
    if last is None or last.kind not in ENDS:
        yield Sentence(words["still"])
        return
    key = last.kind
    if wait.to_be_rung_back and key in ("ended", "engine_stops"):
        later = any(event.kind == "callback_put_off" for event in wait.events)
        given_up = last.data.get("outcome") == "not_reached" and not later
        key = "rung_no_more" if given_up else "rung_later"
    elif key == "ended":
        key = "abandoned" if last.data.get("by") == "caller" else "ended"
    here = (wait.ends - wait.begins.at).total_seconds()
    waited = round(in_all if key in IN_ALL else here)
    yield Sentence(words[key].format_map(Shown({**last.data, "waited": waited})))


def _need(need: object, words: Mapping[str, str]) -> str:
    return words["anybody"] if need in ("", "anybody") else str(need)


def _minutes(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
