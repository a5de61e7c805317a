"""Why a call went where it went, told in two languages from what the floor really decided."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest

from ivr.cli.main import run
from ivr.reasons import Language, sentence, sentences, verdicts_of
from ivr.reasons.telling import MOST_TOLD
from ivr.reasons.words import WORDS
from ivr.record import CallEvent, CallRecord, CallSummary
from ivr.store import Database
from ivr.why import Rival, explain, waits
from ivr.why.explain import NOT_TAKEN
from ivr.why.waits import ENDS
from ivr.why.words import WORDS as STORY
from routing.events import (
    AgentArrived,
    CallWaits,
    Event,
    Offer,
    OfferAccepted,
    OfferRefused,
    PhoneSeen,
)
from routing.floor import Floor
from routing.match import Code
from routing.model import Agent, Need, Queue

NOON = datetime(2026, 11, 18, 4, tzinfo=UTC)
LANGUAGES: tuple[Language, ...] = get_args(Language)


def decided(*happened: tuple[float, Event]) -> list[dict[str, object]]:
    """The stored verdicts of the last offer that follows from these events."""
    floor = Floor({"q": Queue("q", Need({"zh": 3}))})
    offers = [
        instruction
        for at, event in happened
        for instruction in floor.handle(event, at)
        if isinstance(instruction, Offer)
    ]
    return verdicts_of(offers[-1].decision)


def arrives(name: str, level: int = 5, paused: str | None = None) -> AgentArrived:
    return AgentArrived(Agent(name, {"zh": level}), paused)


def test_every_verdict_is_stored_without_words() -> None:
    assert decided(
        (0, arrives("talks")),
        (1, CallWaits("a", "q")),
        (2, OfferAccepted("a", "talks")),
        (3, arrives("lacks", 2)),
        (4, arrives("lunch", paused="lunch")),
        (5, arrives("gone")),
        (6, PhoneSeen("gone", False)),
        (10, arrives("first")),
        (20, arrives("second")),
        (30, CallWaits("b", "q")),
    ) == [
        {"agent": "first", "code": "chosen", "score": 20, "detail": {"idle": 20}},
        {"agent": "gone", "code": "unreachable"},
        {"agent": "lacks", "code": "lacks_skill", "detail": {"lacks": {"zh": [3, 2]}}},
        {"agent": "lunch", "code": "paused", "detail": {"for": 26, "pause": "lunch"}},
        {
            "agent": "second",
            "code": "longer_idle_preferred",
            "score": 10,
            "detail": {"idle": 10, "than": "first"},
        },
        {"agent": "talks", "code": "talking", "detail": {"for": 28}},
    ]


def test_choices_and_what_is_not_wanted_are_told() -> None:
    need = Need(any_of=((Need({"ja": 2}), Need({"ko": 2})),), none_of=(Need({"new": 1}),))
    verdicts = decided(
        (0, AgentArrived(Agent("ana", {"zh": 5, "new": 1}))),
        (1, AgentArrived(Agent("bo", {"ja": 3}))),
        (9, CallWaits("c", "q", need=need)),
    )
    assert verdicts[0]["detail"] == {"either": [["ja 2", "ko 2"]], "unwanted": ["new 1"]}
    assert sentences(verdicts)[1:] == (
        "ana does not fit: one of (ja 2) or (ko 2) is needed, has neither; new 1 is not wanted.",
    )
    assert sentences(verdicts, "zh")[1:] == (
        "ana 技能不足:需要 (ja 2) 或 (ko 2) 之一,均不具备;不接受 new 1。",
    )


def test_the_callers_own_agent_is_named_as_such() -> None:
    verdicts = decided(
        (0, arrives("ana")), (5, arrives("bo")), (9, CallWaits("c", "q", preferred="bo"))
    )
    assert sentences(verdicts) == (
        "bo is offered the call: the caller's own agent, free for 4 s.",
        "ana is free too, but bo is the caller's own agent.",
    )


def test_who_missed_the_call_before_is_told_so_in_chinese() -> None:
    verdicts = decided(
        (0, arrives("ana")),
        (1, CallWaits("c", "q")),
        (5, arrives("bo")),
        (21, OfferRefused("c", "ana", "no_answer")),
    )
    assert sentences(verdicts, "zh") == (
        "bo 被选中:在合适的坐席中空闲最久,已 16 秒。",
        "ana 之前已收到此来电,但没有接。",
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", get_args(Code))
def test_every_verdict_has_words_in_both_languages(code: str, language: Language) -> None:
    told = sentence(
        {"agent": "ana", "code": code, "score": 3, "detail": {"for": 4, "idle": 5}}, language
    )
    assert code in WORDS[language]
    assert "ana" in told
    assert "{" not in told


def test_a_verdict_of_a_newer_careline_is_told_by_its_code() -> None:
    assert sentence({"agent": "ana", "code": "on_the_moon"}) == "ana was passed over (on_the_moon)."


def test_of_a_great_floor_the_rest_is_counted() -> None:
    many = [{"agent": f"a{n:03}", "code": "talking", "detail": {"for": n}} for n in range(200)]
    told = sentences([*many, {"agent": "ana", "code": "chosen", "score": 1}])
    assert told[0].startswith("ana is offered")
    assert told[-1] == f"{200 - MOST_TOLD} more are talking."
    assert len(told) == MOST_TOLD + 2


def test_both_languages_tell_the_same_things() -> None:
    assert STORY["en"].keys() == STORY["zh"].keys()
    assert WORDS["en"].keys() == WORDS["zh"].keys()


# A day: an elderly caller overtakes; the second agent is asked once the need has relaxed.
TERMS = {"queue": "general", "need": "ja 3", "relax": [[20.0, "en 1"]], "head_start": 60.0}
CHOSEN = [
    {"agent": "bo", "code": "chosen", "score": 0, "detail": {"idle": 0}},
    {"agent": "kim", "code": "lacks_skill", "detail": {"lacks": {"en": [1, 0]}}},
]
HAPPENED: Sequence[tuple[float, str, dict[str, object]]] = (
    (0, "arrived", {"dialled": "95588"}),
    (1, "step", {"flow": "main", "step": "menu", "kind": "menu"}),
    (2, "human_wanted", {"at": "main.menu"}),
    (3, "step", {"flow": "main", "step": "human", "kind": "hours"}),
    (5, "waiting", {**TERMS, "position": 2}),
    (15, "offer", {"agent": "ana", "need": "ja 3", "stage": 0, "waited": 10.0, "verdicts": []}),
    (25, "refused", {"agent": "ana", "cause": "no_answer"}),
    (35, "offer", {"agent": "bo", "need": "en 1", "stage": 1, "waited": 30.0, "verdicts": CHOSEN}),
    (38, "joined", {"agent": "bo"}),
    (99, "ended", {"outcome": "answered", "by": "caller"}),
)


def record(*happened: tuple[float, str, dict[str, object]], call: str = "c1") -> CallRecord:
    events = tuple(
        CallEvent(call, seq, NOON + timedelta(seconds=at), kind, data)
        for seq, (at, kind, data) in enumerate(happened)
    )
    return CallRecord(CallSummary(call_id=call, started=NOON, ended=NOON), events)


def rival(call: str, since: float, head_start: float, agent: str, taken: float) -> Rival:
    return Rival(
        call,
        NOON + timedelta(seconds=since),
        head_start,
        agent,
        NOON + timedelta(seconds=taken),
        "general",
    )


def test_the_whole_decision_is_told_in_order() -> None:
    told = explain(
        record(*HAPPENED),
        {
            NOON + timedelta(seconds=5): [
                rival("old", 9, 600, "ana", 30),  # came later, but is elderly
                rival("before", -20, 60, "ana", 10),
                rival("behind", 6, 0, "ana", 32),  # could be served by whom this call could not
                rival("korean", -50, 0, "kim", 20),  # by an agent who is no use for this call
            ]
        },
    )
    assert [(one.text, one.reasons) for one in told] == [
        ("The caller asked for a human at main.menu.", ()),
        (
            "It waited in the queue general for an agent with: ja 3.",
            (
                "It counted as having waited 1:00 min already (its priority).",
                "After 20 s of waiting an agent with this was enough: en 1.",
            ),
        ),
        (
            "2 calls were ahead of it and were taken first:",
            (
                "before had waited 25 s longer, with a head start of 1:00 min (this one: 1:00); "
                "ana took it.",
                "old came 4 s later, but with a head start of 10:00 min (this one: 1:00); "
                "ana took it.",
            ),
        ),
        ("After 10.0 s it was offered to ana; asked for: ja 3.", ()),
        ("ana did not take it: nobody picked up. It kept its place and was offered on.", ()),
        (
            "After 30.0 s it was offered to bo; by then the need had been relaxed (step 1), to: "
            "en 1.",
            (
                "bo is offered the call: free the longest of all who fit, for 0 s.",
                "kim does not fit: en 1 is needed, has none.",
            ),
        ),
        ("bo took it, after 33 s of waiting in all.", ()),
    ]


def test_it_is_told_in_chinese() -> None:
    told = " ".join(one.text for one in explain(record(*HAPPENED), {}, "zh"))
    assert "在队列 general 中等待" in told
    assert "bo 接起了来电,共等待 33 秒。" in told
    assert "{" not in told


def test_a_caller_who_gave_up_and_one_who_never_waited() -> None:
    gave_up = record(
        (0, "rule", {"name": "elder", "reason": "72 is 60 or more"}),
        (1, "waiting", {"queue": "senior", "need": ""}),
        (31, "ended", {"outcome": "abandoned", "by": "caller"}),
    )
    assert [one.text for one in explain(gave_up, {})] == [
        "It was put straight through: 72 is 60 or more",
        "It waited in the queue senior for an agent with: no particular skill.",
        "The caller hung up after 30 s, before anybody had taken the call.",
    ]
    [never] = explain(record((0, "arrived", {})), {})
    assert never.text == "The call never waited for an agent, so nothing was decided."


def test_who_was_not_let_into_a_queue_is_told_why() -> None:
    nobody = record(
        (
            0,
            "rule",
            {"name": "gold", "reason": 'rule "gold" holds (x), because caller.tier is gold'},
        ),
        (0, "unstaffed", {"queue": "vip"}),
        (30, "ended", {"outcome": "completed", "by": "hotline"}),
    )
    assert [one.text for one in explain(nobody, {})] == [
        'It was put straight through: rule "gold" holds (x), because caller.tier is gold',
        "Nobody who could serve the queue vip was logged in, so it did not wait for an agent.",
    ]
    assert explain(nobody, {}, "zh")[0].text == "直接转接人工:规则 gold 成立(caller.tier = gold)。"
    night = record((0, "closed", {"queue": "vip", "hours": "office"}))
    assert "closed (office)" in explain(night, {})[0].text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", sorted(NOT_TAKEN))
def test_every_reason_not_to_wait_has_words(kind: str, language: Language) -> None:
    [told] = explain(
        record((0, kind, {"queue": "vip", "hours": "office", "by": "li"})), {}, language
    )
    assert "{" not in told.text


def test_the_wait_in_a_second_queue_is_told_with_that_in_the_first() -> None:
    overflowed = record(
        (0, "waiting", {"queue": "a", "need": ""}),
        (6, "waited_too_long", {"queue": "a"}),
        (6, "waiting", {"queue": "b", "need": ""}),
        (7, "joined", {"agent": "bo"}),
    )
    texts = [one.text for one in explain(overflowed, {})]
    assert "After 6 s it had waited as long as the queue allows." in texts
    assert texts[-1] == "bo took it, after 7 s of waiting in all."


def test_what_a_supervisor_did_and_for_whom_the_caller_waited_is_told() -> None:
    waited = record(
        (0, "waiting", {"queue": "a", "need": "", "own_agent": "ana", "patience": 8}),
        (3, "supervised", {"act": "front", "by": "li"}),
        (4, "supervised", {"act": "move", "by": "li", "queue": "b"}),
        (8, "offer", {"agent": "bo", "need": "", "waited": 8.0, "verdicts": []}),
        (9, "callback_asked", {"queue": "b"}),
        (12, "ended", {"outcome": "callback", "by": "caller"}),
    )
    told = explain(waited, {})
    assert told[0].reasons == ("For 8 s it waited for ana alone, whom the caller knows.",)
    assert told[1].text == "No other call was taken before it."
    assert [one.text for one in told[2:]] == [
        "li had it served next of all that needed the same agents.",
        "li moved it to the queue b.",
        "After 8.0 s it was offered to bo; asked for: no particular skill.",
        "After 9 s the caller chose to be called back, and kept the place.",
    ]


BACK = {"of": "c0", "queue": "general", "waited": 200, "tried": 0, "head_start": 60.0}
RUNG: Sequence[tuple[float, str, dict[str, object]]] = (
    (0, "callback", {**BACK}),
    (0, "offer", {"agent": "bo", "need": "en 1", "stage": 0, "waited": 200, "verdicts": CHOSEN}),
    (0, "callback_rings", {"agent": "bo"}),
)
PLACE = {"queue": "general", "need": "en 1", "position": 1, "waited": 200, "head_start": 60.0}


def test_a_call_back_tells_whom_it_was_offered_to_and_who_was_ahead_since_the_caller_waits() -> (
    None
):
    talked = record(
        *RUNG,
        (9, "waiting", {**PLACE}),
        (9, "joined", {"agent": "bo"}),
        (60, "ended", {"outcome": "answered", "by": "caller"}),
    )
    [wait] = waits(talked.events)
    assert (wait.told_from, wait.head_start) == (NOON - timedelta(seconds=200), 60)
    ahead = [rival("before", -210, 60, "ana", -150), rival("after", -190, 60, "ana", -100)]
    told = explain(talked, {wait.begins.at: ahead})
    assert [one.text for one in told] == [
        "It is the call back for c0, asked for in the queue general; the caller had waited 200 s.",
        "1 call was ahead of it and was taken first:",
        "After 200 s it was offered to bo; asked for: en 1.",
        "bo took it, after 209 s of waiting in all.",
    ]
    assert told[2].reasons[0].startswith("bo is offered the call")


def test_a_call_back_that_came_to_no_talk_tells_why() -> None:
    later = record(
        *RUNG,
        (9, "not_joined", {"to": "customer", "cause": "busy"}),
        (11, "callback_put_off", {"seconds": 900, "tried": 1}),
        (11, "ended", {"outcome": "not_reached", "by": "hotline"}),
    )
    assert [one.text for one in explain(later, {})][2:] == [
        "The customer was not reached: the phone was busy.",
        "To be rung again in 900 s (rung in vain so far: 1).",
        "It came to no talk after 211 s of waiting in all; the caller keeps the place, and is rung "
        "back later.",
    ]
    given_up = record(
        *RUNG,
        (9, "not_joined", {"to": "customer", "cause": "no_answer"}),
        (9, "waiting", {**PLACE}),
        (11, "ended", {"outcome": "not_reached", "by": "hotline"}),
    )
    assert explain(given_up, {})[-1].text.startswith("Rung in vain as often as the queue has it")


def test_a_customer_who_lost_the_agent_of_the_call_back_waits_for_the_next() -> None:
    again = record(
        (0, "agent_lost", {"of": "c0-back-1", "agent": "bo"}),
        (1, "waiting", {"queue": "general", "need": "en 1", "before": 300}),
        (5, "joined", {"agent": "ana"}),
    )
    texts = [one.text for one in explain(again, {})]
    assert texts[0] == "The caller had been rung back in c0-back-1, and lost bo in the talk."
    assert texts[-1] == "ana took it, after 304 s of waiting in all."


def test_who_is_ahead_for_having_been_cut_off_is_told_as_such() -> None:
    back_again = record(
        (0, "returns", {"head_start": 1830}),
        (0, "waiting", {"queue": "a", "need": "", "head_start": 2430.0}),
        (2, "waited_too_long", {"queue": "a"}),
        (2, "callback_taken_over", {"waited": 90}),
        (2, "waiting", {"queue": "b", "need": "", "head_start": 90.0}),
    )
    first, _, second, _ = explain(back_again, {})
    assert first.reasons == (
        "It counted as having waited 40:30 min already (its priority).",
        "Of that, 30:30 min as the caller had been cut off before.",
    )
    assert second.reasons[1].startswith("Of that, 1:30 min as the caller was to be rung back")
    assert (
        explain(back_again, {}, "zh")[0].reasons[1] == "其中 30:30 分钟是因为来电人此前通话中断。"
    )


def test_a_place_to_be_rung_back_that_was_less_than_the_priority_is_not_told() -> None:
    elder = record(
        (0, "callback_taken_over", {"waited": 90}),
        (0, "waiting", {"queue": "b", "need": "", "head_start": 600.0}),
    )
    assert len(explain(elder, {})[0].reasons) == 1


def test_time_waited_in_the_first_queue_counts_in_the_second() -> None:
    overflowed = record(
        (0, "waiting", {"queue": "a", "need": ""}),
        (30, "waited_too_long", {"queue": "a"}),
        (30, "waiting", {"queue": "b", "need": "", "before": 30}),
        (40, "joined", {"agent": "bo"}),
    )
    between = Rival("between", NOON + timedelta(seconds=9), 0, "bo", NOON, "b")
    told = explain(overflowed, {NOON + timedelta(seconds=30): [between]})
    assert not any(one.reasons for one in told)


def test_what_was_done_before_the_engine_was_gone_is_told_too() -> None:
    picked_up = record(
        (0, "waiting", {"queue": "a", "need": ""}),
        (5, "offer", {"agent": "ana", "need": "", "waited": 5.0, "verdicts": CHOSEN}),
        (12, "picked_up", {"gap": 6, "in_talk": False}),
        (12, "waiting", {"queue": "a", "need": "", "before": 12}),
        (15, "joined", {"agent": "bo"}),
    )
    texts = [one.text for one in explain(picked_up, {})]
    assert texts[2].startswith("After 5.0 s it was offered to ana")
    assert texts[3].startswith("After 12 s the engine had been gone")
    assert texts[-1] == "bo took it, after 15 s of waiting in all."


def test_calls_of_other_queues_were_not_ahead_of_one_that_nobody_was_found_for() -> None:
    gave_up = record(
        (0, "waiting", {"queue": "vip", "need": "zh 5"}), (9, "ended", {"by": "caller"})
    )
    told = explain(gave_up, {NOON: [rival("in the queue general", -5, 0, "kim", 2)]})
    assert len(told) == 2


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", sorted(ENDS))
def test_every_end_of_a_wait_has_words(kind: str, language: Language) -> None:
    ended = record((0, "waiting", {"queue": "q"}), (7, kind, {"by": "li", "agent": "ana"}))
    last = explain(ended, {}, language)[-1].text
    assert "7 " in last
    assert "{" not in last


def test_a_record_that_was_erased_is_still_told() -> None:
    bare = record((0, "waiting", {}), (1, "offer", {}), (2, "joined", {}))
    assert all("{" not in one.text for one in explain(bare, {}))


def test_the_store_finds_the_calls_that_were_taken_meanwhile() -> None:
    with Database.open("sqlite://") as database:
        mine = record(*HAPPENED)
        for one in (
            mine,
            record((-9, "waiting", TERMS), (10, "joined", {"agent": "ana"}), call="taken"),
            record((12, "waiting", {**PLACE}), (12, "joined", {"agent": "bo"}), call="back"),
            record((-9, "waiting", TERMS), (12, "joined", {"to": "duty"}), call="outside"),
            record((-9, "waiting", TERMS), (50, "joined", {"agent": "ana"}), call="later"),
            record((-9, "waiting", TERMS), (12, "ended", {"by": "caller"}), call="gave up"),
        ):
            database.calls.start(one.summary)
            database.calls.append(one.events)
        [wait] = waits(mine.events)
        assert database.rivals.taken("c1", wait.begins.at, wait.ends) == (
            rival("taken", -9, 60, "ana", 10),
            rival("back", -188, 60, "bo", 12),
        )


def test_the_command_tells_it_in_the_language_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "center.yaml").write_text("center: {}\n")
    monkeypatch.setenv("CARELINE_HOME", str(tmp_path))
    monkeypatch.delenv("CARELINE_DATABASE_URL", raising=False)
    told = record(*HAPPENED, call="careline-c1")
    with Database.open(f"sqlite:///{tmp_path}/var/careline.db") as database:
        database.calls.start(told.summary)
        database.calls.append(told.events)
    assert run(["calls", "why", "c1", "--language", "en"]) == 0
    assert "bo took it, after 33 s of waiting in all." in capsys.readouterr().out
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert run(["calls", "why", "c1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[-1] == {
        "text": "bo 接起了来电,共等待 33 秒。",
        "reasons": [],
    }
    assert run(["calls", "why", "nobody"]) == 1
