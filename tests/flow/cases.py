"""What every step does with what callers do: where it leads, a table that is walked."""

from typing import Any

from ivr.flow.conversation import Conversation
from ivr.flow.outside import Failed, Found, Missing
from ivr.flow.serving import NotServed
from ivr.line.far_end import Mumble, Press, Script, Silent, Talks
from ivr.trial.box import Measured
from speech.thresholds import Answer
from tests.call.hall import WEDNESDAY_10
from tests.flow.house import House, keys, says, speaks, sure

MENU = {"menu": "main_menu", "choices": {"1": "a", "22": "b", "*": "c"}, "otherwise": "human"}
ASK = {"ask": "ask_card", "into": "card", "digits": "4-6", "next": "on", "otherwise": "human"}
RETRY = {"no_input": ["again"], "no_match": ["again", "again"]}
BRANCH = {"branch": [{"when": 'caller.tier == "gold"', "to": "gold"}], "otherwise": "plain"}
HOURS = {"hours": "office", "open": "day", "closed": "night"}
QUEUE = {"queue": "general", "next": "after", "unstaffed": "nobody"}
SHARE = {"share": [{"share": "30%", "to": "a"}, {"share": "70%", "to": "b"}]}
TRIES = {"tries": "2", "next": "again", "otherwise": "human"}
LOOKUP = {
    "lookup": "balance_service",
    "with": {"card": "card"},
    "into": {"balance": "account.balance"},
    "next": "tell",
    "missing": "none",
    "failed": "human",
}
SMS = {"sms": "goodbye", "next": "sent", "failed": "not_sent"}
TICKET = {"ticket": "complaint", "with": {"card": "card"}, "next": "noted", "failed": "human"}
SURVEY = {"survey": "again", "into": "score", "keys": "1-5", "next": "ty", "otherwise": "bye"}
RECORD = {"record": "again", "into": "reason", "next": "on", "nothing_said": "none"}
VOICEMAIL = {
    "voicemail": "again",
    "queue": "general",
    "notify": "night_message",
    "next": "thanks",
    "nothing_said": "none",
    "otherwise": "human",
}
DO = {"do": "other", "with": {"number": "card"}, "into": {"kind": "what"}, "next": "after"}
WORDS = {
    "menu": "menu",
    "choices": {"1": {"to": "lost", "says": "lost_card"}, "2": {"to": "yes", "says": "yes"}},
    "otherwise": "human",
}
LISTEN = {
    "listen": "help",
    "intents": {"lost_card": {"to": "lost", "confirm": "lost_card"}, "balance": "money"},
    "into": "intent",
    "choices": {"3": "visit"},
    "no_input": ["again"],
    "no_match": ["again"],
    "unheard": "menu",
    "otherwise": "other",
}
FORM = {
    "form": "when",
    "fields": {
        "kind": {"takes": "card_type", "ask": "which_card"},
        "urgent": {"takes": "yes_no", "ask": "is_it_urgent"},
    },
    "read_back": "read_back",
    "what_instead": "what_instead",
    "no_input": ["again"],
    "no_match": ["again"],
    "next": "done",
    "unheard": "deaf",
    "otherwise": "human",
}
SPEAKS = {"of": "speaks"}
NIGHT = WEDNESDAY_10.replace(hour=23)
HOLIDAY = WEDNESDAY_10.replace(month=10, day=1)


def with_a_card(talk: Conversation) -> None:
    talk.variables["card"] = "8843"


def three_times(talk: Conversation) -> None:
    for _ in range(2):
        talk.memory.count(talk.place)


def understands(intent: str | None, answer: Answer = "act") -> House:
    """A house that takes whatever is said for `intent`."""
    return House(opinion=sure(intent, answer))


def deaf() -> House:
    """A house without any recognizer."""
    return House(ears=frozenset())


def in_a_dialog(talk: Conversation) -> None:
    talk.memory.begin("main", {"kind": "debit"}, "other", "first", {"what": "kind"})


BACK = {"callback": "general", "next": "bye", "otherwise": "wait"}

CASES: dict[str, list[tuple[str, dict[str, Any], dict[str, Any], str | None]]] = {
    "say": [
        ("is heard to its end", {"say": "welcome", "next": "on"}, {}, "on"),
        (
            "can be cut short by a key",
            {"say": "welcome", "next": "on"},
            {"caller": keys("5")},
            "on",
        ),
    ],
    "menu": [
        ("takes a key", MENU, {"caller": keys("1")}, "a"),
        ("takes a choice of two keys", MENU, {"caller": keys("22")}, "b"),
        ("takes the star", MENU, {"caller": keys("*")}, "c"),
        ("gives up after silence", MENU, {}, "human"),
        ("asks again after silence", MENU | RETRY, {"caller": keys("", "1")}, "a"),
        ("asks again after a wrong key", MENU | RETRY, {"caller": keys("9", "8", "1")}, "a"),
        (
            "gives up when its prompts are used up",
            MENU | RETRY,
            {"caller": keys("9", "8", "7")},
            "human",
        ),
        ("takes words", WORDS, SPEAKS | {"caller": speaks("我要挂失")}, "lost"),
        ("takes a yes", WORDS, SPEAKS | {"caller": speaks("好的")}, "yes"),
        ("takes a key where words would do", WORDS, SPEAKS | {"caller": speaks("1")}, "lost"),
        (
            "does not take other words",
            WORDS,
            SPEAKS | {"caller": speaks("今天天气怎么样")},
            "human",
        ),
        (
            "takes words after others that were not understood",
            WORDS | {"no_match": ["again"]},
            SPEAKS | {"caller": speaks("今天天气怎么样", "我的卡丢了")},
            "lost",
        ),
        (
            "does not take a guess",
            WORDS,
            SPEAKS | {"caller": speaks("我要挂失", confidence=0.3)},
            "human",
        ),
        (
            "does not hear where there are no ears",
            WORDS,
            SPEAKS | {"caller": speaks("我要挂失"), "house": deaf()},
            "human",
        ),
    ],
    "ask": [
        ("takes digits", ASK, {"caller": keys("123456")}, "on"),
        ("ends early with the hash key", ASK, {"caller": keys("1234#")}, "on"),
        ("takes fewer after a pause", ASK, {"caller": keys("12345")}, "on"),
        ("asks again when too short", ASK | RETRY, {"caller": keys("12#", "1234#")}, "on"),
        ("does not take a star", ASK, {"caller": keys("12*4#")}, "human"),
        ("gives up after silence", ASK, {}, "human"),
        ("takes digits that are said", ASK, {"caller": speaks("八八四三")}, "on"),
        ("does not take too few of them", ASK, {"caller": speaks("八八")}, "human"),
        (
            "does not listen to a secret",
            ASK | {"secret": "yes"},
            {"caller": speaks("八八四三")},
            "human",
        ),
    ],
    "listen": [
        (
            "does what is asked for",
            LISTEN,
            SPEAKS | {"caller": speaks("我卡里还有多少钱"), "house": understands("balance")},
            "money",
        ),
        (
            "asks back where it is not sure, and takes a yes",
            LISTEN,
            SPEAKS | {"caller": speaks("卡", "对"), "house": understands("lost_card", "confirm")},
            "lost",
        ),
        (
            "takes key 1 for a yes",
            LISTEN,
            SPEAKS | {"caller": speaks("卡", "1"), "house": understands("lost_card", "confirm")},
            "lost",
        ),
        (
            "asks again after a no",
            LISTEN,
            SPEAKS
            | {"caller": speaks("卡", "不是", "3"), "house": understands("lost_card", "confirm")},
            "visit",
        ),
        (
            "asks back what was heard badly, however clear its meaning",
            LISTEN,
            SPEAKS
            | {
                "caller": speaks("卡", "", "", confidence=0.5),
                "house": understands("lost_card"),
            },
            "other",
        ),
        (
            "does not ask back where it has no question for it",
            LISTEN | {"no_match": []},
            SPEAKS | {"caller": speaks("钱"), "house": understands("balance", "confirm")},
            "other",
        ),
        (
            "gives up what it does not understand",
            LISTEN,
            SPEAKS | {"caller": speaks("天气很好", "天气很好")},
            "other",
        ),
        ("gives up after silence", LISTEN, SPEAKS, "other"),
        (
            "gives up after sounds without words",
            LISTEN,
            SPEAKS | {"caller": Script((Mumble(), Mumble(cause="too_loud")))},
            "other",
        ),
        ("takes a key", LISTEN, SPEAKS | {"caller": keys("3")}, "visit"),
        ("asks nothing of whom it cannot hear", LISTEN, SPEAKS | {"house": deaf()}, "menu"),
    ],
    "form": [
        (
            "takes all in one sentence",
            FORM,
            SPEAKS | {"caller": speaks("信用卡，是的", "对")},
            "done",
        ),
        (
            "asks for what is missing",
            FORM,
            SPEAKS | {"caller": speaks("信用卡", "不是", "1")},
            "done",
        ),
        (
            "takes a correction instead of a no",
            FORM,
            SPEAKS | {"caller": speaks("信用卡", "是", "不对，储蓄卡", "对")},
            "done",
        ),
        (
            "asks what it should be after a mere no",
            FORM,
            SPEAKS | {"caller": speaks("信用卡", "是", "2", "储蓄卡", "对")},
            "done",
        ),
        ("gives up after silence", FORM, SPEAKS | {"caller": speaks("", "")}, "human"),
        ("gives up on other words", FORM, SPEAKS | {"caller": speaks("啊", "啊")}, "human"),
        (
            "does not go on correcting for ever",
            FORM,
            SPEAKS | {"caller": speaks("信用卡", "是", *(["储蓄卡", "信用卡"] * 20))},
            "human",
        ),
        (
            "needs nothing to be read back",
            FORM | {"read_back": None},
            SPEAKS | {"caller": speaks("信用卡，是的")},
            "done",
        ),
        ("asks nothing of whom it cannot hear", FORM, SPEAKS | {"house": deaf()}, "deaf"),
    ],
    "branch": [
        ("follows what holds", BRANCH, {"tier": "gold"}, "gold"),
        ("goes on otherwise", BRANCH, {"tier": "plain"}, "plain"),
        (
            "does not follow what reads something unknown",
            BRANCH | {"branch": [{"when": "caller.age > 5", "to": "gold"}]},
            {},
            "plain",
        ),
    ],
    "set": [("sets and goes on", {"set": {"topic": '"x" + "y"'}, "next": "on"}, {}, "on")],
    "language": [("speaks on in it", {"language": "en", "next": "on"}, {}, "on")],
    "hours": [
        ("is open by day", HOURS, {}, "day"),
        ("is closed by night", HOURS, {"house": House(at=NIGHT)}, "night"),
        ("is closed on the national day", HOURS, {"house": House(at=HOLIDAY)}, "night"),
    ],
    "queue": [
        ("goes on after the talk", QUEUE, {}, "after"),
        ("goes elsewhere unstaffed", QUEUE, {"house": House(NotServed("unstaffed"))}, "nobody"),
        (
            "follows its queue when it says nothing itself",
            {"queue": "general"},
            {"house": House(NotServed("unstaffed"))},
            "main.bye",
        ),
    ],
    "transfer": [
        ("reaches the number", {"transfer": "duty", "next": "on", "failed": "no"}, {}, "on"),
        ("fails", {"transfer": "duty", "ring": "0.5s", "failed": "no"}, {}, "no"),
    ],
    "share": [
        ("sends this caller here", SHARE, {"number": "+8613800138000"}, "b"),
        ("and that one there", SHARE, {"number": "+8613800138001"}, "a"),
        (
            "draws for a hidden number",
            SHARE,
            {"number": None, "house": House(call_id="call-16")},
            "a",
        ),
    ],
    "tries": [
        ("goes round again", TRIES, {}, "again"),
        ("but not for ever", TRIES, {"prepare": three_times}, "human"),
    ],
    "lookup": [
        (
            "keeps what it finds",
            LOOKUP,
            {"house": House(answer=Found({"account": {"balance": 5}})), "prepare": with_a_card},
            "tell",
        ),
        (
            "finds nothing",
            LOOKUP,
            {"house": House(answer=Missing()), "prepare": with_a_card},
            "none",
        ),
        (
            "finds something else",
            LOOKUP,
            {"house": House(answer=Found({"account": []})), "prepare": with_a_card},
            "none",
        ),
        ("fails", LOOKUP, {"prepare": with_a_card}, "human"),
        (
            "does not ask without its arguments",
            LOOKUP,
            {"house": House(answer=Found({"account": {"balance": 5}}))},
            "human",
        ),
        (
            "says something meanwhile",
            LOOKUP | {"say": "welcome"},
            {"house": House(answer=Missing()), "prepare": with_a_card},
            "none",
        ),
    ],
    "sms": [
        ("sends it", SMS, {}, "sent"),
        ("has no number to send it to", SMS, {"number": None}, "not_sent"),
        ("is not taken", SMS, {"house": House(gateway=Failed("down"))}, "not_sent"),
    ],
    "ticket": [
        ("is taken", TICKET, {"prepare": with_a_card}, "noted"),
        ("is not taken", TICKET, {"house": House(gateway=Failed("down"))}, "human"),
    ],
    "survey": [
        ("takes a score", SURVEY, {"caller": keys("4")}, "ty"),
        ("takes a score in words", SURVEY, {"caller": speaks("四")}, "ty"),
        ("takes silence for an answer", SURVEY, {}, "bye"),
        ("does not ask twice", SURVEY, {"caller": keys("9", "4")}, "bye"),
    ],
    "record": [
        ("takes down what is said", RECORD, {"caller": says(4)}, "on"),
        ("hears nothing", RECORD, {}, "none"),
        ("hears too little", RECORD, {"caller": says(1.2)}, "none"),
        ("has no room", RECORD, {"caller": says(4), "house": House(box=Measured(True))}, "none"),
    ],
    "recording": [
        ("is refused", {"recording": "off", "next": "on"}, {}, "on"),
        ("is agreed to", {"recording": "on", "next": "on"}, {}, "on"),
    ],
    "voicemail": [
        ("takes a message until the hash key", VOICEMAIL, {"caller": says(4, then="#")}, "thanks"),
        ("takes one until silence", VOICEMAIL, {"caller": says(4)}, "thanks"),
        ("takes one until its time is up", VOICEMAIL, {"caller": says(400)}, "thanks"),
        ("hears nothing", VOICEMAIL, {}, "none"),
        (
            "asks again",
            VOICEMAIL | {"no_input": ["again"]},
            {"caller": Script((Silent(), Talks(4)))},
            "thanks",
        ),
        (
            "has no room",
            VOICEMAIL,
            {"caller": says(4), "house": House(box=Measured(full=True))},
            "human",
        ),
        (
            "cannot keep it",
            VOICEMAIL,
            {"caller": says(4), "house": House(box=Measured(fails="the disk is full"))},
            "human",
        ),
        (
            "is kept although nobody can be told",
            VOICEMAIL,
            {"caller": says(4), "house": House(gateway=Failed("down"))},
            "thanks",
        ),
        (
            "lets it be said anew",
            VOICEMAIL | {"review": "again", "play_back": "yes"},
            {"caller": Script((Talks(4), Press("2", after=20), Talks(9), Press("1", after=30)))},
            "thanks",
        ),
    ],
    "do": [("goes into the sub-dialog", DO, {"prepare": with_a_card}, "other")],
    "return": [
        (
            "goes back to who asked",
            {"return": {"kind": "kind"}},
            {"prepare": in_a_dialog},
            "first",
        ),
        ("needs nothing to hand back", {"return": None}, {"prepare": in_a_dialog}, "first"),
    ],
    "callback": [
        ("keeps the place of whoever agrees", BACK, {"caller": keys("1", "1")}, "bye"),
        ("takes a yes", BACK, SPEAKS | {"caller": speaks("好的", "对")}, "bye"),
        ("offers it only", BACK, {}, "wait"),
        ("takes a no", BACK, {"caller": keys("2")}, "wait"),
        ("takes another number", BACK, {"caller": keys("1", "2", "01062345678#", "1")}, "bye"),
        ("rings no premium number", BACK, {"caller": keys("1", "2", "16812345#")}, "wait"),
        (
            "asks for a number where it is withheld",
            BACK,
            {"caller": keys("1", "13955500000#", "1"), "number": None},
            "bye",
        ),
        (
            "says when it cannot be kept",
            BACK,
            {"caller": keys("1", "1"), "house": House(keeps=False)},
            "wait",
        ),
    ],
    "goto": [("goes there", {"goto": "other.first"}, {}, "other.first")],
    "hangup": [("ends the call", {"hangup": "goodbye"}, {}, None)],
}
