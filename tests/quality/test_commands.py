"""What a supervisor types to see what talks teach."""

import json
import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from ivr.cli import main
from ivr.cli.context import database
from ivr.quality.page import page
from ivr.record import CallSummary
from ivr.store import Database
from ivr.store.work import AGAIN_AFTER, ATTEMPTS
from recordings.catalogue import Recording
from recordings.checks import Finding
from recordings.measure import measure
from recordings.review import Review
from recordings.transcript import Transcript, Word
from tests.quality.queue import claimed, later
from tests.quality.talks import CENTER, keep
from tests.speech.sounds import quiet, voice

Careline = Callable[..., str]
NOW = datetime.now(UTC)
HOSTILE = "</svg><script>alert(1)</script>\x1b[31m=SUM(1)"


@pytest.fixture(scope="module")
def prepared(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hotline in whose database are two talks: one was looked at, one is not yet."""
    home = tmp_path_factory.mktemp("prepared")
    (home / "flows").mkdir()
    (home / "flows" / "center.yaml").write_text(CENTER)
    (home / "var").mkdir()
    shutil.copyfile(made, home / "var" / "careline.db")
    caller = np.concatenate([quiet(3), voice(2), quiet(1)])
    agent = np.concatenate([quiet(1), voice(1), quiet(4)])
    with Database.open(f"sqlite:///{home}/var/careline.db") as opened:
        for call, who in (("1", "ana"), ("2", "ben")):
            at = NOW - timedelta(minutes=5 * int(call))
            keep(opened, home / "var", call, caller, agent, at=at, who=who)
        job = claimed(opened, "a")
        while job.recording != "1-1":
            opened.work.give_back(job, later(timedelta(seconds=1)))
            job = claimed(opened, "b")
        spoken = [
            Word(word, 3 + at * 0.5, 3.4 + at * 0.5) for at, word in enumerate(["我要", "投诉"])
        ]
        hers = [Word("您好", 1.0, 1.8), Word(HOSTILE, 1.8, 2.0)]
        review = Review(
            "1-1", NOW, measure(caller, agent, lambda side: side[: len(side) // 256 * 256 : 256] > 0),
            (Finding("anger", 3.5, f'The caller said "投诉". {HOSTILE}'),),
            Transcript.of("zh", spoken, hers), "", 120.0, 90.0,
        )  # fmt: skip
        assert opened.reviews.keep(review, job)
    return home


@pytest.fixture
def hotline(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that hotline, in which commands are typed."""
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("CARELINE_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "220")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def careline(hotline: Path, capsys: pytest.CaptureFixture[str]) -> Careline:
    """Types a command; what it says, and asserts its exit code."""

    def typed(*words: str, code: int = 0) -> str:
        capsys.readouterr()
        assert main.run(list(words)) == code
        said = capsys.readouterr()
        return said.out + said.err

    return typed


def test_words_are_found_with_their_second_and_side(careline: Careline) -> None:
    found = careline("recordings", "search", "投诉")
    assert "1-1" in found
    assert re.search(r"4 s +caller +我要 投诉", found)
    assert "2-1" not in found
    assert "Nothing of the kind" in careline("recordings", "search", "投诉", "--agent", "ben")
    assert "Nothing of the kind" in careline("recordings", "search", "投诉", "--to", "2026-01-01")
    assert "1-1" in careline("recordings", "search", "--finding", "anger", "--queue", "cards")
    assert "1-1" in careline("recordings", "search", "投诉", "--number", "139 1234 5678")
    [row] = json.loads(careline("recordings", "search", "您好", "--json"))
    assert row["place"]["second"] == 1


def test_a_search_for_nothing_says_what_to_give(careline: Careline) -> None:
    assert "--finding RULE" in careline("recordings", "search", code=2)


def test_what_was_said_cannot_act_on_the_terminal(careline: Careline) -> None:
    assert "\x1b[31m" not in careline("recordings", "search", "您好")


def test_the_report_has_a_line_an_agent_and_says_what_is_not_looked_at(careline: Careline) -> None:
    told = careline("quality", "report", "--from", "1d")
    assert re.search(r"ana +1 .*anger 1", told)
    assert "1 recordings are not looked at yet" in told
    [line] = json.loads(careline("quality", "report", "--from", "1d", "--by", "queue", "--json"))
    assert (line["group"], line["talks"], line["found"]) == ("cards", 1, {"anger": 1})
    head, row = careline("quality", "report", "--from", "1d", "--csv").splitlines()
    assert dict(zip(head.split(","), row.split(","), strict=True))["found_anger"] == "1"


def test_what_was_given_up_is_told_with_its_reason_and_tried_again(careline: Careline) -> None:
    with database() as opened:
        at = later()
        for attempt in range(ATTEMPTS):
            at += AGAIN_AFTER * 2**ATTEMPTS
            opened.work.put_off(claimed(opened, f"w{attempt}", at), NOW, "its file is gone")
    assert "2-1 was given up: its file is gone" in careline("quality", "waiting", code=1)
    assert "1 recordings wait" in careline("quality", "waiting", "--again")


def test_words_and_topics_of_a_few_talks_say_that_they_are_few(careline: Careline) -> None:
    assert "say little" in careline("quality", "words")
    assert "Nothing that no intent covers" in careline("quality", "topics")


def test_a_talk_is_drawn_for_its_owner_s_eyes_and_the_audit_log_says_so(
    hotline: Path, careline: Careline
) -> None:
    careline("quality", "show", "1-1", "-o", "talk.html")
    file = hotline / "talk.html"
    assert file.stat().st_mode & 0o777 == 0o600
    text = file.read_text()
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "default-src 'none'" in text
    assert "http" not in text.replace("http-equiv", ""), "it must fetch nothing"
    picture = ElementTree.fromstring(text[text.index("<svg") : text.index("</svg>") + 6])  # noqa: S314
    assert {path.get("class") for path in picture.findall("path")} == {"caller", "agent"}
    [finding] = picture.findall(".//line[@class='found']")
    assert float(finding.get("x1", "0")) == pytest.approx(1200 * 3.5 / 6, abs=1)
    assert "drawn 1-1" in careline("audit", "list")
    assert "has not been looked at" in careline("quality", "show", "2-1", code=1)


def test_a_talk_without_words_or_sound_is_drawn_too() -> None:
    nothing = np.zeros(0, np.int16)
    measures = measure(nothing, nothing, lambda side: np.zeros(len(side) // 256, np.bool_))
    recording = Recording(name="1-1", call_id="1", part=1, at=NOW)
    drawn = page(recording, Review("1-1", NOW, measures, note="no model"), (nothing, nothing), UTC)
    assert "no model" in drawn


def test_a_forgotten_caller_s_talk_can_be_found_and_drawn_no_more(careline: Careline) -> None:
    assert "2 recordings" in careline("callers", "forget", "13912345678", "--yes")
    assert "Nothing of the kind" in careline("recordings", "search", "投诉")
    assert "0 recordings wait" in careline("quality", "waiting")
    with database() as opened:
        assert opened.calls.show("1").summary == CallSummary(
            call_id="1", started=NOW - timedelta(minutes=5), language="zh"
        )


def test_workers_look_at_what_waits_and_end(
    hotline: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main.run(["worker", "--once"]) == 0
    said = capfd.readouterr()
    assert "1 recordings were looked at" in said.out, said.err
    with database() as opened:
        assert "careline models install zh" in opened.reviews.get("2-1").note
        assert opened.work.standing(later()).waiting == 0
