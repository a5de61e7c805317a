"""What callers may do wherever they are asked something, or told."""

from typing import Any

import pytest

from ivr.caller import Caller
from ivr.errors import CallerHungUp
from ivr.flow.conversation import Conversation
from ivr.flow.global_keys import BackWanted, HumanWanted
from ivr.flow.sayable import Sayable, grammars
from ivr.flow.steps import STEPS
from ivr.line.far_end import Press, Say, Script
from ivr.line.simulated import SimulatedLine
from ivr.line.virtual_time import run
from tests.flow.cases import ASK, FORM, LISTEN, MENU, QUEUE, SURVEY, WORDS, understands
from tests.flow.house import House, hotline, keys, speaks, take


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


ANY_LANGUAGE = LISTEN | {"any_language": "yes"}


def test_words_that_nobody_foresaw_are_taken_down_in_the_language_of_the_call_alone() -> None:
    intents = hotline("speaks").intents
    open_question = Sayable(("lost_card",), "open", free=True, any_language=True)
    own, other = grammars(intents, open_question, ("zh", "en"), own="zh")
    assert (own.language, own.free) == ("zh", True)
    assert (other.language, other.free) == ("en", False)
    assert "I lost my card" in other.phrases


def test_an_answer_in_another_language_is_asked_back_in_it_and_then_gone_on_with() -> None:
    target, talk, _ = take(ANY_LANGUAGE, speaks("I lost my card", "yes"), of="speaks")
    assert (target, talk.language) == ("lost", "en")
    assert isinstance(talk.line, SimulatedLine)
    asked = [(heard.spoken.name, heard.spoken.language) for heard in talk.line.heard]
    assert asked == [("help", "zh"), ("lost_card", "en")]


@pytest.mark.parametrize("answer", ["2", "", "不是"], ids=["a key", "silence", "a word"])
def test_a_language_heard_wrongly_is_left_again_without_a_yes(answer: str) -> None:
    target, talk, _ = take(ANY_LANGUAGE, speaks("I lost my card", answer, "3"), of="speaks")
    assert (target, talk.language) == ("visit", "zh")


def test_who_says_yes_in_the_language_of_the_call_goes_on_in_that() -> None:
    target, talk, _ = take(ANY_LANGUAGE, speaks("I lost my card", "是的"), of="speaks")
    assert (target, talk.language) == ("lost", "zh")


def test_who_says_no_in_the_other_language_speaks_it() -> None:
    target, talk, _ = take(ANY_LANGUAGE, speaks("I lost my card", "no", "3"), of="speaks")
    assert (target, talk.language) == ("visit", "en")


def test_what_means_nothing_in_another_language_is_no_reason_to_change_it() -> None:
    talks = speaks("how much money is that, I wonder", "3")
    target, talk, house = take(ANY_LANGUAGE, talks, understands(None, "unknown"), of="speaks")
    assert [data["language"] for kind, data in house.notes if kind == "utterance"] == ["en"]
    assert (target, talk.language) == ("visit", "zh")


def test_the_word_for_another_language_leads_back_where_one_was_heard_wrongly() -> None:
    target, talk, _ = take(ANY_LANGUAGE, speaks("I lost my card", "Chinese", "1"), of="speaks")
    assert (target, talk.language) == ("lost", "zh")


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
