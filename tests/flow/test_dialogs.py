"""Calls through whole flows: sub-dialogs that come back, tries that end, and keys that always work."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from ivr.caller import Caller, Profile
from ivr.flow.conversation import Conversation
from ivr.flow.engine import converse
from ivr.flow.hotline import Hotline
from ivr.flow.load import load
from ivr.flow.serving import NotServed
from ivr.flow.wording import SYSTEM_PROMPTS
from ivr.line.far_end import Press, Script
from ivr.line.simulated import SimulatedLine
from ivr.line.virtual_time import run
from tests.flow.house import House

CENTER = """
center: {name: Test, languages: [zh, en], entry: main, human: main.human}
skills: {zh: Chinese, en: English}
hours: {office: {open: {mon-sun: "00:00-23:59"}}}
queues: {general: {unstaffed: main.bye}}
rules:
  - {name: elder, when: caller.age >= center.elder_age, queue: general}
  - {name: foreign, when: caller.language != "zh", queue: general}
commands: {repeat: "*", back: "#", slower: "7", language: "8"}
"""
MAIN = """
start: hello
steps:
  hello: {say: welcome, next: main_menu}
  main_menu: {menu: main_menu, choices: {1: cards, 2: read, 8: human}, otherwise: human}
  cards: {menu: cards_menu, choices: {1: bye, 2: main_menu}, otherwise: human}
  read: {do: reader, with: {what: '"card"'}, into: {card: number}, next: tell}
  tell: {say: tell, next: bye}
  human: {queue: general}
  bye: {hangup: goodbye}
"""
READER = """
steps:
  ask: {ask: ask_card, into: number, digits: 3, next: sure, otherwise: again}
  sure: {menu: sure, choices: {1: done, 2: again, 3: main.main_menu}, otherwise: main.human}
  again: {tries: 2, next: ask, otherwise: main.human}
  done: {return: {number: number, kind: what}}
"""
PROMPTS = {
    "welcome": "欢迎。",
    "main_menu": "{text: 请选择。, slow: 请您，慢慢，选择。, dialect: {yue: 請揀。}}",
    "cards_menu": "卡片。",
    "ask_card": "请输入。",
    "sure": '"{{ digits(number) }}，对吗？"',
    "tell": '"卡号 {{ digits(card) }}。"',
    "goodbye": "再见。",
    **dict.fromkeys(
        SYSTEM_PROMPTS,
        "喂。",
    ),
}
ENGLISH = {"main_menu": "Choose.", "cards_menu": "Cards.", "goodbye": "Bye."}


@pytest.fixture(scope="module")
def hotline(tmp_path_factory: pytest.TempPathFactory) -> Hotline:
    folder: Path = tmp_path_factory.mktemp("flows")
    (folder / "center.yaml").write_text(CENTER)
    for name, text in {"main": MAIN, "reader": READER}.items():
        (folder / f"{name}.yaml").write_text(text)
    for language, prompts in {"zh": PROMPTS, "en": ENGLISH}.items():
        lines = "".join(f"  {name}: {text}\n" for name, text in prompts.items())
        (folder / f"prompts.{language}.yaml").write_text(f"language: {language}\nprompts:\n{lines}")
    return load(folder)


class Walk:
    """One call through the flows: what was heard, which steps it took, what was noted."""

    def __init__(
        self, hotline: Hotline, script: Script, languages: tuple[str, ...] = ("zh",)
    ) -> None:
        self.house = House(NotServed("unstaffed"))

        async def call() -> tuple[SimulatedLine, Conversation]:
            profile = Profile("+8613800138000", "王芳", None, languages)
            known = Caller(profile.number, "number", profile, None, "zh", False, "CN")
            line = SimulatedLine(script)
            talk = Conversation(line, hotline, known, self.house)
            async with asyncio.timeout(3600):
                await converse(talk)
            return line, talk

        self.line, self.talk = run(call())

    @property
    def heard(self) -> list[str]:
        return [one.spoken.name or one.spoken.text for one in self.line.heard]

    @property
    def steps(self) -> list[str]:
        return [
            f"{data['flow']}.{data['step']}" for kind, data in self.house.notes if kind == "step"
        ]

    def noted(self, kind: str) -> list[dict[str, object]]:
        return [data for noted, data in self.house.notes if noted == kind]


@pytest.fixture
def walk(hotline: Hotline) -> Callable[..., Walk]:
    def walked(*answers: str, languages: tuple[str, ...] = ("zh",)) -> Walk:
        # A # within three seconds of an entry is taken for the end of that entry.
        turns = tuple(Press(one, after=4.0 if one == "#" else 1.0) for one in answers)
        return Walk(hotline, Script(turns), languages)

    return walked


def test_a_sub_dialog_comes_back_with_what_was_asked_for(walk: Callable[..., Walk]) -> None:
    call = walk("2", "123", "1")
    assert call.steps[-3:] == ["reader.done", "main.tell", "main.bye"]
    assert "卡号 幺 二 三。" in call.heard
    assert call.talk.variables == {"card": "123"}


def test_tries_end_and_a_human_takes_over(walk: Callable[..., Walk]) -> None:
    call = walk("2", "123", "2", "124", "2", "125", "2")
    assert call.steps.count("reader.ask") == 3
    assert call.steps[-2:] == ["main.human", "main.bye"]


def test_who_starts_a_sub_dialog_anew_has_all_tries_again(walk: Callable[..., Walk]) -> None:
    call = walk("2", "123", "2", "124", "3", "2", "125", "2", "126", "2", "127", "1")
    assert call.talk.variables == {"card": "127"}


def test_zero_leaves_a_sub_dialog_and_what_the_call_knew_stays(walk: Callable[..., Walk]) -> None:
    call = walk("2", "123", "0")
    assert call.noted("dialog_left") == [{}]
    assert call.talk.memory.depth == 0
    assert call.steps[-1] == "main.bye"


def test_going_on_in_another_flow_leaves_a_sub_dialog(walk: Callable[..., Walk]) -> None:
    call = walk("2", "123", "3", "1", "1")
    assert call.noted("dialog_left") == [{}]
    assert call.steps[-3:] == ["main.main_menu", "main.cards", "main.bye"]


def test_the_star_says_it_again_and_counts_as_no_mistake(walk: Callable[..., Walk]) -> None:
    call = walk("1", "*", "*", "1")
    assert call.heard.count("cards_menu") == 3
    assert call.noted("no_match") == []
    assert call.noted("command") == [{"command": "repeat"}] * 2


def test_a_stuck_key_is_obeyed_five_times_and_then_taken_for_a_wrong_one(
    walk: Callable[..., Walk],
) -> None:
    call = walk("1", *["*"] * 20)
    assert call.heard.count("cards_menu") == 6
    assert call.steps[-2:] == ["main.human", "main.bye"]


def test_the_hash_goes_back_to_the_menu_before(walk: Callable[..., Walk]) -> None:
    call = walk("1", "#", "1", "1")
    assert call.steps[1:6] == [
        "main.main_menu",
        "main.cards",
        "main.main_menu",
        "main.cards",
        "main.bye",
    ]


def test_a_hash_out_of_habit_after_a_choice_does_not_go_back(hotline: Hotline) -> None:
    call = Walk(hotline, Script((Press("1#"), Press("1"))))
    assert call.steps == ["main.hello", "main.main_menu", "main.cards", "main.bye"]


def test_at_the_first_menu_back_says_it_again(walk: Callable[..., Walk]) -> None:
    assert walk("#", "1", "1").steps[1:4] == ["main.main_menu", "main.main_menu", "main.cards"]


def test_going_back_out_of_an_entry_leaves_its_sub_dialog(walk: Callable[..., Walk]) -> None:
    call = walk("2", "#", "1", "1")
    assert call.steps[1:5] == ["main.main_menu", "main.read", "reader.ask", "main.main_menu"]
    assert call.talk.memory.depth == 0


def test_a_menu_that_was_passed_twice_is_one_step_back_not_two(walk: Callable[..., Walk]) -> None:
    call = walk("1", "2", "1", "#", "#", "1", "1")
    assert call.steps.count("main.main_menu") == 4


def test_a_hash_after_digits_ends_the_entry_and_does_not_go_back(walk: Callable[..., Walk]) -> None:
    call = walk("2", "12#", "123", "1")
    assert call.noted("command") == []
    assert call.talk.variables == {"card": "123"}


def test_slower_is_for_the_rest_of_the_call(walk: Callable[..., Walk]) -> None:
    call = walk("7", "1", "1")
    spoken = [one.spoken for one in call.line.heard]
    assert [one.slow for one in spoken] == [False, False, True, True, True]
    assert spoken[2].text == "请您，慢慢，选择。"


def test_a_digit_that_is_a_command_is_a_digit_in_an_entry(walk: Callable[..., Walk]) -> None:
    assert walk("2", "787", "1").talk.variables == {"card": "787"}


def test_a_menus_own_choice_of_a_key_comes_first(walk: Callable[..., Walk]) -> None:
    call = walk("8")
    assert call.noted("command") == []
    assert "main.human" in call.steps


def test_the_next_language_is_one_the_menu_exists_in(walk: Callable[..., Walk]) -> None:
    call = walk("1", "8", "8", "8", "1")
    said = [(data["prompt"], data["language"]) for data in call.noted("said")]
    assert said[2:] == [
        ("cards_menu", "zh"),
        ("cards_menu", "en"),
        ("cards_menu", "zh"),
        ("cards_menu", "en"),
        ("goodbye", "en"),
    ]


def test_a_star_while_something_is_said_says_it_again(hotline: Hotline) -> None:
    script = Script((Press("1"), Press("1")), at_prompt={1: Press("*", after=0.2)})
    assert Walk(hotline, script).heard[:3] == ["welcome", "welcome", "main_menu"]


def test_who_speaks_a_dialect_hears_what_there_is_in_it(walk: Callable[..., Walk]) -> None:
    spoken = [one.spoken for one in walk("1", "1", languages=("yue",)).line.heard]
    assert [(one.language, one.text) for one in spoken[:3]] == [
        ("zh", "欢迎。"),
        ("yue", "請揀。"),
        ("zh", "卡片。"),
    ]


def test_every_wording_is_built_ahead(hotline: Hotline) -> None:
    built = {(one.language, one.slow, one.text) for one in hotline.wording.fixed()}
    for language, slow, text in [
        ("zh", False, "请选择。"),
        ("zh", True, "请您，慢慢，选择。"),
        ("yue", False, "請揀。"),
        ("yue", True, "請揀。"),
        ("zh", True, "卡片。"),
    ]:
        assert (language, slow, text) in built
