"""Supervisors publish, are refused, go back, and never lose each other's work."""

import threading
from pathlib import Path

import pytest

from ivr.errors import BadInput, NotFound
from ivr.flow.files import FlowFiles
from ivr.flow.hotline import Hotline
from ivr.flow.problem import BrokenFlow, Problem, Spot
from ivr.publish import origin, release
from ivr.publish.release import Overtaken, Published, Refused
from ivr.store import Database
from tests.publish.conftest import Hire
from tests.publish.supervisor import FILES, MORNING

GREETING = ("prompts.zh.yaml", "welcome: 您好", "welcome: 早上好")
FAREWELL = ("prompts.zh.yaml", "goodbye: 再见", "goodbye: 祝您愉快")


def live_text(database: Database, file: str) -> str:
    live = database.versions.live()
    assert live is not None
    return database.versions.files(live.number).texts[file]


# -- publishing ------------------------------------------------------------------------------------


def test_what_a_supervisor_publishes_is_live_with_who_when_why_and_what(
    hire: Hire, database: Database
) -> None:
    ana = hire("ana")
    ana.publish("the hotline opens")
    ana.edit(*GREETING)
    done = ana.publish("a friendlier greeting")
    live = database.versions.live()
    assert live is not None
    assert done == Published(live, new=True)
    assert done.warnings == ()
    assert (live.number, live.who, live.why) == (2, "ana", "a friendlier greeting")
    assert live.at == MORNING
    assert "-  welcome: 您好\n+  welcome: 早上好\n" in live.diff
    assert database.versions.files(2) == FlowFiles.read(ana.folder)


def test_publishing_what_is_live_already_makes_no_version(hire: Hire, database: Database) -> None:
    ana = hire("ana")
    first = ana.publish()
    assert ana.publish("again") == Published(first.version, new=False)
    assert database.versions.latest() == 1


def test_a_broken_set_is_refused_with_every_problem_and_nothing_is_published(
    hire: Hire, database: Database
) -> None:
    ana = hire("ana")
    ana.publish()
    ana.edit("main.yaml", "next: choose", "next: chose")
    ana.edit("main.yaml", "queue: general", "queue: generell")
    with pytest.raises(BrokenFlow) as refused:
        ana.publish()
    said = str(refused.value)
    assert 'main.yaml:4:33: there is no step or flow "chose"; did you mean "choose"?' in said
    assert "main.yaml:10:18: " in said
    assert database.versions.latest() == 1


def test_a_file_that_is_no_text_is_refused_with_its_name(hire: Hire) -> None:
    ana = hire("ana")
    (ana.folder / "prompts.zh.yaml").write_bytes("language: zh\n# 您好".encode("gb18030"))
    with pytest.raises(BrokenFlow, match=r"prompts.zh.yaml:2:1: not UTF-8 text"):
        ana.publish()


def test_files_whose_calls_do_not_go_as_written_are_refused_before_a_prompt_is_built(
    hire: Hire, database: Database
) -> None:
    ana = hire("ana")
    wrong = Problem(Spot("main.calls.yaml", 3, 5), '"goodbye" was not heard', "call")

    def build(_: Hotline) -> list[str]:
        raise AssertionError("prompts are built for files that are refused")

    with pytest.raises(BrokenFlow, match=r"main\.calls\.yaml:3:5"):
        ana.publish(try_calls=lambda _folder, _hotline: [wrong], build=build)
    assert database.versions.live() is None


def test_the_calls_are_tried_on_the_files_that_are_published_whatever_is_saved_meanwhile(
    hire: Hire, database: Database
) -> None:
    ana = hire("ana")
    tried: list[str] = []

    def try_calls(folder: Path, _: Hotline) -> list[Problem]:
        ana.edit(*GREETING)
        tried.append((folder / "prompts.zh.yaml").read_text())
        return []

    ana.publish(try_calls=try_calls)
    assert tried == [FILES["prompts.zh.yaml"]]
    assert live_text(database, "prompts.zh.yaml") == FILES["prompts.zh.yaml"]
    assert "早上好" in ana.text("prompts.zh.yaml")
    assert ana.publish().version.number == 2


def test_a_prompt_that_cannot_be_spoken_is_not_published(hire: Hire, database: Database) -> None:
    with pytest.raises(Refused, match=r"1 prompt\(s\) could not be spoken:\n.*no voice"):
        hire("ana").publish(build=lambda _: ["zh: there is no voice"])
    assert database.versions.live() is None


def test_recordings_and_an_editor_s_own_files_are_in_no_version(
    hire: Hire, database: Database
) -> None:
    ana = hire("ana")
    (ana.folder / "audio" / "zh").mkdir(parents=True)
    (ana.folder / "audio" / "zh" / "welcome.wav").write_bytes(b"RIFF")
    (ana.folder / ".#main.yaml").symlink_to("ana@nowhere")
    (ana.folder / "README.md").write_text("read me")
    ana.publish()
    assert database.versions.files(1).texts == FILES


def test_a_file_whose_name_could_not_lie_everywhere_is_refused(hire: Hire) -> None:
    ana = hire("ana")
    ana.write("mä?n.yaml", "steps: {}")
    with pytest.raises(BadInput, match="cannot name a flow file"):
        ana.publish()


# -- two at once -----------------------------------------------------------------------------------


def test_whoever_publishes_second_is_told_who_was_first_and_how_to_merge(
    hire: Hire, database: Database
) -> None:
    ana, bo = hire("ana"), hire("bo")
    ana.publish()
    bo.publish()  # the same files: bo's folder now knows where it comes from
    ana.edit(*GREETING)
    bo.edit(*FAREWELL)
    ana.publish("a friendlier greeting")
    with pytest.raises(Overtaken) as refused:
        bo.publish()
    assert str(refused.value) == (
        'ana published version 2 on 2026-11-18 09:30 ("a friendlier greeting"); your files come '
        "from version 1. Nothing was published or lost.\n"
        "  careline diff 1 2   what was published since\n"
        "  careline diff 1     what you changed\n"
        "  careline merge      puts both together in your files; then publish again"
    )
    assert "祝您愉快" in bo.text("prompts.zh.yaml")
    assert database.versions.latest() == 2


def test_after_a_merge_both_changes_are_live(hire: Hire, database: Database) -> None:
    ana, bo = hire("ana"), hire("bo")
    ana.publish()
    bo.publish()
    ana.edit(*GREETING)
    ana.write("card.yaml", "steps: {first: {goto: main}}")
    ana.edit("main.yaml", "{1: human}", "{1: human, 2: card}")
    bo.edit(*FAREWELL)
    ana.publish()
    mine = FlowFiles.read(bo.folder)
    taken = bo.merge()
    assert taken is not None
    assert taken.merged.conflicts == ()
    bo.publish()
    said = live_text(database, "prompts.zh.yaml")
    assert "早上好" in said
    assert "祝您愉快" in said
    assert "2: card" in live_text(database, "main.yaml")
    assert FlowFiles.read(taken.kept) == mine


def test_two_changes_of_one_line_are_both_kept_and_somebody_must_choose(
    hire: Hire, database: Database
) -> None:
    ana, bo = hire("ana"), hire("bo")
    ana.publish()
    bo.publish()
    ana.edit(*GREETING)
    bo.edit("prompts.zh.yaml", "welcome: 您好", "welcome: 欢迎")
    ana.publish()
    taken = bo.merge()
    assert taken is not None
    assert taken.merged.conflicts == ("prompts.zh.yaml",)
    assert (
        "<<<<<<< yours\n  welcome: 欢迎\n=======\n  welcome: 早上好\n>>>>>>> version 2\n"
    ) in bo.text("prompts.zh.yaml")
    with pytest.raises(BrokenFlow):
        bo.publish()
    assert database.versions.latest() == 2


def test_marks_of_a_merge_are_found_where_yaml_takes_them_for_text(hire: Hire) -> None:
    ana = hire("ana")
    ana.edit("main.yaml", "flow: main\n", "about: |\n <<<<<<< yours\n  a\n >>>>>>> theirs\n")
    ana.publish()  # indented: somebody's text, not a mark
    ana.edit("prompts.zh.yaml", "language: zh\n", "language: zh\n# a\n")
    ana.write("main.yaml", FILES["main.yaml"] + "# \n")
    ana.edit("main.yaml", "# \n", '"about": "\n<<<<<<< yours\n>>>>>>> version 2\n"\n')
    with pytest.raises(BrokenFlow) as refused:
        ana.publish()
    assert {problem.rule for problem in refused.value.problems} >= {"merge"}


def test_a_merge_when_nobody_was_faster_changes_nothing(hire: Hire) -> None:
    ana = hire("ana")
    ana.publish()
    ana.edit(*GREETING)
    assert ana.merge() is None
    assert "早上好" in ana.text("prompts.zh.yaml")


def test_files_that_come_from_nowhere_do_not_replace_what_is_live_unless_told_to(
    hire: Hire, database: Database
) -> None:
    ana, bo = hire("ana"), hire("bo")
    ana.publish("the hotline opens")
    bo.edit(*FAREWELL)
    with pytest.raises(Overtaken, match=r"careline publish --replaces 1"):
        bo.publish()
    with pytest.raises(Refused, match=r"careline publish --replaces 1"):
        bo.merge()
    assert bo.publish(replaces=1).version.number == 2
    with pytest.raises(Overtaken, match="bo published version 2"):
        ana.edit(*GREETING)
        ana.publish(replaces=1)
    assert database.versions.latest() == 2


def test_a_folder_from_another_hotline_is_not_taken_for_one_of_ours(
    hire: Hire, tmp_path: Path
) -> None:
    ana, bo = hire("ana"), hire("bo")
    with Database.open(f"sqlite:///{tmp_path}/test.db") as elsewhere:
        release.publish(
            elsewhere.versions, bo.folder, bo.by(), lambda _folder, _hotline: [], lambda _: []
        )
    assert origin.read(bo.folder) is not None
    ana.edit(*GREETING)
    ana.publish()
    with pytest.raises(Overtaken, match="from another hotline"):
        bo.publish()


def test_of_two_who_publish_in_the_same_moment_one_is_refused_and_keeps_the_files(
    hire: Hire, database: Database
) -> None:
    ana, bo = hire("ana"), hire("bo")
    ana.publish()
    bo.publish()
    ana.edit(*GREETING)
    bo.edit(*FAREWELL)
    both_checked = threading.Barrier(2, timeout=20)
    outcomes: dict[str, object] = {}

    def at_once(_folder: Path, _hotline: Hotline) -> list[Problem]:
        both_checked.wait()  # both have found version 1 live and go on
        return []

    def publish(name: str) -> None:
        try:
            outcomes[name] = {"ana": ana, "bo": bo}[name].publish(try_calls=at_once)
        except Overtaken as refused:
            outcomes[name] = refused

    people = [threading.Thread(target=publish, args=(name,)) for name in ("ana", "bo")]
    for one in people:
        one.start()
    for one in people:
        one.join()
    winners = [name for name, outcome in outcomes.items() if isinstance(outcome, Published)]
    losers = [name for name, outcome in outcomes.items() if isinstance(outcome, Overtaken)]
    assert len(winners) == len(losers) == 1
    assert f"{winners[0]} published version 2" in str(outcomes[losers[0]])
    loser = {"ana": ana, "bo": bo}[losers[0]]
    assert loser.merge() is not None
    loser.publish()
    said = live_text(database, "prompts.zh.yaml")
    assert "早上好" in said
    assert "祝您愉快" in said


# -- going back ------------------------------------------------------------------------------------


def test_going_back_publishes_the_old_files_under_a_new_number(
    hire: Hire, database: Database
) -> None:
    ana = hire("ana")
    ana.publish()
    ana.edit(*GREETING)
    ana.publish()
    done = ana.roll_back(1, "callers complain")
    assert (done.version.number, done.version.restores) == (3, 1)
    assert done.version.why == "back to version 1: callers complain"
    assert database.versions.files(3) == database.versions.files(1)
    assert "早上好" in database.versions.files(2).texts["prompts.zh.yaml"]
    assert done.in_folder
    assert ana.text("prompts.zh.yaml") == FILES["prompts.zh.yaml"]
    ana.edit(*FAREWELL)
    assert ana.publish().version.number == 4


def test_going_back_leaves_a_folder_alone_in_which_somebody_works(hire: Hire) -> None:
    ana = hire("ana")
    ana.publish()
    ana.edit(*GREETING)
    ana.publish()
    ana.edit(*FAREWELL)
    assert not ana.roll_back(1).in_folder
    assert "祝您愉快" in ana.text("prompts.zh.yaml")
    with pytest.raises(Overtaken, match='"back to version 1"'):
        ana.publish()
    ana.merge()
    assert ana.text("prompts.zh.yaml") == FILES["prompts.zh.yaml"].replace(*FAREWELL[1:])


def test_going_back_does_not_wait_for_prompts_that_cannot_be_spoken(hire: Hire) -> None:
    ana = hire("ana")
    ana.publish()
    ana.edit(*GREETING)
    ana.publish()
    done = ana.roll_back(1, build=lambda _: ["zh: there is no voice"])
    assert done.new
    assert done.unspoken == ("zh: there is no voice",)


def test_going_back_to_what_is_live_or_never_was_makes_no_version(
    hire: Hire, database: Database
) -> None:
    ana = hire("ana")
    with pytest.raises(NotFound):
        ana.roll_back(1)
    ana.publish()
    assert not ana.roll_back(1).new
    with pytest.raises(NotFound, match="There is no version 7"):
        ana.roll_back(7)
    assert database.versions.latest() == 1
