"""A supervisor, the folder of a small hotline, and what is done to it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from ivr.flow.hotline import Hotline
from ivr.flow.problem import Problem
from ivr.publish import release
from ivr.publish.release import BuildPrompts, By, Published, TakenIn, TryCalls
from ivr.store.versions import Versions

MORNING = datetime(2026, 11, 18, 1, 30, tzinfo=UTC)  # 09:30 in Shanghai

FILES = {
    "center.yaml": """\
center: {name: Bank, timezone: Asia/Shanghai, languages: [zh], entry: main, human: main.human}
skills: {zh: Chinese}
queues:
  general: {need: {language: caller.language}, wrap_up: 0s, unstaffed: main.bye}
rules:
  - {name: elder, when: caller.age >= center.elder_age, say: connecting, queue: general}
""",
    "main.yaml": """\
flow: main
start: welcome
steps:
  welcome: {say: welcome, next: choose}
  choose:
    menu: choose
    choices: {1: human}
    patience: 5s
    otherwise: human
  human: {queue: general, next: bye}
  bye: {hangup: goodbye}
""",
    "prompts.zh.yaml": """\
language: zh
prompts:
  welcome: 您好
  choose: 请按一
  goodbye: 再见
  all_busy: 忙
  connecting: 接通
  feature_logged_in: 签入
  feature_logged_out: 签出
  feature_paused: 暂停
  feature_ready: 恢复
  nobody_here: 没有人
  queue_position: '第{{ position }}位'
  queue_soon: 马上
  queue_wait: '{{ minutes }}分钟'
  sorry_trouble: 对不起
""",
}


def all_go(_folder: Path, _hotline: Hotline) -> Sequence[Problem]:
    """Every call goes as written."""
    return ()


def all_spoken(_hotline: Hotline) -> Sequence[str]:
    """Every prompt has its audio."""
    return ()


class Supervisor:
    """Somebody who edits the files in `folder` and publishes them."""

    def __init__(self, name: str, folder: Path, versions: Versions) -> None:
        self.name = name
        self.folder = folder
        self._versions = versions
        folder.mkdir(parents=True)
        for file, text in FILES.items():
            (folder / file).write_text(text)

    def text(self, file: str) -> str:
        return (self.folder / file).read_bytes().decode()

    def write(self, file: str, text: str) -> None:
        (self.folder / file).write_bytes(text.encode())

    def edit(self, file: str, old: str, new: str) -> None:
        text = self.text(file)
        assert text.count(old) == 1
        self.write(file, text.replace(old, new))

    def by(self, why: str = "") -> By:
        return By(self.name, why, MORNING)

    def publish(
        self,
        why: str = "",
        *,
        replaces: int | None = None,
        try_calls: TryCalls = all_go,
        build: BuildPrompts = all_spoken,
    ) -> Published:
        return release.publish(
            self._versions, self.folder, self.by(why), try_calls, build, replaces=replaces
        )

    def roll_back(self, number: int, why: str = "", build: BuildPrompts = all_spoken) -> Published:
        return release.roll_back(self._versions, self.folder, number, self.by(why), build)

    def merge(self) -> TakenIn | None:
        kept = self.folder.parent / "kept"
        return release.take_in(self._versions, self.folder, kept)
