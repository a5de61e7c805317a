"""SECURITY.md claims nothing that no test holds: whatever it points to is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
LINKS = sorted(set(re.findall(r"\[([^\]]+)\]\(([^)#]+)\)", TEXT)))
HEADINGS = re.findall(r"(?ms)^### (.+?)\n(.+?)(?=^##|\Z)", TEXT)


@pytest.mark.parametrize(("name", "file"), LINKS)
def test_what_is_pointed_to_is_there(name: str, file: str) -> None:
    path = ROOT / file
    assert path.exists()
    if name.startswith("`test_"):
        assert f"def {name.strip('`')}(" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("threat", "answer"), HEADINGS)
def test_every_threat_is_answered_by_a_test(threat: str, answer: str) -> None:
    assert re.search(r"\[`(test_\w+)`\]\((tests/[\w/]+\.py)\)", answer), threat
