"""careline callers: an admin keeps the people the hotline knows."""

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ivr.caller import Profile
from ivr.cli.callers import app
from ivr.cli.context import database
from ivr.errors import BadInput, NotFound
from ivr.outside import handed_over

HEADING = "number,name,birth,languages,tier,notes,preferred_agent\n"


@pytest.fixture(autouse=True)
def hotline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of a hotline in China."""
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "center.yaml").write_text(
        "center: {name: Bank, timezone: Asia/Shanghai, country: CN, languages: [zh, en], "
        "human: main.human}\n"
    )
    monkeypatch.setenv("CARELINE_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.delenv("CARELINE_DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def careline(*words: str, keyed: str | None = None) -> Result:
    return CliRunner().invoke(app, words, input=keyed)


def callers_file(folder: Path, content: str, encoding: str = "utf-8") -> str:
    path = folder / "callers.csv"
    path.write_bytes((HEADING + content).encode(encoding))
    return str(path)


def find(number: str) -> Profile | None:
    with database() as opened:
        return opened.callers.find(number)


def test_a_file_is_imported_and_counted(hotline: Path) -> None:
    file = callers_file(hotline, "13800138000,王秀英,1950-03-07,zh,gold,,ana\n+4532123456,,,,,,\n")
    result = careline("import", file)
    assert result.exit_code == 0
    assert "2 rows read: 2 added, 0 changed, 0 unchanged." in result.output
    assert "No agent is named ana yet" in result.output
    kept = find("+8613800138000")
    assert kept is not None
    assert kept.name == "王秀英"


def test_bad_rows_keep_the_file_out_and_are_told_with_their_lines(hotline: Path) -> None:
    file = callers_file(hotline, "13800138000,,,,,,\n95588,,,,,,\n138-0013-8000,,,,,,\n")
    result = careline("import", file)
    assert result.exit_code == 1
    assert 'callers.csv, line 3: number: found "95588"' in result.stderr
    assert "callers.csv, line 4: number: the same as in line 2" in result.stderr
    assert "Nothing was imported: 2 of 3 rows are bad." in result.stderr
    assert find("+8613800138000") is None


def test_bad_rows_are_skipped_when_told_to(hotline: Path) -> None:
    file = callers_file(hotline, "13800138000,,,,,,\n95588,,,,,,\n")
    result = careline("import", file, "--bad", "skip")
    assert result.exit_code == 0
    assert "line 3" in result.stderr
    assert "1 added, 0 changed, 0 unchanged, 1 bad and skipped." in result.stdout
    assert find("+8613800138000") is not None


def test_a_file_with_other_separators_is_told_so(hotline: Path) -> None:
    path = hotline / "callers.csv"
    path.write_text("number;name\n13800138000;x\n")
    refused = careline("import", str(path))
    assert isinstance(refused.exception, BadInput)
    assert "Save the file with commas" in str(refused.exception)


def test_setting_nothing_is_no_way_to_add_somebody() -> None:
    refused = careline("set", "13800138000")
    assert isinstance(refused.exception, BadInput)
    assert "--name" in str(refused.exception)
    assert find("+8613800138000") is None


def test_a_gb18030_file_is_imported_when_said_so(hotline: Path) -> None:
    file = callers_file(hotline, "13800138000,王秀英,,,,,\n", "gb18030")
    refused = careline("import", file)
    assert isinstance(refused.exception, BadInput)
    assert "--encoding gb18030" in str(refused.exception)
    assert careline("import", file, "--encoding", "gb18030").exit_code == 0
    kept = find("+8613800138000")
    assert kept is not None
    assert kept.name == "王秀英"


def test_a_hostile_file_cannot_act_on_the_terminal(hotline: Path) -> None:
    careful = "\x1b]0;owned\x07 [red]x[/red] \u202eabc"
    path = hotline / "a\x1b[31m.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([["number"], [careful]])
    result = careline("import", str(path))
    assert result.exit_code == 1
    assert "\x1b" not in result.output
    assert "\u202e" not in result.output
    assert "[red]x[/red]" in result.output


def test_a_person_is_added_changed_shown_and_cleared() -> None:
    added = careline("set", "13800138000", "--name", "王秀英", "--birth", "1950-03-07")
    assert added.output.startswith("Added.")
    changed = careline("set", "+86 138 0013 8000", "--tier", "gold", "--preferred-agent", "ana")
    assert changed.output.startswith("Changed.")
    shown = careline("show", "008613800138000").output
    for word in ("+8613800138000", "王秀英", "1950-03-07 (aged ", "gold", "ana"):
        assert word in shown
    careline("set", "13800138000", "--birth", "", "--preferred-agent", "")
    assert find("+8613800138000") == Profile("+8613800138000", name="王秀英", tier="gold")


def test_names_are_shown_as_they_are_and_cannot_act_on_the_terminal() -> None:
    careline("set", "13800138000", "--name", "[bold]Wang[/bold] [/] \u202egnaW", "--notes", "a\nb")
    shown = careline("show", "13800138000").output
    assert r"[bold]Wang[/bold] [/] \u202egnaW" in shown
    assert r"a\nb" in shown
    careline("set", "13800138000", "--name", "אברהם")
    assert "\u2068אברהם\u2069" in careline("show", "13800138000").output


@pytest.mark.parametrize(
    "wrong",
    [
        ("set", "95588", "--name", "x"),
        ("set", "13800138000", "--birth", "tomorrow"),
        ("set", "13800138000", "--languages", "klingonisch"),
        ("set", "13800138000", "--name", "a\x1b[2J"),
        ("set", "13800138000", "--preferred-agent", "Ana Luz"),
        ("show", "anonymous"),
        ("forget", "110", "--yes"),
    ],
)
def test_what_cannot_be_is_answered_with_a_sentence_and_changes_nothing(
    wrong: tuple[str, ...],
) -> None:
    result = careline(*wrong)
    assert isinstance(result.exception, BadInput)
    assert "found" in str(result.exception)
    assert find("+8613800138000") is None


def test_a_stranger_is_told_to_be_one() -> None:
    result = careline("show", "+4532123456")
    assert isinstance(result.exception, NotFound)
    assert "they would be spoken to in en" in str(result.exception)


def test_a_person_is_forgotten_only_after_a_yes() -> None:
    careline("set", "13800138000", "--name", "王秀英")
    asked = careline("forget", "13800138000", keyed="n\n")
    assert asked.exit_code == 1
    assert find("+8613800138000") is not None
    done = careline("forget", "13800138000", keyed="y\n")
    assert done.exit_code == 0
    assert "Erased of •••• 8000: the profile; number, name and reasons in 0 calls" in done.output
    assert find("+8613800138000") is None
    again = careline("forget", "13800138000", "--yes")
    assert again.output == "Nothing was stored about •••• 8000.\n"


def test_without_a_hotline_in_the_folder_one_is_asked_for(hotline: Path) -> None:
    (hotline / "flows" / "center.yaml").unlink()
    result = careline("show", "13800138000")
    assert isinstance(result.exception, BadInput)
    assert "center.yaml was not found" in str(result.exception)


@pytest.mark.parametrize("content", ["", "- a list\n", "center: {name: x}\n", "center: 5\n"])
def test_a_center_file_that_says_too_little_is_answered(hotline: Path, content: str) -> None:
    (hotline / "flows" / "center.yaml").write_text(content)
    result = careline("show", "13800138000")
    assert isinstance(result.exception, BadInput)


def test_a_forgotten_person_s_sms_and_tickets_are_gone(hotline: Path) -> None:
    texts = hotline / "var" / "sms.jsonl"
    handed_over.add(texts, {"key": "c1-sms-1", "to": "+8613800138000", "text": "Hello"})
    done = careline("forget", "13800138000", "--yes")
    assert "1 SMS and tickets that lay in files" in done.output
    assert texts.read_bytes() == b""
