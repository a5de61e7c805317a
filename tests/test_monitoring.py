"""The dashboard and the alerts ask for figures that the engine has, with labels they have."""

import json
import re
from collections.abc import Iterator

import pytest
import yaml

from ivr.metrics import Metrics
from ivr.resources import deploy
from tests.test_metrics import ThreeAgents, call

FOLDER = deploy() / "monitoring"
_NAME = re.compile(r"\bcareline_[a-z_]+")
_LABEL = re.compile(r"by \(([a-z, ]+)\)")


def questions() -> Iterator[str]:
    for panel in json.loads((FOLDER / "grafana.json").read_text())["panels"]:
        yield from (target["expr"] for target in panel["targets"])
    for group in yaml.safe_load((FOLDER / "alerts.yaml").read_text())["groups"]:
        yield from (rule["expr"] for rule in group["rules"])


def there_are() -> tuple[set[str], set[str]]:
    """The names and labels of everything the engine tells."""
    metrics = Metrics(ThreeAgents(), lambda: True)
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


def test_every_alert_says_what_is_wrong_and_how_urgent_it_is() -> None:
    [group] = yaml.safe_load((FOLDER / "alerts.yaml").read_text())["groups"]
    for rule in group["rules"]:
        assert rule["labels"]["severity"] in {"page", "warn"}
        assert rule["annotations"]["summary"].endswith(".")
