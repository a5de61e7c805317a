"""Every step does what its own example says: the registry is walked, none can be left out."""

import asyncio
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ivr.caller import Caller, Profile
from ivr.errors import CallerHungUp
from ivr.flow.box import Dictated, Kept, TooShort
from ivr.flow.conversation import Conversation
from ivr.flow.hotline import Hotline, Place
from ivr.flow.load import load
from ivr.flow.outside import Failed, Found, Locked, Missing, Sent, TextMessage, Ticket
from ivr.flow.serving import BackRequest, NotServed, Served, ServeRequest
from ivr.flow.source import parse
from ivr.flow.step import Step
from ivr.flow.steps import STEPS
from ivr.flow.talking import BackWanted, HumanWanted
from ivr.line.far_end import Answers, FarEnd, Mumble, Press, Say, Script, Silent, Talks
from ivr.line.line import Line
from ivr.line.simulated import SimulatedLine
from ivr.line.virtual_time import run
from ivr.trial.box import Measured
from speech.intents import Understood
from speech.thresholds import Answer
from tests.call.hall import WEDNESDAY_10
from tests.flow.test_load import HERE


@dataclass
class House:
    """A house that keeps what is noted and serves at once, or not at all."""

    result: Served | NotServed = field(default_factory=lambda: Served("ana", over=False))
    at: datetime = WEDNESDAY_10
    notes: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    asked: list[ServeRequest] = field(default_factory=list)
    call_id: str = "call-1"
    answer: Found | Missing | Failed | Locked = field(
        default_factory=lambda: Failed("nobody answers")
    )
    gateway: Sent | Failed = field(default_factory=Sent)
    lookups: list[tuple[str, Mapping[str, Any], str | None]] = field(default_factory=list)
    sent: list[TextMessage | Ticket] = field(default_factory=list)
    ears: frozenset[str] = frozenset({"zh", "en"})
    opinion: Understood = field(default_factory=lambda: Understood("unknown", None, 0.0, (), ()))
    box: Measured = field(default_factory=Measured)
    recorded: bool = True
    promised: list[BackRequest] = field(default_factory=list)
    keeps: bool = True
    dialled: str = "95588"
    tapes: list[Path] = field(default_factory=list)
    """Where what is said in the flow is recorded, one file after the other."""

    async def look_up(
        self, name: str, arguments: Mapping[str, Any], secret: str | None
    ) -> Found | Missing | Failed | Locked:
        self.lookups.append((name, arguments, secret))
        return self.answer

    async def send_text(self, message: TextMessage) -> Sent | Failed:
        self.sent.append(message)
        return self.gateway

    async def open_ticket(self, ticket: Ticket) -> Sent | Failed:
        self.sent.append(ticket)
        return self.gateway

    def hears(self, language: str) -> bool:
        return language in self.ears

    async def understand(
        self, text: str, language: str, others: Sequence[str], among: Collection[str]
    ) -> Understood:
        return self.opinion

    def ivr_file(self) -> Path | None:
        return self.tapes.pop(0) if self.tapes else None

    def message_file(self) -> Path | None:
        return self.box.place(self.call_id)

    async def keep_message(self, dictated: Dictated) -> Kept | TooShort | Failed:
        return await self.box.keep(self.call_id, dictated)

    def note(self, kind: str, /, **data: Any) -> None:
        self.notes.append((kind, data))

    def trouble(self, what: str, error: Exception | None = None) -> None:
        self.note("trouble", text=what)

    def now(self) -> datetime:
        return self.at

    def staffed(self, skill: str) -> bool:
        return skill == "zh"

    def consent(self, *, recording: bool) -> None:
        self.recorded = recording

    async def serve(self, line: Line, request: ServeRequest) -> Served | NotServed:
        self.asked.append(request)
        return self.result

    async def call_back(self, request: BackRequest) -> bool:
        self.promised.append(request)
        return self.keeps


@cache
def hotline(name: str = "ok") -> Hotline:
    return load(HERE / name)


def take(
    fields: dict[str, Any],
    caller: FarEnd | None = None,
    house: House | None = None,
    tier: str = "",
    prepare: Callable[[Conversation], None] = lambda talk: None,
    number: str | None = "+8613800138000",
    of: str = "ok",
) -> tuple[str | None, Conversation, House]:
    """Run one step and return the exit it took."""
    kind = next(name for name in fields if name in STEPS)
    step: Step = STEPS[kind].model_validate(fields)
    where = house or House()

    async def call() -> tuple[str | None, Conversation]:
        profile = Profile("+8613800138000", "王芳", None, ("zh",), tier)
        known = Caller(number, "number", profile, None, "zh", False, "CN")
        line = SimulatedLine(caller or Script(), {"8800": Answers(after=1, talks=5)})
        talk = Conversation(line, hotline(of), known, where)
        talk.place, talk.within = Place("main", "this_one"), "main"
        prepare(talk)
        return await step.run(talk), talk

    target, talk = run(call())
    return target, talk, where


def speaks(*answers: str, confidence: float = 1.0) -> Script:
    """A caller who says what is no key, and keys the rest."""
    return Script(
        tuple(
            Silent()
            if not one
            else Press(one)
            if not one.strip("0123456789*#")
            else Say(one, 3.0, confidence)
            for one in answers
        )
    )


def sure(intent: str | None, answer: Answer = "act") -> Understood:
    return Understood(answer, intent, 0.9, (), ())


def keys(*answers: str) -> Script:
    return Script(tuple(Press(one) if one else Silent() for one in answers))


def says(seconds: float, then: str = "") -> Script:
    return Script((Talks(seconds, then=then),))


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


def test_every_step_has_cases() -> None:
    assert set(CASES) == set(STEPS)


@pytest.mark.parametrize(
    ("fields", "given", "expected"),
    [
        pytest.param(fields, given, expected, id=f"{kind} {what}")
        for kind, cases in CASES.items()
        for what, fields, given, expected in cases
    ],
)
def test_a_step_leads_where_it_must(
    fields: dict[str, Any], given: dict[str, Any], expected: str | None
) -> None:
    target, _, _ = take(fields, **given)
    assert target == expected


@pytest.mark.parametrize("kind", STEPS)
def test_the_example_of_a_step_is_a_valid_one(kind: str) -> None:
    model = STEPS[kind]
    assert model.__doc__ is not None
    block = re.split(r"\n\s*\n", model.__doc__.strip())[-1]
    [(name, fields)] = parse(block, kind).data.items()
    step = model.model_validate(fields)
    assert next(field for field in fields if field in STEPS) == kind, name
    targets = {exit_.target for exit_ in step.exits()}
    assert all(target in str(fields) for target in targets)


@pytest.mark.parametrize("fields", [MENU, ASK, ASK | {"secret": "yes"}])
def test_zero_asks_for_a_human_wherever_keys_are_taken(fields: dict[str, Any]) -> None:
    with pytest.raises(HumanWanted):
        take(fields, keys("0"))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        *((fields, "人工") for fields in (WORDS, LISTEN, FORM, ASK, SURVEY)),
        *((fields, "我要找人工服务，谢谢") for fields in (LISTEN, FORM)),
    ],
)
def test_a_human_is_asked_for_in_words_wherever_words_are_heard(
    fields: dict[str, Any], words: str
) -> None:
    with pytest.raises(HumanWanted):
        take(fields, speaks(words), of="speaks")


def test_the_words_that_work_everywhere_are_obeyed_and_the_question_is_asked_again() -> None:
    _, talk, house = take(
        WORDS, speaks("再说一遍", "慢一点", "英语", "my card was stolen"), of="speaks"
    )
    commands = [data["command"] for kind, data in house.notes if kind == "command"]
    assert commands == ["repeat", "slower", "language"]
    assert (talk.language, talk.slow) == ("en", True)
    assert house.notes[-1][1]["meaning"] == "lost_card"


def test_going_back_can_be_said() -> None:
    with pytest.raises(BackWanted):
        take(WORDS, speaks("返回"), of="speaks")


def test_who_says_again_without_end_is_not_listened_to_for_ever() -> None:
    target, _, _ = take(WORDS, speaks(*["再说一遍"] * 50), of="speaks")
    assert target == "human"


def test_an_answer_in_another_language_is_gone_on_with_in_that_language() -> None:
    target, talk, _ = take(
        LISTEN | {"any_language": "yes"},
        speaks("I lost my card"),
        understands("lost_card"),
        of="speaks",
    )
    assert (target, talk.language) == ("lost", "en")


def test_what_was_named_to_the_question_before_is_not_asked_again() -> None:
    async def call() -> tuple[str | None, Conversation]:
        known = Caller(None, "withheld", None, None, "zh", True, None)
        line = SimulatedLine(speaks("信用卡的余额，是的", "对"))
        talk = Conversation(line, hotline("speaks"), known, understands("balance"))
        await STEPS["listen"].model_validate(LISTEN).run(talk)
        return await STEPS["form"].model_validate(FORM).run(talk), talk

    target, talk = run(call())
    assert target == "done"
    assert talk.variables == {"intent": "balance", "kind": "credit", "urgent": True}
    assert isinstance(talk.line, SimulatedLine)
    assert [heard.spoken.name for heard in talk.line.heard][:1] == ["help"]
    assert "when" not in [heard.spoken.name for heard in talk.line.heard]


def test_what_a_caller_says_is_never_evaluated() -> None:
    _, talk, house = take(
        LISTEN, speaks("{{ caller.name }}", "3"), understands(None, "unknown"), of="speaks"
    )
    assert isinstance(talk.line, SimulatedLine)
    assert "王芳" not in repr(talk.line.heard)
    said = [data["text"] for kind, data in house.notes if kind == "utterance"]
    assert said == ["{{ caller.name }}"]


def test_digits_said_where_none_are_asked_for_are_not_in_the_record() -> None:
    _, _, house = take(
        LISTEN, speaks("我的密码是六零四九一八", "3"), understands(None, "unknown"), of="speaks"
    )
    assert [data["text"] for kind, data in house.notes if kind == "utterance"] == ["我的密码是•"]


def test_zero_asks_for_a_human_while_something_is_said() -> None:
    with pytest.raises(HumanWanted):
        take({"say": "welcome", "next": "on"}, Script(at_prompt={1: Press("0", after=0.1)}))


def test_a_notice_cannot_be_cut_short() -> None:
    fields = {"say": "welcome", "interrupt": "no", "next": "on"}
    _, talk, _ = take(fields, Script(at_prompt={1: Press("5", after=0.1)}))
    assert isinstance(talk.line, SimulatedLine)
    assert talk.line.heard[0].whole


QUESTIONS: dict[str, tuple[dict[str, Any], str]] = {
    "menu": ({"menu": "help", "choices": {"1": {"to": "a", "says": "yes"}}}, "yes"),
    "listen": ({"listen": "help", "intents": {"balance": "a"}, "unheard": "deaf"}, "balance"),
    "ask": ({"ask": "help", "into": "x", "digits": "1", "next": "a"}, "one"),
    "form": ({"form": "help", "fields": {"x": {"takes": "yes_no"}}, "next": "a"}, "yes"),
    "survey": ({"survey": "help", "into": "x", "keys": "1-5", "next": "a"}, "one"),
}
"""Each step that asks something, and what answers it."""


@pytest.mark.parametrize("kind", QUESTIONS)
@pytest.mark.parametrize(
    ("interrupt", "by_key", "by_voice"),
    [
        ("yes", True, True),
        ("key", True, False),
        ("voice", False, True),
        ("no", False, False),
    ],
)
def test_key_and_voice_cut_a_question_short_each_where_it_may(
    kind: str, interrupt: str, by_key: bool, by_voice: bool
) -> None:
    fields, answer = QUESTIONS[kind]
    fields = {"interrupt": interrupt, "otherwise": "human", **fields}
    if "unheard" in STEPS[kind].model_fields:
        fields["unheard"] = "deaf"

    def heard_whole(reaction: Press | Say) -> bool:
        _, talk, _ = take(fields, Script(at_prompt={1: reaction}), of="speaks")
        assert isinstance(talk.line, SimulatedLine)
        return talk.line.heard[0].whole

    assert heard_whole(Press("1", after=0.1)) is not by_key
    assert heard_whole(Say(answer, after=0.1)) is not by_voice


@pytest.mark.parametrize("kind", QUESTIONS)
def test_zero_cuts_every_question_short(kind: str) -> None:
    fields = {"interrupt": "no", "otherwise": "human", **QUESTIONS[kind][0]}
    if "unheard" in STEPS[kind].model_fields:
        fields["unheard"] = "deaf"
    with pytest.raises(HumanWanted):
        take(fields, Script(at_prompt={1: Press("0", after=0.1)}), of="speaks")


def test_a_key_that_cuts_a_greeting_short_is_the_answer_to_the_menu_after_it() -> None:
    async def call() -> str | None:
        known = Caller(None, "withheld", None, None, "zh", True, None)
        line = SimulatedLine(Script(at_prompt={1: Press("1", after=0.1)}))
        talk = Conversation(line, hotline(), known, House())
        say = STEPS["say"].model_validate({"say": "welcome", "next": "menu"})
        await say.run(talk)
        return await STEPS["menu"].model_validate(MENU).run(talk)

    assert run(call()) == "a"


def test_a_secret_is_kept_from_the_record_and_from_every_expression() -> None:
    _, talk, house = take(ASK | {"secret": "yes"}, keys("4711#"))
    assert "4711" not in repr(house.notes)
    assert "4711" not in repr(talk.facts.values)
    assert "4711" not in repr(vars(talk).get("variables"))


def test_what_a_caller_keys_is_never_evaluated() -> None:
    def injected(talk: Conversation) -> None:
        talk.variables["card"] = "{{ caller.name }}"

    _, talk, _ = take({"say": "confirm", "next": "on"}, prepare=injected)
    assert isinstance(talk.line, SimulatedLine)
    assert "王芳" not in talk.line.heard[0].spoken.text


def test_a_queue_asks_for_the_language_the_call_is_in_now() -> None:
    def in_english(talk: Conversation) -> None:
        talk.speak("en")

    _, _, house = take(QUEUE, prepare=in_english)
    assert [dict(stage.need.skills) for stage in house.asked[0].stages] == [{"en": 1}, {}]


def test_hanging_up_while_a_step_runs_is_no_trouble_of_the_step() -> None:
    with pytest.raises(CallerHungUp):
        take(MENU, Script(hang_up_at=1.0))


def test_an_answer_is_kept_and_the_secret_is_spent_on_it() -> None:
    house = House(answer=Found({"account": {"balance": 12.5, "owner": "x"}}))

    def keyed(talk: Conversation) -> None:
        talk.variables["card"] = "8843"
        talk.keep("pin", "4711", secret=True)

    _, talk, _ = take(LOOKUP | {"secret": "pin"}, house=house, prepare=keyed)
    assert house.lookups == [("balance_service", {"card": "8843"}, "4711")]
    assert talk.variables == {"card": "8843", "balance": 12.5}
    assert talk.memory.spend("pin") is None
    assert ("lookup", {"name": "balance_service", "outcome": "found"}) in house.notes
    assert "4711" not in repr(house.notes)
    assert "12.5" not in repr(house.notes)


def test_a_lookup_is_not_asked_without_the_secret_it_needs() -> None:
    house = House(answer=Found({"account": {"balance": 12.5}}))
    target, _, _ = take(LOOKUP | {"secret": "pin"}, house=house, prepare=with_a_card)
    assert (target, house.lookups) == ("human", [])


@pytest.mark.parametrize("said", [{"say": "welcome"}, {}], ids=["saying something", "silent"])
def test_who_keyed_a_wrong_secret_too_often_gets_a_human(said: dict[str, Any]) -> None:
    house = House(answer=Locked())
    with pytest.raises(HumanWanted):
        take(LOOKUP | said, house=house, prepare=with_a_card)
    assert ("lookup", {"name": "balance_service", "outcome": "locked"}) in house.notes


@pytest.mark.parametrize("said", [{"say": "welcome"}, {}], ids=["saying something", "silent"])
@pytest.mark.parametrize("after", [0.1, 30.0])
def test_a_lookup_is_given_up_when_the_caller_wants_a_human_meanwhile(
    said: dict[str, Any], after: float
) -> None:
    cancelled = []

    class Slow(House):
        async def look_up(
            self, name: str, arguments: Mapping[str, Any], secret: str | None
        ) -> Found | Missing | Failed:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                cancelled.append(name)
                raise
            return Missing()

    press = Script(at_prompt={1: Press("0", after=after)})
    with pytest.raises(HumanWanted):
        take(LOOKUP | said, press, Slow(), prepare=with_a_card)
    assert cancelled == ["balance_service"]


def test_a_caller_who_hangs_up_during_a_lookup_is_not_waited_for() -> None:
    class Slow(House):
        async def look_up(
            self, name: str, arguments: Mapping[str, Any], secret: str | None
        ) -> Found | Missing | Failed:
            await asyncio.sleep(60)
            raise AssertionError("nobody waits for the answer")

    with pytest.raises(CallerHungUp):
        take(LOOKUP, Script(hang_up_at=5.0), Slow(), prepare=with_a_card)


def test_a_key_pressed_during_a_lookup_answers_what_comes_after_it() -> None:
    class Slow(House):
        async def look_up(
            self, name: str, arguments: Mapping[str, Any], secret: str | None
        ) -> Found | Missing | Failed:
            await asyncio.sleep(5)
            return Missing()

    async def call() -> tuple[str | None, str | None]:
        known = Caller(None, "withheld", None, None, "zh", True, None)
        line = SimulatedLine(Script(at_prompt={1: Press("22", after=1.0)}))
        talk = Conversation(line, hotline(), known, Slow())
        with_a_card(talk)
        looked_up = await STEPS["lookup"].model_validate(LOOKUP).run(talk)
        return looked_up, await STEPS["menu"].model_validate(MENU).run(talk)

    assert run(call()) == ("none", "b")


def test_a_hidden_number_is_no_trouble_of_the_operators() -> None:
    house = House()
    take(SMS, house=house, number=None)
    take(LOOKUP | {"with": {"number": "caller.number"}}, house=house, number=None)
    assert [kind for kind, _ in house.notes] == ["sms", "lookup"]


def test_an_sms_goes_to_the_callers_own_number_and_at_most_three_do() -> None:
    house = House()

    async def call() -> list[str]:
        known = Caller("+8613800138000", "number", None, None, "en", False, "CN")
        talk = Conversation(SimulatedLine(), hotline(), known, house)
        step = STEPS["sms"].model_validate(SMS)
        return [str(await step.run(talk)) for _ in range(4)]

    assert run(call()) == ["sent", "sent", "sent", "not_sent"]
    assert house.sent[:1] == [TextMessage("call-1-sms-1", "+8613800138000", "Goodbye.", "en")]
    assert len({message.key for message in house.sent}) == 3


def test_a_ticket_says_whose_it_is_and_what_about() -> None:
    _, _, house = take(TICKET, prepare=with_a_card)
    fields = {"card": "8843"}
    number = "+8613800138000"
    assert house.sent == [
        Ticket("call-1-ticket-1", "complaint", number, "王芳", "zh", fields),
    ]
    assert ("ticket", {"taken": True, "topic": "complaint", "fields": fields}) in house.notes


def test_a_score_is_kept() -> None:
    _, talk, house = take(SURVEY, keys("4"))
    assert talk.variables == {"score": 4}
    assert ("survey", {"question": "again", "score": 4}) in house.notes


def test_shares_are_kept_to_and_a_caller_always_goes_the_same_way() -> None:
    numbers = [f"+86138{n:08}" for n in range(400)]
    taken = [take(SHARE, number=number)[0] for number in numbers]
    assert 90 < taken.count("a") < 150
    assert [take(SHARE, number=number)[0] for number in numbers[:20]] == taken[:20]


@pytest.mark.parametrize("answer", [True, False])
def test_the_answer_to_being_recorded_is_obeyed_and_kept_with_the_call(answer: bool) -> None:
    _, _, house = take({"recording": "on" if answer else "off", "next": "agent"})
    assert house.recorded is answer
    assert house.notes == [("consent", {"recording": answer})]
