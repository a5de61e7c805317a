"""What a waiting caller hears between the music, as center.yaml sets it for the queue."""

import shutil
from datetime import date
from pathlib import Path

from ivr.line.far_end import RingsOut, Script
from ivr.line.virtual_time import run
from ivr.resources import flows
from ivr.trial.hall import Trial
from tests.call.hall import Hall, heard

OLD = date(1954, 3, 2)
NEVER = ({"zh": 5, "senior_care": 4}, RingsOut())


def waited(folder: Path, announce: str, seconds: float) -> Trial:
    """An elderly caller who waits so long, in a queue with these announcements."""
    shutil.copytree(flows(), folder)
    center = (folder / "center.yaml").read_text(encoding="utf-8")
    ring = "    ring: 25s\n"
    assert center.count(ring) == 1
    center = center.replace(ring, f"    ring: 1s\n    announce: {announce}\n")
    (folder / "center.yaml").write_text(center, encoding="utf-8")

    async def day() -> Trial:
        hall = Hall({"ana": NEVER}, folder=folder)
        hall.desk.pause("ana", "lunch")
        return await hall.ring(birth=OLD, far_end=Script(hang_up_at=seconds))

    return run(day())


def test_place_and_comfort_are_told_in_turn(tmp_path: Path) -> None:
    announce = "{first: 10s, every: 60s, comfort: [queue_soon, emergency]}"
    trial = waited(tmp_path / "flows", announce, 260)
    after_the_greeting = heard(trial)[1:]
    assert [one for one in after_the_greeting if one in ("queue_soon", "emergency")] == [
        "queue_soon", "emergency", "queue_soon",
    ]  # fmt: skip
    told = [(e.at - trial.events[0].at).total_seconds() for e in trial.all("announced")]
    assert 10 <= told[0] < 20
    assert 60 <= told[1] - told[0] < 80


def test_without_comfort_only_the_place_is_told(tmp_path: Path) -> None:
    trial = waited(tmp_path / "flows", "{every: 20s}", 100)
    assert len(trial.all("announced")) >= 3
    assert "queue_soon" not in heard(trial)
