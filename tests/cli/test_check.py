"""careline check: what a supervisor reads before the flow files go live."""

import json
import shutil
from pathlib import Path

import pytest

from ivr.agent import AgentAccount
from ivr.cli.context import database
from ivr.cli.main import run
from ivr.resources import flows
from tests.flow.test_load import HERE


@pytest.fixture
def hotline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of `ok/`, in a home of its own."""
    shutil.copytree(HERE / "ok", tmp_path / "flows")
    monkeypatch.setenv("CARELINE_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "flows"


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_a_sound_hotline_is_told_in_one_line(
    hotline: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check"]) == 0
    assert capsys.readouterr().out == "2 flows with 14 steps: no problem found\n"


def test_a_language_that_callers_would_hardly_understand_is_named_beside(
    hotline: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check"]) == 0
    told = capsys.readouterr().err
    assert "Chinese prompts are spoken by espeak-ng" in told
    assert "careline prompts script zh" in told
    voice = hotline.parent / "var" / "voices" / "zh" / "zh_CN-some-medium.onnx"
    voice.parent.mkdir(parents=True)
    voice.touch()
    voice.with_name(f"{voice.name}.json").touch()
    assert run(["check"]) == 0
    assert capsys.readouterr().err == ""


def test_an_error_is_told_with_its_line_and_caret_and_fails(
    hotline: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(hotline / "main.yaml", "next: mark,", "next: marc,")
    assert run(["check"]) == 1
    head, line, caret, *_, count = capsys.readouterr().out.splitlines()
    assert head == (
        'flows/main.yaml:15:66: there is no step or flow "marc"; did you mean "mark"? '
        "[unknown-target]"
    )
    assert line[caret.index("^") :].startswith("marc")
    assert count == "2 flows with 14 steps: 1 error"


def test_errors_come_first_and_warnings_alone_do_not_fail(
    hotline: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (hotline / "aside.yaml").write_text("steps: {first: {goto: main}}")
    assert run(["check"]) == 0
    assert "flows/aside.yaml:1:1: warning: no call ever comes" in capsys.readouterr().out
    change(hotline / "center.yaml", "caller.age >= center.elder_age", "caller.age >= 80")
    assert run(["check"]) == 1
    out = capsys.readouterr().out
    assert out.index("[not-straight]") < out.index("[unreachable]")
    assert out.endswith("3 flows with 15 steps: 1 error, 1 warning\n")


def test_a_program_gets_json(hotline: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (hotline / "aside.yaml").write_text("steps: {first: {goto: main}}")
    assert run(["check", str(hotline), "--json"]) == 0
    [row] = json.loads(capsys.readouterr().out)
    assert row.pop("message").startswith("no call ever comes to the flow")
    assert row == {
        "path": "flows/aside.yaml",
        "line": 1,
        "column": 1,
        "severity": "warning",
        "rule": "unreachable",
    }


def test_the_agents_there_are_count(hotline: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with database() as db:
        db.agents.add(AgentAccount("ana", "Ana", "zh", {"zh": 5}))
    assert run(["check"]) == 0
    assert 'the queue "senior" asks for' in capsys.readouterr().out


def test_the_proof_is_shown_step_by_step(hotline: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", str(flows()), "--proof"]) == 0
    out = capsys.readouterr().out
    assert "main.main_menu" in out
    assert 'rule "elder"' in out


def test_what_stands_in_a_file_cannot_act_on_the_terminal(
    hotline: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (hotline / "main.yaml").write_text('steps: {"a\\e[2Jb": {say: welcome}}')
    assert run(["check"]) == 1
    assert "\x1b" not in capsys.readouterr().out


def test_a_folder_that_is_none_is_wrong_input(
    hotline: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check", "nowhere"]) == 2
    assert "nowhere is no folder" in capsys.readouterr().err


def test_files_of_an_editor_are_no_flow_files(
    hotline: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in (
        ".#main.yaml",
        ".main.yaml.swp.yaml",
        "main.yaml~",
        "#main.yaml#",
        ".x.calls.yaml",
    ):
        (hotline / name).write_text("flow: [half")
    assert run(["check"]) == 0
    assert capsys.readouterr().out == "2 flows with 14 steps: no problem found\n"


def test_a_link_of_an_editor_that_leads_nowhere_is_no_flow_file(
    hotline: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (hotline / ".#main.yaml").symlink_to("supervisor@desk.4711")
    assert run(["check"]) == 0
    assert "no problem found" in capsys.readouterr().out


def test_what_is_wrong_with_a_call_to_be_tried_is_told_too(
    hotline: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = hotline / "main.calls.yaml"
    calls.write_text("calls:\n  - call: At night\n    talk: [hear: welcom, key: 1]\n")
    assert run(["check"]) == 1
    head = capsys.readouterr().out.splitlines()[0]
    assert head == (
        'flows/main.calls.yaml:3:18: there is no prompt "welcom"; did you mean "welcome"? [calls]'
    )
    calls.write_text("calls:\n  - call: At night\n    talk: [hear: welcome, key: 1]\n")
    assert run(["check"]) == 0
