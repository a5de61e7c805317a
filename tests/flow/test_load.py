"""A supervisor's mistakes are answered with file, line, column, what was found and what to do.

Each `bad/*.yaml` is a flow file with one mistake; its first line names the file of `ok/` that it
stands in for, a second one may say which agents there are, or that the file belongs into `speaks/`, a
hotline whose callers speak (and which words of theirs are heard); the `.out` beside it holds the exact
answer. A new rule needs a case here.
"""

import shutil
from pathlib import Path

import pytest
import yaml

from ivr.flow.load import check, load
from ivr.flow.problem import BrokenFlow
from ivr.flow.rules import RULES
from ivr.resources import flows

HERE = Path(__file__).parent
BAD = sorted((HERE / "bad").glob("*.yaml"))


def answer(case: Path, folder: Path) -> str:
    """What is said of `ok/` with one file replaced by the case."""
    hotline = folder / "flows"
    replaced, second, *_ = case.read_text().splitlines()
    speaks = second.startswith("# callers speak")
    shutil.copytree(HERE / ("speaks" if speaks else "ok"), hotline)
    shutil.copy(case, hotline / replaced.removeprefix("# "))
    agents = None
    if second.startswith("# agents: "):
        agents = yaml.safe_load(f"[{second.removeprefix('# agents: ')}]")
    vocabularies = None
    if second.startswith("# callers speak, and "):
        language, words = second.removeprefix("# callers speak, and ").split(" is heard by: ")
        vocabularies = {language: set(words.split())}
    checked = check(hotline, agents, vocabularies)
    assert checked.problems
    return "".join(f"{problem}\n" for problem in checked.problems)


@pytest.mark.parametrize("case", BAD, ids=lambda path: path.stem)
def test_a_mistake_is_answered_with_place_finding_and_remedy(case: Path, tmp_path: Path) -> None:
    assert answer(case, tmp_path) == case.with_suffix(".out").read_text()


def test_every_rule_has_a_bad_example() -> None:
    shown = "".join(case.with_suffix(".out").read_text() for case in BAD)
    assert [name for name in RULES if f"[{name}]" not in shown] == []


def test_at_least_sixty_mistakes_are_known_and_no_answer_is_without_its_mistake() -> None:
    assert len(BAD) >= 60
    assert {path.stem for path in (HERE / "bad").glob("*.out")} == {path.stem for path in BAD}


def test_a_sound_hotline_is_checked_in_silence() -> None:
    checked = check(HERE / "ok", [{"zh": 5, "en": 1, "senior_care": 3}])
    assert checked.problems == ()
    assert checked.hotline is not None
    assert set(checked.hotline.flows) == {"main", "other"}


def test_a_hotline_whose_callers_speak_is_checked_in_silence() -> None:
    assert check(HERE / "speaks").problems == ()


def test_the_hotline_we_ship_is_checked_in_silence() -> None:
    assert check(flows()).problems == ()


def test_a_warning_lets_the_hotline_pass(tmp_path: Path) -> None:
    hotline = tmp_path / "flows"
    shutil.copytree(HERE / "ok", hotline)
    (hotline / "lonely.yaml").write_text("steps: {first: {goto: main}}")
    checked = check(hotline)
    assert [(p.severity, p.rule) for p in checked.problems] == [("warning", "unreachable")]
    assert set(load(hotline).flows) == {"lonely", "main", "other"}


def test_all_mistakes_are_told_at_once_within_files_and_across_them(tmp_path: Path) -> None:
    hotline = tmp_path / "flows"
    shutil.copytree(HERE / "ok", hotline)
    main = (hotline / "main.yaml").read_text()
    main = main.replace("], interrupt: no", "], interupt: no").replace(
        "digits: 4,", "digits: four,"
    )
    (hotline / "main.yaml").write_text(main.replace("queue: general", "queue: genral"))
    (hotline / "other.yaml").write_text("steps: {first: {goto: mian}}")
    with pytest.raises(BrokenFlow) as broken:
        load(hotline)
    told = [(p.spot.path, p.spot.line, p.rule) for p in broken.value.problems]
    assert told == [
        ("main.yaml", 5, "unknown-field"),
        ("main.yaml", 13, "value"),
        ("main.yaml", 20, "unknown-name"),
        ("other.yaml", 1, "unknown-target"),
    ]


def test_who_mentions_a_step_or_flow_that_could_not_be_read_is_not_to_blame(tmp_path: Path) -> None:
    hotline = tmp_path / "flows"
    shutil.copytree(HERE / "ok", hotline)
    (hotline / "other.yaml").write_text("steps: [")
    assert [p.spot.path for p in check(hotline).problems] == ["other.yaml"]
    (hotline / "other.yaml").write_text("steps: {first: {gotoo: main}}")
    assert [p.rule for p in check(hotline).problems] == ["unknown-step"]


def test_a_folder_without_center_says_so(tmp_path: Path) -> None:
    with pytest.raises(BrokenFlow, match=r"center.yaml:1:1: not found in"):
        load(tmp_path)


def test_a_mistake_in_text_that_goes_over_lines_is_found_on_its_own_line(tmp_path: Path) -> None:
    hotline = tmp_path / "flows"
    shutil.copytree(HERE / "ok", hotline)
    prompts = (hotline / "prompts.zh.yaml").read_text()
    long = "goodbye: >-\n    再见。\n    谢谢您的来电，\n    {{ caller.nmae }}。"
    (hotline / "prompts.zh.yaml").write_text(prompts.replace("goodbye: 再见。", long))
    [problem] = check(hotline).problems
    assert (problem.spot.line, problem.spot.column) == (13, 15)
    assert 'did you mean "name"' in problem.message


def test_a_quote_that_is_doubled_within_quotes_does_not_move_the_column(tmp_path: Path) -> None:
    hotline = tmp_path / "flows"
    shutil.copytree(HERE / "ok", hotline)
    main = (hotline / "main.yaml").read_text()
    condition = "'caller.name == ''Li'' && teir == 1'"
    main = main.replace("'caller.tier == \"gold\"'", condition)
    (hotline / "main.yaml").write_text(main)
    [problem] = check(hotline).problems
    assert problem.text[problem.spot.column - 1 :].startswith("teir")


def test_a_step_that_lets_in_everybody_from_before_and_more_is_no_narrower(tmp_path: Path) -> None:
    hotline = tmp_path / "flows"
    shutil.copytree(HERE / "ok", hotline)
    center = (hotline / "center.yaml").read_text()
    senior = "senior: {need: {senior_care: 3}, "
    assert senior in center
    wider = (
        "senior: {need: {senior_care: 3, language: intent, not: [en], prefer: {en: 2}}, relax: ["
        "{after: 10s, need: {senior_care: 3, any: [{language: intent}, en], not: [{en: 2}]}}, "
        "{after: 20s, need: {any: [{senior_care: 2}, zh]}}, {after: 30s, need: {}}], "
    )
    (hotline / "center.yaml").write_text(center.replace(senior, wider))
    assert [p.rule for p in check(hotline).problems if p.rule == "narrower-relax"] == []
