"""The hotline that comes with Careline: everything it says has words in the languages it serves."""

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ivr.cli import closing
from ivr.flow import callback
from ivr.flow.hotline import Hotline
from ivr.flow.load import load
from ivr.flow.steps.menu import Menu
from ivr.flow.wording import AGENT_LOST, MORE_TIME_GIVEN, SYSTEM_PROMPTS
from ivr.prompts import hold_class
from ivr.resources import flows
from ivr.said import fixed, meanwhile
from speech.reading import readable
from speech.voice import READINGS

ALL = ("zh", "en", "ja", "ru", "ko")
STRAIGHT = {"welcome", "straight_elder", "straight_foreign", "language_switched"}
NIGHT = {"night_menu", "night_again", "night_goodbye", "call_back_later"}
CARD = {"card_urgent", "card_duty", "card_goodbye"}


@pytest.fixture(scope="module")
def hotline() -> Hotline:
    return load(flows())


@pytest.fixture(scope="module")
def texts(hotline: Hotline) -> Mapping[str, Mapping[str, str]]:
    return {
        language: {name: template.text for name, template in prompts.items()}
        for language, prompts in hotline.wording.texts.items()
    }


def named(hotline: Hotline) -> set[str]:
    steps = (step for flow in hotline.flows.values() for step in flow.steps.values())
    names = {mention.name for step in steps for mention in (*step.prompts(), *step.written())}
    names |= {rule.say for rule in hotline.center.rules if rule.say}
    names |= {whisper.say for whisper in hotline.center.whisper}
    ready = {
        *callback.PROMPTS,
        *callback.OF_WHO_CANNOT_WAIT,
        closing.USUAL,
        AGENT_LOST,
        MORE_TIME_GIVEN,
    }  # for queues that call back, a day that is closed, a phone that is gone, a long wrap-up
    assert hotline.center.admission is not None
    ready.add(hotline.center.admission.say)
    return names | set(SYSTEM_PROMPTS) | ready


def test_every_prompt_is_there_in_chinese_and_english_and_none_is_idle(
    hotline: Hotline, texts: Mapping[str, Mapping[str, str]]
) -> None:
    assert named(hotline) == set(texts["zh"]) == set(texts["en"])


@pytest.mark.parametrize("language", ALL)
def test_the_straight_way_to_a_human_is_worded_in_every_language(
    hotline: Hotline, texts: Mapping[str, Mapping[str, str]], language: str
) -> None:
    whispers = {whisper.say for whisper in hotline.center.whisper}
    needed = STRAIGHT | NIGHT | CARD | whispers | set(SYSTEM_PROMPTS)
    assert needed <= set(texts[language])
    assert set(texts[language]) <= set(texts["zh"])


def test_there_is_a_voice_for_every_language_of_the_hotline(hotline: Hotline) -> None:
    assert tuple(hotline.center.center.languages) == ALL
    assert set(ALL) <= set(READINGS)


def test_the_same_expressions_are_filled_in_whatever_language(
    texts: Mapping[str, Mapping[str, str]],
) -> None:
    for language in ALL:
        for name, text in texts[language].items():
            holes = re.findall(r"\{\{.*?\}\}", text)
            assert holes == re.findall(r"\{\{.*?\}\}", texts["zh"][name]), (language, name)


def test_a_menu_offers_no_more_than_a_person_can_remember(hotline: Hotline) -> None:
    menus = [s for f in hotline.flows.values() for s in f.steps.values() if isinstance(s, Menu)]
    assert len(menus) >= 5
    assert all(len(menu.choices) <= 5 for menu in menus)


def test_a_menu_says_every_key_it_takes_but_the_language_which_has_an_offer_of_its_own(
    hotline: Hotline, texts: Mapping[str, Mapping[str, str]]
) -> None:
    for flow in hotline.flows.values():
        for name, step in flow.steps.items():
            if isinstance(step, Menu):
                for language in ("zh", "en"):
                    said = set(re.findall(r"[1-9]", texts[language][step.menu]))
                    assert said == set(step.choices) - {"8"}, (flow.name, name, language)


def test_a_prompt_is_short_enough_to_be_kept_in_mind(
    texts: Mapping[str, Mapping[str, str]],
) -> None:
    assert max(map(len, texts["zh"].values())) <= 80
    for text in texts["en"].values():
        assert max(len(sentence.split()) for sentence in re.split(r"[.?!]", text)) <= 28, text


def test_no_kanji_is_left_for_a_voice_that_cannot_read_it(
    texts: Mapping[str, Mapping[str, str]],
) -> None:
    for text in texts["ja"].values():
        plain = re.sub(r"\{\{.*?\}\}", "3", text)
        assert not re.search(r"[\u3400-\u9fff]", readable(plain, "ja")), readable(plain, "ja")


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-23 08:29", False),  # a Monday
        ("2026-11-23 08:30", True),
        ("2026-11-23 20:00", False),
        ("2026-11-22 17:30", False),  # a Sunday
        ("2026-10-01 09:00", False),  # National Day: opens at ten
        ("2026-10-01 10:00", True),
        ("2026-02-16 13:00", False),  # the eve of the Spring Festival
        ("2026-02-14 19:00", True),  # a Saturday on which China works, to bridge the festival
    ],
)
def test_the_office_keeps_its_hours_through_chinas_year(
    hotline: Hotline, moment: str, is_open: bool
) -> None:
    at = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    assert hotline.center.is_open("office", at) is is_open


def test_nobody_is_stuck_every_queue_ends_with_anybody(hotline: Hotline) -> None:
    for name, queue in hotline.center.queues.items():
        last = queue.relax[-1].need
        assert (last.skills, last.language) == ({}, None), name
        assert queue.relax[-1].after <= 90, name
        assert queue.unstaffed is not None, name


def test_a_lost_card_waits_for_no_opening_hours(hotline: Hotline) -> None:
    cards = hotline.center.queues["cards"]
    assert cards.hours is None
    assert cards.priority == max(queue.priority for queue in hotline.center.queues.values())


def test_what_is_said_while_a_phone_rings_has_a_class_in_every_language_and_speed(
    hotline: Hotline,
) -> None:
    prompts = list(meanwhile(hotline))
    assert {p.name for p in prompts} == {
        "straight_elder",
        "straight_foreign",
        "connecting",
        "card_urgent",
        "fraud_urgent",
        AGENT_LOST,
    }
    for name in ("straight_elder", "straight_foreign", "connecting", "card_urgent"):
        assert {(p.language, p.slow) for p in prompts if p.name == name} == {
            (language, slow) for language in ALL for slow in (False, True)
        }
    classes = [hold_class(p) for p in prompts]
    assert None not in classes
    assert len(set(classes)) == len(prompts)


def test_what_is_known_only_during_a_call_is_not_built_ahead(hotline: Hotline) -> None:
    ahead = {spoken.name for spoken in fixed(hotline)}
    assert "welcome" in ahead
    assert {"queue_position", "queue_wait", "confirm_last_four", "whisper_language"}.isdisjoint(
        ahead
    )


def test_the_flows_lie_where_the_package_looks_for_them() -> None:
    assert (flows() / "center.yaml").is_file()
    assert isinstance(flows(), Path)
