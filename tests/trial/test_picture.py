"""A flow's picture has every step, every way, and the calls that took them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import which
from zoneinfo import ZoneInfo

import pytest

from ivr.cli.context import database
from ivr.cli.main import run
from ivr.flow.hotline import Hotline
from ivr.flow.load import load
from ivr.picture import count, dot
from ivr.record import CallEvent, CallSummary
from ivr.resources import flows

NOW = datetime(2026, 11, 18, 2, tzinfo=UTC)
needs_dot = pytest.mark.skipif(which("dot") is None, reason="Graphviz's dot is not installed")


def steps(call: str, *names: str, at: datetime = NOW) -> list[CallEvent]:
    return [
        CallEvent(call, seq, at, "step", {"flow": "main", "step": name, "kind": "say"})
        for seq, name in enumerate(names)
    ]


def test_every_step_is_drawn_and_every_way_said(hotline: Hotline) -> None:
    source = dot(hotline, ("main",)).source
    for step in hotline.flows["main"].steps:
        assert f'"main.{step}" [' in source
    assert '"main.menu" -> "main.agent" [label="1\n3\notherwise"]' in source
    assert '"main.agent" -> "main.bye" [label=closed style=dashed]' in source
    assert "An agent, press 1. A balance," in source


def test_words_of_a_prompt_cannot_become_part_of_the_picture(folder: Path) -> None:
    prompts = folder / "prompts.zh.yaml"
    prompts.write_text(prompts.read_text().replace("Goodbye.", "<B>Bye</B> & \\\\N"))
    source = dot(load(folder), ("main",)).source
    assert "&lt;B&gt;Bye&lt;/B&gt; &amp;" in source


def test_a_call_that_comes_twice_through_a_step_counts_once() -> None:
    counts = count(
        [*steps("1", "menu", "agent", "menu", "agent"), *steps("2", "menu"), *steps("3", "bye")]
    )
    assert counts.steps == {"main.menu": 2, "main.agent": 1, "main.bye": 1}
    assert counts.ways == {("main.menu", "main.agent"): 1, ("main.agent", "main.menu"): 1}


@needs_dot
@pytest.mark.parametrize("flow", sorted(load(flows()).flows))
def test_the_hotlines_flows_can_be_drawn(
    flow: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARELINE_HOME", str(flows().parent))
    assert run(["graph", flow, "-o", str(tmp_path / "flow.svg")]) == 0
    drawn = (tmp_path / "flow.svg").read_text(encoding="utf-8")
    assert all(step in drawn for step in load(flows()).flows[flow].steps)
    assert "Noto Sans CJK SC" in drawn


@needs_dot
def test_yesterdays_calls_are_counted_and_no_others(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARELINE_HOME", str(folder.parent))
    monkeypatch.delenv("CARELINE_DATABASE_URL", raising=False)
    noon = datetime.now(UTC).astimezone(ZoneInfo("Asia/Shanghai")).replace(hour=12)
    with database() as opened:
        for call, days in (("old", 2), ("a", 1), ("b", 1), ("new", 0)):
            at = noon - timedelta(days=days)
            opened.calls.start(CallSummary(call_id=call, started=at))
            opened.calls.append(steps(call, "welcome", "menu", at=at))
    assert run(["graph", "main", "--calls", "-o", str(tmp_path / "flow.svg")]) == 0
    drawn = (tmp_path / "flow.svg").read_text(encoding="utf-8")
    assert drawn.count("2 calls") == 2
    assert "2×" in drawn


def test_without_graphviz_a_sentence_says_how_to_get_it(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("CARELINE_HOME", str(folder.parent))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert run(["graph", "main", "-o", str(tmp_path / "flow.svg")]) == 2
    assert "apt-get install graphviz" in capsys.readouterr().err
    assert not (tmp_path / "flow.svg").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["mian"], 'there is no flow "mian"; did you mean "main"?'),
        (["main", "-o", "flow.doc"], "expected one of .svg"),
    ],
)
def test_wrong_input_is_told_in_a_sentence(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.setenv("CARELINE_HOME", str(folder.parent))
    assert run(["graph", *arguments]) == 2
    assert message in capsys.readouterr().err
