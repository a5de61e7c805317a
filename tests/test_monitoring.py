"""The dashboard and the alerts ask for figures that the engine has, with labels they have."""

import json
import re
from collections.abc import Iterator

import pytest
import yaml

from ivr.metrics import Metrics
from ivr.resources import deploy
from tests.test_metrics import Sound, ThreeAgents, call

FOLDER = deploy() / "monitoring"
WIDTH = 24
"""Columns of a dashboard."""
FIRST_OF_GRAFANA_10 = 38
_NAME = re.compile(r"\bcareline_[a-z_]+")
_LABEL = re.compile(r"by \(([a-z, ]+)\)")


def questions() -> Iterator[str]:
    for panel in json.loads((FOLDER / "grafana.json").read_text())["panels"]:
        yield from (target["expr"] for target in panel["targets"])
    for group in yaml.safe_load((FOLDER / "alerts.yaml").read_text())["groups"]:
        yield from (rule["expr"] for rule in group["rules"])


def telling() -> Metrics:
    """Metrics of a hotline in which everything has happened once."""
    metrics = Metrics(ThreeAgents(), lambda: True)
    metrics.hears(Sound())
    return metrics


def there_are() -> tuple[set[str], set[str]]:
    """The names and labels of everything the engine tells."""
    metrics = telling()
    call(metrics, "1", "answered", queue="cards", waited_s=4.0, talked_s=60.0)
    call(metrics, "2", "abandoned", queue="cards", waited_s=4.0)
    samples = [one for family in metrics.registry.collect() for one in family.samples]
    families = {family.name for family in metrics.registry.collect()}
    counted = {f"{name}_total" for name in families}
    labels = {label for one in samples for label in one.labels} | {"cause", "part"}
    return {one.name for one in samples} | counted, labels


@pytest.mark.parametrize("question", list(questions()))
def test_what_is_asked_for_is_told(question: str) -> None:
    names, labels = there_are()
    assert set(_NAME.findall(question)) <= names
    for asked in _LABEL.findall(question):
        assert set(asked.replace(" ", "").split(",")) <= labels


def test_everything_that_is_told_is_shown() -> None:
    asked = " ".join(questions())
    families = {family.name for family in telling().registry.collect()}
    assert {family for family in families if family not in asked} == set()


def test_no_panel_hides_another() -> None:
    board = json.loads((FOLDER / "grafana.json").read_text())
    panels = board["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken = [
        (place["x"] + x, place["y"] + y)
        for place in (panel["gridPos"] for panel in panels)
        for x in range(place["w"])
        for y in range(place["h"])
    ]
    assert len(set(taken)) == len(taken)
    assert max(x for x, _ in taken) < WIDTH
    assert board["uid"] == "careline"
    assert board["schemaVersion"] >= FIRST_OF_GRAFANA_10


@pytest.mark.parametrize("question", list(questions()))
def test_what_is_asked_is_well_formed(question: str) -> None:
    depth = 0
    for character in question:
        depth += {"(": 1, ")": -1}.get(character, 0)
        assert depth >= 0
    assert depth == 0
    for counter in re.findall(r"\bcareline_[a-z_]+_(?:total|bucket|count|sum)\b", question):
        assert re.search(rf"rate\({counter}(\{{[^}}]*\}})?\[", question), "counters only as a rate"
    for asked in re.findall(r"histogram_quantile\([0-9.]+, sum by \(([a-z, ]+)\)", question):
        assert "le" in asked.split(", ")


def test_every_alert_says_what_is_wrong_and_how_urgent_it_is() -> None:
    [group] = yaml.safe_load((FOLDER / "alerts.yaml").read_text())["groups"]
    assert len({rule["alert"] for rule in group["rules"]}) == len(group["rules"])
    for rule in group["rules"]:
        assert re.fullmatch(r"[0-9]+[sm]", rule["for"])
        assert rule["labels"]["severity"] in {"page", "warn"}
        assert rule["annotations"]["summary"].endswith(".")
