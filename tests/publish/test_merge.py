"""What becomes of a file that two people changed?"""

import pytest

from ivr.errors import CarelineError
from ivr.flow.files import FlowFiles
from ivr.publish.merge import merge

BASE = "a\nb\nc\nd\ne\n"
SIDES = ("yours", "version 2")


def files(text: str | None) -> FlowFiles:
    return FlowFiles({} if text is None else {"main.yaml": text})


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "merged", "clean"),
    [
        pytest.param(BASE, BASE, "x\n", "x\n", True, id="only they changed it"),
        pytest.param(BASE, "x\n", BASE, "x\n", True, id="only I changed it"),
        pytest.param(BASE, "x\n", "x\n", "x\n", True, id="both changed it alike"),
        pytest.param(
            BASE, "A\nb\nc\nd\ne\n", "a\nb\nc\nd\nE\n", "A\nb\nc\nd\nE\n", True, id="apart"
        ),
        pytest.param(
            BASE,
            "A\nb\nc\nd\nE\n",
            "A\nb\nC\nd\ne\n",
            "A\nb\nC\nd\nE\n",
            True,
            id="one line alike, others apart",
        ),
        pytest.param(BASE, None, BASE, None, True, id="only I deleted it"),
        pytest.param(BASE, BASE, None, None, True, id="only they deleted it"),
        pytest.param(None, "x\n", None, "x\n", True, id="only I added it"),
        pytest.param(None, None, "x\n", "x\n", True, id="only they added it"),
        pytest.param(BASE, None, "x\n", "x\n", False, id="I deleted what they changed"),
        pytest.param(BASE, "x\n", None, "x\n", False, id="they deleted what I changed"),
        pytest.param(
            "a\n",
            "b\n",
            "c\n",
            "<<<<<<< yours\nb\n=======\nc\n>>>>>>> version 2\n",
            False,
            id="the same line",
        ),
        pytest.param(
            None,
            "b\n",
            "c\n",
            "<<<<<<< yours\nb\n=======\nc\n>>>>>>> version 2\n",
            False,
            id="both added it",
        ),
    ],
)
def test_a_merge_keeps_what_both_did(
    base: str | None, mine: str | None, theirs: str | None, merged: str | None, clean: bool
) -> None:
    done = merge(files(base), files(mine), files(theirs), SIDES)
    assert done.files == files(merged)
    assert done.conflicts == (() if clean else ("main.yaml",))


def test_without_diff3_a_merge_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(CarelineError, match="apt-get install diffutils"):
        merge(files(BASE), files("x\n"), files("y\n"), SIDES)
