"""Why did a call go where it went, and wait as long as it did? Its record, told to a supervisor.

From the stored events alone: why it came to its queue, what was asked of agents and how that was
relaxed, who was served first and why, and for every offer why this agent and why nobody else. The
sentences hold text from outside as it came; whoever shows them makes it harmless.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ivr.reasons import Language, sentences
from ivr.record import CallEvent, CallRecord
from ivr.story import Sentence

Data = Mapping[str, Any]
ENDS = frozenset(
    {
        "joined",
        "unstaffed",
        "queue_full",
        "waited_too_long",
        "taken_out",
        "callback_asked",
        "closed_by_hand",
        "ended",
        "engine_stops",
    }
)
"""The kinds of event with which a wait is over."""
NOT_TAKEN = frozenset({"closed", "unstaffed", "closed_by_hand", "turned_away"})
"""The kinds of event with which a call is not let into a queue at all."""
IN_ALL = frozenset({"joined", "abandoned", "ended"})
"""The ends of which it is told how long the call has waited in all its queues."""


@dataclass(frozen=True, slots=True)
class Rival:
    """Another call that somebody took while this one waited.

    `since` is when it began to wait (aware), in `queue`, `head_start` its priority in seconds.
    """

    call_id: str
    since: datetime
    head_start: float
    agent: str
    taken: datetime
    queue: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """One wait in a queue: its `waiting` event, and what happened until it was over."""

    begins: CallEvent
    events: tuple[CallEvent, ...]

    @property
    def head_start(self) -> float:
        """The call's priority, in seconds."""
        return float(self.begins.data.get("head_start") or 0)  # type: ignore[arg-type]

    @property
    def ends(self) -> datetime:
        """When somebody took the call, or it left."""
        return self.events[-1].at if self.events else self.begins.at

    @property
    def offers(self) -> tuple[CallEvent, ...]:
        """The offers made in it."""
        return tuple(event for event in self.events if event.kind == "offer")


def waits(events: Sequence[CallEvent]) -> tuple[Wait, ...]:
    """The waits of a call, each up to and with the event that ended it."""
    found: list[Wait] = []
    begins: CallEvent | None = None
    during: list[CallEvent] = []
    for event in events:
        if event.kind == "waiting":
            begins, during = event, []
        elif begins is not None:
            during.append(event)
            if event.kind in ENDS:
                found.append(Wait(begins, tuple(during)))
                begins = None
    if begins is not None:
        found.append(Wait(begins, tuple(during)))
    return tuple(found)


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
    told, waited = list(_way(record.events, found[0].begins, words)), 0.0
    for wait in found:
        waited += (wait.ends - wait.begins.at).total_seconds()
        told += _wait(wait, words)
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
    yield Sentence(words[f"not_taken_{why.kind}"].format_map(_Shown(why.data)))


def _way(
    events: Iterable[CallEvent], until: CallEvent, words: Mapping[str, str]
) -> Iterator[Sentence]:
    """How the call came to its queue: by a rule, by asking for a human, by a step."""
    last = None
    for event in events:
        if event.seq >= until.seq:
            break
        if event.kind in ("rule", "human_wanted"):
            last = event
            key = event.kind
        elif event.kind == "step" and (last is None or last.kind == "step"):
            last = event
            key = "step"
    if last is not None:
        because = str(last.data.get("reason", "")).partition(", because ")[2]
        shown = _Shown({**last.data, "because": because.replace(" is ", " = ")})
        yield Sentence(words[key].format_map(shown))


def _wait(wait: Wait, words: Mapping[str, str]) -> Iterator[Sentence]:
    data = _Shown(wait.begins.data)
    need = data.get("need") or words["anybody"]
    reasons = []
    if wait.head_start:
        reasons.append(words["head_start"].format(head_start=_minutes(wait.head_start)))
    if "own_agent" in data:
        reasons.append(words["own_agent"].format_map(data))
    relax = data.get("relax")
    for after, later in relax if isinstance(relax, list | tuple) else ():
        reasons.append(words["relax"].format(after=after, need=_need(later, words)))
    text = words["waits"].format(queue=data["queue"], need=_need(need, words))
    yield Sentence(text, tuple(reasons))


def _ahead(wait: Wait, rivals: Sequence[Rival], words: Mapping[str, str]) -> Iterator[Sentence]:
    unfit = _unfit(wait)
    place = wait.begins.at.timestamp() - wait.head_start
    reasons = []
    for rival in sorted(rivals, key=lambda one: one.taken):
        if rival.since.timestamp() - rival.head_start > place or rival.agent in unfit:
            continue
        if not wait.offers and rival.queue != wait.begins.data.get("queue"):
            continue  # nobody knows whether an agent of that queue could have taken this call
        earlier = wait.begins.at > rival.since
        key = "earlier" if earlier else "outranks"
        after = (rival.since - wait.begins.at).total_seconds()
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
        yield Sentence(words["ahead"].format(count=len(reasons)), tuple(reasons))
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
        data = _Shown(event.data)
        if event.kind == "offer":
            stage = data.get("stage", 0)
            key = "offer_relaxed" if stage else "offer"
            asked = _need(data.get("need") or "", words)
            text = words[key].format_map(_Shown({**data, "stage": stage, "need": asked}))
            yield Sentence(text, sentences(data.get("verdicts"), language))
        elif event.kind in ("refused", "withdrawn"):
            key = "gone" if event.kind == "withdrawn" and "cause" in event.data else event.kind
            cause = words.get(f"cause_{data['cause']}", data["cause"])
            yield Sentence(words[key].format_map(_Shown({**data, "cause": cause})))
        elif event.kind == "supervised" and data["act"] in ("front", "move"):
            yield Sentence(words[str(data["act"])].format_map(data))


def _end(wait: Wait, in_all: float, words: Mapping[str, str]) -> Iterator[Sentence]:
    last = wait.events[-1] if wait.events else None
    if last is None or last.kind not in ENDS:
        yield Sentence(words["still"])
        return
    key = last.kind
    if key == "ended":
        key = "abandoned" if last.data.get("by") == "caller" else "ended"
    here = (wait.ends - wait.begins.at).total_seconds()
    waited = round(in_all if key in IN_ALL else here)
    yield Sentence(words[key].format_map(_Shown({**last.data, "waited": waited})))


def _need(need: object, words: Mapping[str, str]) -> str:
    return words["anybody"] if need in ("", "anybody") else str(need)


def _minutes(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


class _Shown(dict[str, Any]):
    """An event's data in which what is not there is shown as a dash."""

    def __missing__(self, key: str) -> str:
        return "–"


WORDS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "never_waited": "The call never waited for an agent, so nothing was decided.",
        "not_taken_closed": "The queue {queue} was closed ({hours}), so it did not wait for an agent.",
        "not_taken_unstaffed": "Nobody who could serve the queue {queue} was logged in, so it did "
        "not wait for an agent.",
        "not_taken_closed_by_hand": "The hotline was closed by {by}, so it did not wait.",
        "not_taken_turned_away": "The hotline was full, so it did not wait for an agent.",
        "rule": "It was put straight through: {reason}",
        "human_wanted": "The caller asked for a human at {at}.",
        "step": "It came through the step {flow}.{step}.",
        "waits": "It waited in the queue {queue} for an agent with: {need}.",
        "anybody": "no particular skill",
        "head_start": "It counted as having waited {head_start} min already (its priority).",
        "own_agent": "For {patience} s it waited for {own_agent} alone, whom the caller knows.",
        "relax": "After {after:g} s of waiting an agent with this was enough: {need}.",
        "ahead": "{count} calls were ahead of it and were taken first:",
        "nobody_ahead": "No other call was taken before it; it waited for an agent to be free.",
        "nobody_ahead_of_own": "No other call was taken before it.",
        "earlier": "{call} had waited {seconds} s longer, with a head start of {head_start} min "
        "(this one: {own}); {agent} took it.",
        "outranks": "{call} came {seconds} s later, but with a head start of {head_start} min "
        "(this one: {own}); {agent} took it.",
        "offer": "After {waited} s it was offered to {agent}; asked for: {need}.",
        "offer_relaxed": "After {waited} s it was offered to {agent}; by then the need had been "
        "relaxed (step {stage}), to: {need}.",
        "refused": "{agent} did not take it: {cause}. It kept its place and was offered on.",
        "cause_no_answer": "nobody picked up",
        "cause_busy": "the phone was busy",
        "cause_declined": "the call was declined",
        "cause_unreachable": "the phone could not be reached",
        "withdrawn": "The offer to {agent} was taken back; the call kept its place.",
        "gone": "The phone of {agent} was gone as it rang. The call kept its place and was offered on.",
        "front": "{by} had it served next of all that needed the same agents.",
        "move": "{by} moved it to the queue {queue}.",
        "joined": "{agent} took it, after {waited} s of waiting in all.",
        "abandoned": "The caller hung up after {waited} s, before anybody had taken the call.",
        "ended": "The call ended after {waited} s of waiting ({outcome}).",
        "unstaffed": "After {waited} s nobody who could serve it was logged in any more.",
        "queue_full": "The queue had as many calls as it may, so the call went on after {waited} s.",
        "waited_too_long": "After {waited} s it had waited as long as the queue allows.",
        "taken_out": "After {waited} s a supervisor took it out of the queue.",
        "callback_asked": "After {waited} s the caller chose to be called back, and kept the place.",
        "closed_by_hand": "After {waited} s the hotline was closed by {by}.",
        "engine_stops": "The engine was stopped after {waited} s; the switch kept the call.",
        "still": "It is waiting still.",
    },
    "zh": {
        "never_waited": "此来电没有等待过坐席,因此没有分配决定。",
        "not_taken_closed": "队列 {queue} 不在服务时间内({hours}),因此没有等待坐席。",
        "not_taken_unstaffed": "能服务队列 {queue} 的坐席均未签入,因此没有等待。",
        "not_taken_closed_by_hand": "热线已被 {by} 关闭,因此没有等待。",
        "not_taken_turned_away": "热线已满,因此没有等待坐席。",
        "rule": "直接转接人工:规则 {name} 成立({because})。",
        "human_wanted": "来电人在 {at} 要求人工服务。",
        "step": "经由步骤 {flow}.{step} 进入队列。",
        "waits": "在队列 {queue} 中等待,需要的技能:{need}。",
        "anybody": "无特定要求",
        "head_start": "按优先级,视同已等待 {head_start} 分钟。",
        "own_agent": "前 {patience} 秒只等待来电人熟悉的坐席 {own_agent}。",
        "relax": "等待 {after:g} 秒后放宽为:{need}。",
        "ahead": "有 {count} 个来电排在前面,先被接起:",
        "nobody_ahead": "没有其他来电先于它被接起;它等待的是坐席空闲。",
        "nobody_ahead_of_own": "没有其他来电先于它被接起。",
        "earlier": "{call} 早 {seconds} 秒开始等待,优先时间 {head_start} 分钟"
        "(本来电 {own} 分钟),由 {agent} 接起。",
        "outranks": "{call} 晚 {seconds} 秒到达,但优先时间为 {head_start} 分钟"
        "(本来电 {own} 分钟),由 {agent} 接起。",
        "offer": "等待 {waited} 秒后分配给 {agent};当时的要求:{need}。",
        "offer_relaxed": "等待 {waited} 秒后分配给 {agent};此时要求已放宽(第 {stage} 步)为:{need}。",
        "refused": "{agent} 没有接起:{cause}。来电保留原位,继续分配。",
        "cause_no_answer": "无人接听",
        "cause_busy": "话机忙",
        "cause_declined": "被拒接",
        "cause_unreachable": "话机无法接通",
        "withdrawn": "对 {agent} 的分配被撤回;来电保留原位。",
        "gone": "{agent} 的话机在振铃时失去联系;来电保留原位,继续分配。",
        "front": "{by} 将它排到同类来电的最前面。",
        "move": "{by} 将它转到队列 {queue}。",
        "joined": "{agent} 接起了来电,共等待 {waited} 秒。",
        "abandoned": "来电人等待 {waited} 秒后挂机,无人接起。",
        "ended": "等待 {waited} 秒后来电结束({outcome})。",
        "unstaffed": "{waited} 秒后,能服务此来电的坐席均已签出。",
        "queue_full": "队列已满,{waited} 秒后转出。",
        "waited_too_long": "等待 {waited} 秒,已达队列允许的最长时间。",
        "taken_out": "等待 {waited} 秒后,被主管移出队列。",
        "callback_asked": "等待 {waited} 秒后,来电人选择回拨,并保留原位。",
        "closed_by_hand": "等待 {waited} 秒后,热线被 {by} 关闭。",
        "engine_stops": "等待 {waited} 秒后引擎停止,来电由交换机保留。",
        "still": "仍在等待。",
    },
}
