"""A supervisor's rules for talks: what must be said, what must not, and where it was."""

import numpy as np
import pytest

from recordings.checks import Finding, Limits, Rule, judge
from recordings.measure import Measures, measure
from recordings.transcript import Transcript, Word

GREETING = Rule(
    "greeting",
    "must_say",
    "agent",
    {"en": ("good morning", "good afternoon"), "zh": ("您好",)},
    within=10,
)
PROMISE = Rule("promise", "must_not_say", "agent", {"en": ("guaranteed return",), "zh": ("保本",)})
ANGER = Rule("anger", "tone", "caller", {"en": ("complain", "ridiculous"), "zh": ("投诉",)})
RULES = [GREETING, PROMISE, ANGER]


@pytest.fixture
def measures() -> Measures:
    nothing = np.zeros(80_000, np.int16)
    return measure(nothing, nothing, lambda side: np.zeros(len(side) // 256, bool))


def said(text: str, begin: float = 0.0) -> list[Word]:
    return [
        Word(word, begin + place * 0.5, begin + place * 0.5 + 0.4)
        for place, word in enumerate(text.split())
    ]


def english(caller: list[Word], agent: list[Word]) -> Transcript:
    return Transcript.of("en", caller, agent)


def judged(transcript: Transcript | None, measures: Measures, queue: str = "") -> list[Finding]:
    return judge(transcript, measures, queue, RULES, Limits())


def test_a_talk_that_keeps_the_rules_has_no_findings(measures: Measures) -> None:
    assert judged(english([], said("Good morning, how can I help")), measures) == []


def test_a_greeting_that_is_missing_is_told_with_what_was_expected(measures: Measures) -> None:
    [finding] = judged(english([], said("yes what is it", begin=3)), measures)
    assert (finding.rule, finding.second) == ("greeting", 3)
    assert finding.text == ('The agent did not say "good morning" or "good afternoon" within 10 s.')


def test_a_greeting_that_comes_late_does_not_count(measures: Measures) -> None:
    late = said("yes what is it", begin=0) + said("good morning", begin=15)
    assert [finding.rule for finding in judged(english([], late), measures)] == ["greeting"]


def test_what_must_not_be_said_is_found_each_time_at_its_second(measures: Measures) -> None:
    agent = said("good morning this has a guaranteed return yes a guaranteed return")
    found = [f for f in judged(english([], agent), measures) if f.rule == "promise"]
    assert [finding.second for finding in found] == [2.5, 4.5]


def test_only_the_side_a_rule_is_for_is_judged(measures: Measures) -> None:
    agent = said("good morning you may complain there")
    assert judged(english([], agent), measures) == []
    [finding] = judged(english(said("I will complain", begin=8), agent), measures)
    assert (finding.rule, finding.second) == ("anger", 9)


def test_words_that_a_recognizer_wrote_a_little_wrong_are_found(measures: Measures) -> None:
    agent = said("good mornin this has a guarantied return")
    assert [finding.rule for finding in judged(english([], agent), measures)] == ["promise"]


def test_chinese_is_found_however_the_recognizer_divides_it(measures: Measures) -> None:
    talk = Transcript.of("zh", said("我 要 投 诉 你们", begin=5), said("您 好 这个 产品 保 本"))
    found = judged(talk, measures)
    assert [(finding.rule, finding.second) for finding in found] == [
        ("promise", 2.0),
        ("anger", 6.0),
    ]


def test_a_language_without_phrases_is_not_judged(measures: Measures) -> None:
    assert judged(Transcript.of("ru", [], said("да")), measures) == []


def test_a_rule_for_some_queues_leaves_the_others_alone(measures: Measures) -> None:
    rule = Rule("risk", "must_say", "agent", {"en": ("risk",)}, queues=("funds",))
    talk = english([], said("hello there"))
    assert judge(talk, measures, "cards", [rule], Limits()) == []
    assert [f.rule for f in judge(talk, measures, "funds", [rule], Limits())] == ["risk"]


def test_without_words_the_measures_are_judged_all_the_same(measures: Measures) -> None:
    limits = Limits(agent_first=3, longest_silence=5)
    found = judge(None, measures, "", RULES, limits)
    assert [finding.text for finding in found] == [
        "The agent said nothing.",
        "Nobody spoke for 10 s.",
    ]


def test_a_silent_agent_breaks_what_must_be_said(measures: Measures) -> None:
    assert [f.rule for f in judged(english([], []), measures)] == ["greeting"]


def test_turns_come_in_the_order_in_which_they_were_spoken() -> None:
    talk = english(said("I lost my card", begin=2), said("good morning") + said("when", begin=5))
    assert [(turn.speaker, turn.text) for turn in talk.turns] == [
        ("agent", "good morning"),
        ("caller", "I lost my card"),
        ("agent", "when"),
    ]
    assert talk.rate("caller") == pytest.approx(60 * 4 / 1.9)
    assert english([], []).rate("agent") is None
