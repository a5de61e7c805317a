"""A supervisor's mistakes are answered with file, line, column, what was found and what to do.

Each `bad/*.yaml` is a flow file with one mistake; its first line names the file of `ok/` that it
stands in for, and the `.out` beside it holds the exact answer. A new rule needs a case here.
"""

import shutil
from pathlib import Path

import pytest

from ivr.flow.load import load
from ivr.flow.problem import BrokenFlow
from ivr.flow.rules import RULES
from ivr.resources import flows

HERE = Path(__file__).parent
BAD = sorted((HERE / "bad").glob("*.yaml"))


def answer(case: Path, folder: Path) -> str:
    """What loading says of `ok/` with one file replaced by the case."""
    hotline = folder / "flows"
    shutil.copytree(HERE / "ok", hotline)
    replaced = case.read_text().splitlines()[0].removeprefix("# ")
    shutil.copy(case, hotline / replaced)
    with pytest.raises(BrokenFlow) as broken:
        load(hotline)
    return str(broken.value) + "\n"


@pytest.mark.parametrize("case", BAD, ids=lambda path: path.stem)
def test_a_mistake_is_answered_with_place_finding_and_remedy(case: Path, tmp_path: Path) -> None:
    assert answer(case, tmp_path) == case.with_suffix(".out").read_text()


def test_every_rule_has_a_bad_example() -> None:
    shown = "".join(case.with_suffix(".out").read_text() for case in BAD)
    assert all(f"[{name}]" in shown for name in RULES)


def test_a_sound_hotline_loads_in_silence() -> None:
    assert set(load(HERE / "ok").flows) == {"main", "other"}


def test_the_hotline_we_ship_is_sound() -> None:
    assert "main" in load(flows()).flows


def test_all_mistakes_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    hotline = tmp_path / "flows"
    shutil.copytree(HERE / "ok", hotline)
    main = (hotline / "main.yaml").read_text()
    main = main.replace("interrupt: no", "interupt: no").replace("digits: 4,", "digits: four,")
    (hotline / "main.yaml").write_text(main)
    with pytest.raises(BrokenFlow) as broken:
        load(hotline)
    assert [problem.spot.line for problem in broken.value.problems] == [5, 13]


def test_a_folder_without_center_says_so(tmp_path: Path) -> None:
    with pytest.raises(BrokenFlow, match=r"center.yaml:1:1: not found in"):
        load(tmp_path)
