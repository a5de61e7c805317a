"""What is said of an agent, verdict by verdict, in English and in Chinese?"""

from collections.abc import Callable, Mapping
from typing import Literal

from ivr.reasons.shown import Shown

Language = Literal["en", "zh"]


def _chosen(own: str, longest: str, most: str) -> Callable[[Shown], str]:
    """The words for the chosen agent: the caller's own, the longest free, or the one with most
    points."""

    def words(shown: Shown) -> str:
        if shown.get("own") is True:
            return own
        return longest if shown.get("score") == shown.get("idle") else most

    return words


def _lacks(whole: str, parts: Mapping[str, str], nothing: str) -> Callable[[Shown], str]:
    """The words for an unmet need: the sentence, its parts, and the level of who has none."""

    def words(shown: Shown) -> str:
        lacks, found = shown.get("lacks"), []
        for skill, (asked, has) in lacks.items() if isinstance(lacks, Mapping) else ():
            found.append(parts["skill"].format(skill=skill, asked=asked, has=has or nothing))
        found += [
            parts["either"].format(choices=parts["or"].join(f"({one})" for one in group))
            for group in shown.get("either", ())
        ]
        found += [parts["unwanted"].format(need=one) for one in shown.get("unwanted", ())]
        shown["skills"] = parts["between"].join(found) or "–"
        return whole

    return words


WORDS: dict[Language, dict[str, str | Callable[[Shown], str]]] = {
    "en": {
        "chosen": _chosen(
            "{agent} is offered the call: the caller's own agent, free for {idle} s.",
            "{agent} is offered the call: free the longest of all who fit, for {idle} s.",
            "{agent} is offered the call: the most points of all who fit, {score}; free for "
            "{idle} s.",
        ),
        "lacks_skill": _lacks(
            "{agent} does not fit: {skills}.",
            {
                "skill": "{skill} {asked} is needed, has {has}",
                "either": "one of {choices} is needed, has neither",
                "or": " or ",
                "unwanted": "{need} is not wanted",
                "between": "; ",
            },
            "none",
        ),
        "refused_this_call": "{agent} was offered this call before and did not take it.",
        "ringing": "{agent}'s phone has been ringing for another call for {for} s.",
        "talking": "{agent} has been talking for {for} s.",
        "wrap_up": "{agent} has been finishing the last call for {for} s.",
        "paused": "{agent} has been paused for {for} s ({pause}).",
        "unreachable": "{agent}'s phone cannot be reached.",
        "away": "{agent}, the caller's own agent, is not logged in.",
        "longer_idle_preferred": "{agent} is free too, for {idle} s, but {than} came first.",
        "callers_own_preferred": "{agent} is free too, but {than} is the caller's own agent.",
        "fewer_points": "{agent} is free too, but has fewer points for this call ({score}) than "
        "{than}.",
        "needed_elsewhere": "{agent} is free too, but was the only one for another call.",
        "kept": "{agent} is free too, but was kept for others who need them more.",
        "kept_free": "{agent} is free too, but was kept free for {queue}.",
        "resting": "{agent} rests while others are at work.",
    },
    "zh": {
        "chosen": _chosen(
            "{agent} 被选中:是来电人的专属坐席,已空闲 {idle} 秒。",
            "{agent} 被选中:在合适的坐席中空闲最久,已 {idle} 秒。",
            "{agent} 被选中:在合适的坐席中得分最高({score}),已空闲 {idle} 秒。",
        ),
        "lacks_skill": _lacks(
            "{agent} 技能不足:{skills}。",
            {
                "skill": "{skill} 需要 {asked} 级,实有 {has}",
                "either": "需要 {choices} 之一,均不具备",
                "or": " 或 ",
                "unwanted": "不接受 {need}",
                "between": ";",
            },
            "无",
        ),
        "refused_this_call": "{agent} 之前已收到此来电,但没有接。",
        "ringing": "{agent} 的话机正为另一来电振铃,已 {for} 秒。",
        "talking": "{agent} 正在通话,已 {for} 秒。",
        "wrap_up": "{agent} 正在做话后处理,已 {for} 秒。",
        "paused": "{agent} 已暂停 {for} 秒({pause})。",
        "unreachable": "{agent} 的话机无法接通。",
        "away": "{agent} 是来电人的专属坐席,但没有签入。",
        "longer_idle_preferred": "{agent} 也空闲(已 {idle} 秒),但 {than} 更靠前。",
        "callers_own_preferred": "{agent} 也空闲,但 {than} 是来电人的专属坐席。",
        "fewer_points": "{agent} 也空闲,但对此来电的得分({score})低于 {than}。",
        "needed_elsewhere": "{agent} 也空闲,但是另一来电唯一合适的坐席。",
        "kept": "{agent} 也空闲,但留给更需要的来电。",
        "kept_free": "{agent} 也空闲,但为队列 {queue} 预留。",
        "resting": "{agent} 正在休整,由其他在岗坐席接听。",
    },
}
UNKNOWN: dict[Language, str] = {
    "en": "{agent} was passed over ({code}).",
    "zh": "{agent} 未被选中({code})。",
}
MORE: dict[Language, str] = {
    "en": "{count} more {code}.",
    "zh": "另有 {count} 名坐席{code}。",
}
NAMES: dict[Language, dict[str, str]] = {
    "en": {
        "lacks_skill": "lack a skill",
        "refused_this_call": "did not take this call before",
        "ringing": "have a ringing phone",
        "talking": "are talking",
        "wrap_up": "are finishing a call",
        "paused": "are paused",
        "unreachable": "cannot be reached",
        "longer_idle_preferred": "are free too but came later in the order",
        "fewer_points": "are free too but have fewer points",
        "needed_elsewhere": "are free too but needed elsewhere",
        "kept": "are free too but kept for others",
        "kept_free": "are free too but kept for callers yet to come",
        "resting": "are resting",
        "callers_own_preferred": "are free too but not the caller's own agent",
    },
    "zh": {
        "lacks_skill": "技能不足",
        "refused_this_call": "之前没有接此来电",
        "ringing": "话机正在振铃",
        "talking": "正在通话",
        "wrap_up": "正在做话后处理",
        "paused": "已暂停",
        "unreachable": "话机无法接通",
        "longer_idle_preferred": "也空闲,但排在后面",
        "fewer_points": "也空闲,但得分较低",
        "needed_elsewhere": "也空闲,但另有需要",
        "kept": "也空闲,但留给其他来电",
        "kept_free": "也空闲,但为后续来电预留",
        "resting": "正在休整",
        "callers_own_preferred": "也空闲,但不是专属坐席",
    },
}
