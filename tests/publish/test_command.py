"""careline publish, versions, diff, rollback, merge: what a supervisor types and reads."""

import json
import shutil
from pathlib import Path

import pytest

from ivr.cli.context import database
from ivr.cli.main import run
from ivr.cli.person import who
from ivr.cli.place import zone
from tests.prompts.test_store import ToneVoice
from tests.publish.supervisor import FILES

CALLS = """\
calls:
  - call: Somebody listens to the greeting and is put through.
    talk: [{hear: welcome}, {key: 1}]
    ends: {queue: general, outcome: answered}
"""


@pytest.fixture(autouse=True)
def flows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a hotline whose prompts are spoken at once."""
    folder = tmp_path / "flows"
    folder.mkdir()
    for name, text in {**FILES, "main.calls.yaml": CALLS}.items():
        (folder / name).write_text(text)
    monkeypatch.setenv("CARELINE_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.delenv("CARELINE_DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("ivr.cli.prompts.Voices", lambda _: ToneVoice())
    return folder


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert text.count(old) == 1
    file.write_text(text.replace(old, new))


def greet(flows: Path, text: str = "早上好") -> None:
    edit(flows / "prompts.zh.yaml", "welcome: 您好", f"welcome: {text}")


def test_publishing_tries_the_calls_builds_the_prompts_and_shows_what_changed(
    flows: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["publish", "-m", "the hotline opens", "--as", "ana"]) == 0
    greet(flows)
    capsys.readouterr()
    assert run(["publish", "-m", "a friendlier greeting", "--as", "bo"]) == 0
    said = capsys.readouterr().out
    assert "1 call tried: all as written." in said
    assert "--- version 1/prompts.zh.yaml\n+++ version 2/prompts.zh.yaml\n" in said
    assert "-  welcome: 您好\n+  welcome: 早上好\n" in said
    assert said.endswith("Version 2 is live for new calls.\n")
    assert list((tmp_path / "var" / "prompts" / "zh").glob("*.wav"))


def test_who_published_is_in_the_audit_log_also_when_another_name_is_given() -> None:
    for _ in range(2):  # the second time there is nothing to publish
        assert run(["publish", "-m", "the hotline opens", "--as", "ana"]) == 0
    with database() as opened:
        [entry] = opened.audit.entries()
    assert (entry.who, entry.act, entry.about) == (who(), "published", "version 1")
    assert dict(entry.data) == {"as": "ana", "why": "the hotline opens"}


def test_publishing_twice_says_that_there_is_nothing_to_do(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["publish", "--as", "ana"]) == 0
    assert run(["publish", "--as", "bo"]) == 0
    assert "Nothing to publish: this is version 1, live since ana published it." in (
        capsys.readouterr().out
    )


def test_a_warning_is_shown_and_does_not_stop_the_publishing(
    flows: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (flows / "main.yaml").open("a") as file:
        file.write("  spare: {hangup: goodbye}\n")
    assert run(["publish"]) == 0
    said = capsys.readouterr().out
    assert "main.yaml:12:3: warning: " in said
    assert "Version 1 is live for new calls." in said


def test_a_broken_set_is_refused_with_its_problems_printed(
    flows: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(flows / "main.yaml", "next: choose", "next: chose")
    assert run(["publish"]) == 1
    said = capsys.readouterr().err
    assert 'main.yaml:4:33: there is no step or flow "chose"; did you mean "choose"?' in said
    assert said.splitlines()[2].strip() == "^"
    with database() as db:
        assert db.versions.live() is None


def test_a_call_that_does_not_go_as_written_stops_the_publishing(
    flows: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(flows / "main.calls.yaml", "outcome: answered", "outcome: abandoned")
    assert run(["publish"]) == 1
    assert "main.calls.yaml:4:" in capsys.readouterr().err
    with database() as db:
        assert db.versions.live() is None


def test_somebody_who_was_overtaken_is_told_what_to_do_and_can(
    flows: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["publish", "--as", "ana"]) == 0
    base = (flows / ".version").read_text()
    greet(flows)
    assert run(["publish", "--as", "ana", "-m", "a friendlier greeting"]) == 0
    # Bo's folder is a copy of before.
    (flows / ".version").write_text(base)
    greet_back = (flows / "prompts.zh.yaml").read_text().replace("早上好", "您好")
    (flows / "prompts.zh.yaml").write_text(greet_back.replace("再见", "祝您愉快"))
    capsys.readouterr()
    assert run(["publish", "--as", "bo"]) == 2
    said = capsys.readouterr().err
    assert "ana published version 2 on " in said
    assert '("a friendlier greeting"); your files come from version 1.' in said
    assert "careline merge" in said
    assert run(["merge"]) == 0
    assert "Version 2 is in your files now; " in capsys.readouterr().out
    assert run(["publish", "--as", "bo"]) == 0
    text = (flows / "prompts.zh.yaml").read_text()
    assert "早上好" in text
    assert "祝您愉快" in text
    assert run(["merge"]) == 0
    assert "There is nothing to merge" in capsys.readouterr().out


def test_versions_are_listed_told_and_written_out(
    flows: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["versions"]) == 0
    assert "No version is published yet" in capsys.readouterr().out
    run(["publish", "--as", "ana", "-m", "the hotline opens"])
    greet(flows)
    run(["publish", "--as", "bo", "-m", "a friendlier [red]greeting"])
    capsys.readouterr()
    assert run(["versions"]) == 0
    heading, live, first = capsys.readouterr().out.splitlines()
    assert heading.split() == ["version", "published", "by", "files", "lines", "why"]
    assert live.split()[:2] == ["live", "2"]
    assert live.split()[4:] == ["bo", "1", "+1", "-1", "a", "friendlier", "[red]greeting"]
    assert first.split()[0] == "1"
    assert first.rstrip().endswith("the hotline opens")
    assert run(["versions", "2"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("Version 2, which is live, was published by bo on ")
    assert "+  welcome: 早上好" in told
    assert run(["versions", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["number"], row["who"], row["live"]) for row in rows] == [
        (2, "bo", True),
        (1, "ana", False),
    ]
    assert run(["versions", "1", "--into", str(tmp_path / "old")]) == 0
    assert (tmp_path / "old" / "prompts.zh.yaml").read_text() == FILES["prompts.zh.yaml"]
    assert run(["versions", "1", "--into", str(tmp_path / "old")]) == 2
    assert run(["versions", "9"]) == 1


def test_a_diff_is_between_versions_or_against_the_files(
    flows: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["diff"]) == 2
    run(["publish"])
    greet(flows)
    run(["publish"])
    edit(flows / "main.yaml", "flow: main\n", "flow: main\nabout: \x1b[2J\n")
    capsys.readouterr()
    assert run(["diff", "1", "2"]) == 0
    assert "-  welcome: 您好\n+  welcome: 早上好\n" in capsys.readouterr().out
    assert run(["diff"]) == 0
    against_disk = capsys.readouterr().out
    assert "--- version 2/main.yaml\n+++ flows/main.yaml\n" in against_disk
    assert "+about: \\x1b[2J\n" in against_disk
    assert run(["diff", "1"]) == 0
    assert "早上好" in capsys.readouterr().out
    assert run(["diff", "2", "2"]) == 0
    assert "There is no difference." in capsys.readouterr().out
    assert run(["diff", "1", "7"]) == 1


def test_going_back_brings_the_old_files_back_too(
    flows: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["publish"])
    greet(flows)
    run(["publish"])
    capsys.readouterr()
    assert run(["rollback", "1", "-m", "callers complain", "--as", "ana"]) == 0
    said = capsys.readouterr().out
    assert "+  welcome: 您好" in said
    assert "Version 3 is live for new calls." in said
    assert (flows / "prompts.zh.yaml").read_text() == FILES["prompts.zh.yaml"]
    assert run(["rollback", "9"]) == 1


def test_going_back_does_not_touch_files_somebody_works_on(
    flows: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["publish"])
    greet(flows)
    run(["publish"])
    edit(flows / "prompts.zh.yaml", "早上好", "下午好")
    assert run(["rollback", "1"]) == 0
    assert "were left alone" in capsys.readouterr().out
    assert "下午好" in (flows / "prompts.zh.yaml").read_text()


def test_a_name_of_nobody_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["publish", "--as", " "]) == 2
    assert "expected the name of whoever publishes" in capsys.readouterr().err


@pytest.mark.parametrize("left", [None, "center: [half"], ids=["gone", "broken"])
def test_times_are_the_live_version_s_where_the_files_cannot_tell(
    flows: Path, left: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["publish", "--as", "ana"]) == 0
    assert zone().key == "Asia/Shanghai"
    if left is None:
        shutil.rmtree(flows)
    else:
        (flows / "center.yaml").write_text(left)
    capsys.readouterr()
    assert zone().key == "Asia/Shanghai"
    assert run(["calls", "list"]) == 0
    assert run(["versions"]) == 0
    assert "ana" in capsys.readouterr().out
