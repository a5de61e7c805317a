"""What many talks teach: how agents talk, what callers say more often, what no intent covers."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from ivr.quality.hot_words import hot_words
from ivr.quality.report import lines
from ivr.quality.topics import topics
from ivr.store.reviews import Said
from recordings.catalogue import Recording
from recordings.checks import Finding
from recordings.measure import Measures, Side
from recordings.review import Review
from tests.quality.queue import AT

QUIET = Side(share=0.3, loudness=-30.0, clipped=0.0, turns=4)
TALK = Measures(60, QUIET, replace(QUIET, share=0.5), 0.25, 0.05, (10.0, 4.0), 1.0)


def talk(name: str, agent: str, measures: Measures, *findings: str) -> tuple[Recording, Review]:
    recording = Recording(name=name, call_id=name, part=1, at=AT, agent=agent, queue="cards")
    found = tuple(Finding(rule, 1.0, "…") for rule in findings)
    return recording, Review(name, AT, measures, found, agent_rate=100.0)


def said(*texts: str, language: str = "en", first: int = 0) -> Iterator[Said]:
    for number, text in enumerate(texts, first):
        yield Said(f"{number}-1", AT, language, text)


def test_a_long_talk_weighs_more_than_a_short_one_in_shares() -> None:
    short = replace(TALK, seconds=20, silence=0.85)
    [line] = lines([talk("1", "ana", TALK), talk("2", "ana", short)], "agent")
    assert line.talks == 2
    assert line.minutes == pytest.approx(80 / 60)
    assert line.silence == pytest.approx((60 * 0.25 + 20 * 0.85) / 80)


def test_findings_are_counted_by_rule_and_talks_that_have_any_once() -> None:
    talks = [
        talk("1", "ben", TALK, "greeting", "anger", "anger"),
        talk("2", "ben", TALK),
        talk("3", "ana", TALK, "anger"),
    ]
    ana, ben = lines(talks, "agent")
    assert (ana.group, ana.with_findings, ana.found) == ("ana", 1, {"anger": 1})
    assert (ben.group, ben.with_findings, ben.found) == ("ben", 1, {"anger": 2, "greeting": 1})
    [cards] = lines(talks, "queue")
    assert (cards.group, cards.talks) == ("cards", 3)


def test_an_agent_who_never_spoke_has_no_median() -> None:
    mute = replace(TALK, agent_first=None, agent=Side(0.0, None, 0.0, 0))
    [line] = lines([talk("1", "ana", mute)], "agent")
    assert (line.agent_first, line.loudness) == (None, None)


def test_a_word_that_spreads_is_hot_and_one_that_is_always_said_is_not() -> None:
    usual = ["I have a question about my card"] * 100
    now = usual[:40] + ["the app does not open and my card is gone"] * 20
    first, *rest = hot_words(said(*now), said(*usual))
    assert "card" not in {first.word, *(one.word for one in rest)}
    app = next(one for one in (first, *rest) if one.word == "app")
    assert (app.talks, app.before, app.rises) == (20, 0, True)
    assert app.now == pytest.approx(1 / 3)
    question = next(one for one in rest if one.word == "question")
    assert not question.rises


def test_a_word_said_often_in_one_talk_is_one_talk() -> None:
    usual = ["good day"] * 50
    assert hot_words(said(*usual[:30], *["refund refund refund"] * 2), said(*usual)) == []


def test_languages_are_counted_apart() -> None:
    now = [*said(*["да карта"] * 9, language="ru"), *said(*["hello"] * 90, first=100)]
    before = [*said(*["да карта"] * 9, language="ru"), *said(*["hello"] * 9, first=100)]
    assert hot_words(now, before) == []


ASKED = [
    "the app crashes when I open it",
    "your app crashes on my phone",
    "my phone app crashes when it starts",
    "the app always crashes on my phone",
    "can I pay my electricity bill with you",
    "I want to pay the electricity bill",
    "where do I pay my electricity bill",
    "how do I pay an electricity bill here",
    "I lost my card",
    "my card is lost",
    "the card is lost I think",
]


def test_what_callers_ask_for_and_no_intent_covers_is_put_together() -> None:
    found = topics(list(said(*ASKED)), lambda text, language: "lost" in text)
    assert [topic.talks for topic in found] == [4, 4]
    about = [{"app" in example for example in topic.examples} for topic in found]
    assert sorted(about, key=str) == [{False}, {True}]
    assert [any(word in ("app", "bill") for word in topic.words) for topic in found] == [True] * 2


def test_a_caller_who_says_it_ten_times_makes_no_topic() -> None:
    once = [Said("1-1", AT, "en", text) for text in ASKED]
    assert topics(once, lambda text, language: False) == []


def test_yes_and_no_ask_for_nothing() -> None:
    assert topics(list(said(*["yes", "no", "ok"] * 5)), lambda text, language: False) == []


def test_chinese_topics_are_found_however_words_are_divided() -> None:
    asked = ["积分 怎么 兑换", "我的 积分 怎么兑换", "积 分 兑换 礼品 怎么 弄", "如何 用 积分 兑换"]
    others = ["我 要 查 余额", "银行卡 丢 了 怎么办", "几点 关门 呀 今天", "转账 什么时候 到"]
    [topic] = topics(list(said(*asked, *others, language="zh")), lambda text, language: False)
    assert topic.talks >= 3
    assert all("积" in example for example in topic.examples)
