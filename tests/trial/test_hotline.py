"""The hotline we ship: every step, exit and rule is taken by a call, and what is generated is new."""

from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from ivr.cli.main import run
from ivr.cli.schema import generated
from ivr.flow.calls import read_calls
from ivr.flow.load import load
from ivr.resources import flows
from ivr.trial.case import try_cases
from ivr.trial.coverage import Coverage


def test_every_call_goes_as_written_and_nothing_is_untested() -> None:
    coverage = Coverage(load(flows()))
    tried = try_cases(coverage.hotline, read_calls(flows(), coverage.hotline))
    for one in tried:
        coverage.add(one.trial.events)
    assert [str(problem) for one in tried for problem in one.problems] == []
    assert [f"{part.spot} {part.name}" for part in coverage.untested()] == []
    assert len(tried) > 40


@pytest.mark.parametrize("name", generated())
def test_what_is_generated_is_up_to_date(name: str) -> None:
    assert (flows() / name).read_text(encoding="utf-8") == generated()[name], (
        "run `careline schema flows`"
    )


@pytest.mark.parametrize("path", sorted(flows().glob("*.yaml")), ids=lambda path: path.name)
def test_every_file_names_its_schema(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=schema/")
    assert (flows() / first.partition("$schema=")[2]).is_file()


def test_the_command_says_what_was_tried_and_writes_it_for_ci(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["test", str(flows()), "--junit", str(tmp_path / "out.xml"), "--full"]) == 0
    assert "all as written" in capsys.readouterr().out
    suites = Xml.parse(tmp_path / "out.xml").getroot()  # noqa: S314  written a line above
    assert {suite.get("failures") for suite in suites} == {"0"}
    assert sum(len(suite) for suite in suites) > 40


def test_the_command_fails_when_a_call_does_not_go_as_written(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "main.calls.yaml").write_text(
        "calls:\n  - call: Bell \\a & <1>\n    talk: [key: 1]\n    ends: left\n"
    )
    assert run(["test", str(folder), "--junit", str(tmp_path / "out.xml")]) == 1
    told = capsys.readouterr().out
    assert "main.calls.yaml:4:11: the call ended with outcome" in told
    assert "untested:" in told
    [case] = Xml.parse(tmp_path / "out.xml").getroot().iter("testcase")  # noqa: S314
    failures = [failure.get("message") for failure in case]
    assert failures == ['the call ended with outcome "answered"']


def test_an_untested_exit_fails_only_when_asked_for(folder: Path) -> None:
    (folder / "main.calls.yaml").write_text("calls:\n  - call: One\n    talk: [key: 1]\n")
    assert run(["test", str(folder)]) == 0
    assert run(["test", str(folder), "--full"]) == 1


def test_a_hotline_without_calls_is_told_how_to_get_some(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["test", str(folder)]) == 2
    assert "careline simulate --save main" in capsys.readouterr().err
