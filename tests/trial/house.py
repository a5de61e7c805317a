"""The smallest hotline worth trying: a greeting, a menu, a queue, a way out when nobody is there."""

from pathlib import Path

from ivr.flow.wording import SYSTEM_PROMPTS

CENTER = """\
center: {name: Bank, timezone: Asia/Shanghai, languages: [zh, en], human: main.agent}
skills: {zh: Chinese, en: English, senior: Patience}
hours: {office: {open: {mon-sun: "08:00-20:00"}}}
numbers: {duty: "8800"}
queues:
  general:
    need: {language: caller.language}
    hours: office
    closed: main.bye
    unstaffed: main.duty
  elders: {need: {senior: 3, language: caller.language}, unstaffed: main.duty}
limits: {foreign: 2, time: 90s}
rules:
  - {name: elder, when: caller.age >= 60, say: at_once, queue: elders}
"""

MAIN = """\
flow: main
start: welcome
steps:
  welcome: {say: welcome, next: menu}
  menu:
    menu: main_menu
    choices: {1: agent, 2: topic, 3: agent}
    no_input: [again]
    otherwise: agent
  topic: {set: {topic: '"balance"'}, next: code}
  code: {ask: ask_code, into: code, digits: 4, otherwise: agent, next: told}
  told: {say: told, next: agent}
  agent: {queue: general, say: connecting}
  duty: {transfer: duty, failed: bye}
  bye: {hangup: goodbye}
"""

PROMPTS = {
    "welcome": "Welcome to the bank.",
    "main_menu": "An agent, press 1. A balance, press 2.",
    "again": "Press 1 or 2.",
    "ask_code": "Your code, please.",
    "told": "You keyed {{ digits(code) }}.",
    "at_once": "Somebody is coming.",
    "goodbye": "Goodbye.",
    "connecting": "One moment.",
}


def build(folder: Path) -> Path:
    """Write the hotline's files into a new folder, and return it."""
    folder.mkdir()
    (folder / "center.yaml").write_text(CENTER)
    (folder / "main.yaml").write_text(MAIN)
    for language in ("zh", "en"):
        texts = {name: f"{name} is said." for name in SYSTEM_PROMPTS} | PROMPTS
        lines = [f'  {name}: "{text}"' for name, text in texts.items()]
        (folder / f"prompts.{language}.yaml").write_text(
            f"language: {language}\nprompts:\n" + "\n".join(lines) + "\n"
        )
    return folder
