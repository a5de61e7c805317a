"""The hotline we ship, made lively: it serves more languages, and nobody there takes their time.

A language of its own for every story keeps callers and agents of different stories apart, though
all happen at once. What has no words in such a language is said in English.
"""

import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from ivr import resources
from tests.rig import sound

MORE_LANGUAGES = (
    "fr",
    "de",
    "es",
    "it",
    "pt",
    "nl",
    "sv",
    "fi",
    "pl",
    "cs",
    "el",
    "hu",
    "tr",
    "uk",
)
RING, WRAP_UP, PATIENCE = 4.0, 2.0, 1.5
"""Seconds: how long phones ring, how long agents are left alone, how long menus wait for a key."""
SILENCE = 2
"""Seconds without a word that end a message."""
MENU, QUESTION = 1500, 1900
"""Hertz: what the main menu and all other questions sound like in Chinese."""
MENU_LASTS, QUESTION_LASTS = 3.0, 0.6
RIGHT, NOT_RIGHT, NOT_CHECKED = 1300, 1500, 1700
"""Hertz: what an agent hears of a secret that the caller has keyed in a talk."""


def shipped(folder: Path) -> Path:
    """The hotline we ship, as it is."""
    shutil.copytree(resources.flows(), folder)
    return folder


def lively(folder: Path, ring: float = RING, bank: int = 1) -> Path:
    """The lively hotline, whose bank answers on port `bank` of this machine."""
    shipped(folder)
    (folder / "audio" / "zh").mkdir(parents=True)
    for path in folder.glob("*.yaml"):
        if not path.name.startswith("prompts."):
            change(path, partial(_quicken, ring, bank))
            for question in _questions(path):
                sound.write_tone(folder / f"audio/zh/{question}.wav", QUESTION, QUESTION_LASTS)
    sound.write_tone(folder / "audio/zh/main_menu.wav", MENU, MENU_LASTS)
    return folder


def with_secure_entry(folder: Path) -> Path:
    """Let agents of a lively hotline have a caller key a PIN in a talk, of six digits."""
    heard = {
        "ask_secret": QUESTION,
        "is_right": RIGHT,
        "is_wrong": NOT_RIGHT,
        "not_checked": NOT_CHECKED,
    }

    def center(data: Any) -> None:
        data["lookups"]["pin_check"] = dict(data["lookups"]["balance"])
        data["secure_entry"] = {
            "ask": "ask_secret",
            "digits": "6",
            "lookup": "pin_check",
            "with": {"number": "caller.number"},
            "right": "is_right",
            "wrong": "is_wrong",
            "failed": "not_checked",
            "token": "token",
        }

    def prompts(data: Any) -> None:
        data["prompts"] |= {name: name.replace("_", " ") for name in heard}

    change(folder / "center.yaml", center)
    for language in ("zh", "en"):
        change(folder / f"prompts.{language}.yaml", prompts)
        (folder / "audio" / language).mkdir(exist_ok=True)
        for name, hertz in heard.items():
            sound.write_tone(folder / f"audio/{language}/{name}.wav", hertz, QUESTION_LASTS)
    return folder


def with_ivr_recorded(folder: Path) -> Path:
    """Have what callers say and hear in the flows recorded."""

    def center(data: Any) -> None:
        data["recordings"] = data.get("recordings", {}) | {"ivr": "all"}

    change(folder / "center.yaml", center)
    return folder


def always_open(folder: Path) -> Path:
    """The hotline we ship, open day and night: for a clock that nobody can set."""
    change(shipped(folder) / "center.yaml", _open)
    return folder


def always_open_and_lively(folder: Path) -> Path:
    """The lively hotline, open day and night, whose phones ring as long as anybody could wish."""
    change(lively(folder, ring=20) / "center.yaml", _open)
    return folder


def _quicken(ring: float, bank: int, data: Any) -> None:
    if "center" in data:
        data["center"]["languages"] += MORE_LANGUAGES
        data["lookups"]["balance"] = {
            "url": f"http://127.0.0.1:{bank}/balance",
            "method": "POST",
            "secret": "pin",
        }
        data["skills"] |= {language: f"Speaks {language}" for language in MORE_LANGUAGES}
        for queue in data["queues"].values():
            queue |= {"ring": f"{ring}s", "wrap_up": f"{WRAP_UP}s"}
    for step in data.get("steps", {}).values():
        if "menu" in step or "ask" in step:
            step["patience"] = f"{PATIENCE}s"
        if "voicemail" in step:
            step |= {"silence": f"{SILENCE}s", "at_least": "1s"}


def _open(data: Any) -> None:
    data["hours"]["office"] = {"open": {"mon-sun": "00:00-24:00"}, "holidays": "00:00-24:00"}


def _questions(path: Path) -> Iterator[str]:
    """The prompts that ask for keys or words, but for those whose text is made during the call."""
    for step in _read(path).get("steps", {}).values():
        names = [
            step.get("menu") or step.get("ask") or step.get("voicemail"),
            step.get("review"),
            *step.get("no_input", []),
            *step.get("no_match", []),
        ]
        yield from (name for name in names if name and not name.startswith("confirm"))


def change(path: Path, how: Callable[[Any], None]) -> None:
    data = _read(path)
    how(data)
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _read(path: Path) -> Any:
    # Everything stays text: neither dates nor the keys of a menu must become something else.
    return yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506
