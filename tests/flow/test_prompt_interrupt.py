"""May this prompt be cut short? What it says itself, beside what its step says."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from shutil import copytree

import pytest

from ivr.caller import Caller
from ivr.flow.conversation import Conversation
from ivr.flow.fields import ANYTHING, Interrupt
from ivr.flow.global_keys import HumanWanted
from ivr.flow.graph import Graph
from ivr.flow.hotline import Hotline, Place
from ivr.flow.load import load
from ivr.flow.steps import STEPS
from ivr.line.far_end import Press, Say, Script
from ivr.line.simulated import SimulatedLine
from ivr.line.virtual_time import run
from tests.flow.house import House
from tests.flow.test_load import HERE

GREETING, NOTICE, HELP = "您好，欢迎致电。", "您的通话将被录音。", "您要办什么？"
MENU = {"menu": "help", "choices": {"1": {"to": "a", "says": "yes"}}, "otherwise": "human"}
VOICE_ONLY, KEY_ONLY = Interrupt(by_key=False), Interrupt(by_voice=False)


@cache
def hotline(base: Path, interrupt: str) -> Hotline:
    """The hotline whose callers speak, in which some prompts say what may cut them short."""
    folder = base / interrupt
    copytree(HERE / "speaks", folder)
    for language, notice in {"zh": NOTICE, "en": "Calls are recorded."}.items():
        file = folder / f"prompts.{language}.yaml"
        kept = [
            line
            for line in file.read_text().splitlines()
            if not line.startswith(("  help:", "  notice:", "  welcome:"))
        ]
        own = "" if language == "en" else ", interrupt: no"
        kept += [
            f"  welcome: {GREETING}",
            f"  notice: {{text: {notice}{own}}}",
            f"  help: {{text: {HELP}, interrupt: {interrupt}}}",
        ]
        file.write_text("\n".join(kept) + "\n")
    return load(folder)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where hotlines are made, once each."""
    return tmp_path_factory.mktemp("hotlines")


def heard(base: Path, caller: Script, *steps: Mapping[str, object], interrupt: str = "yes") -> str:
    """What a caller heard whole of `steps`, and the way out of the last."""

    async def call() -> tuple[str | None, SimulatedLine]:
        line = SimulatedLine(caller)
        known = Caller(None, "withheld", None, None, "zh", True, None)
        talk = Conversation(line, hotline(base, interrupt), known, House())
        way: str | None = None
        for fields in steps:
            kind = next(name for name in fields if name in STEPS)
            way = await STEPS[kind].model_validate(fields).run(talk)
        return way, line

    way, line = run(call())
    return " ".join([*(one.spoken.name or "" for one in line.heard if one.whole), f"→ {way}"])


def test_a_key_skips_what_may_be_skipped_and_not_the_notice(base: Path) -> None:
    say = {"say": ["welcome", "notice", "welcome"], "next": "on"}
    assert heard(base, Script(at_prompt={1: Press("1", after=0.1)}), say) == "notice → on"
    assert heard(base, Script(at_prompt={2: Press("1", after=0.1)}), say) == (
        "welcome notice welcome → on"
    )


def test_the_key_that_skipped_a_greeting_answers_the_menu_after_the_notice(base: Path) -> None:
    caller = Script(at_prompt={1: Press("1", after=0.1)})
    say = {"say": ["welcome", "notice"], "next": "menu"}
    assert heard(base, caller, say, MENU) == "notice → a"


def test_a_notice_in_a_step_of_its_own_is_heard_by_those_who_type_ahead(base: Path) -> None:
    caller = Script(at_prompt={1: Press("1", after=0.1)})
    steps = ({"say": "welcome", "next": "on"}, {"say": "notice", "next": "menu"}, MENU)
    assert heard(base, caller, *steps) == "notice → a"


def test_zero_in_a_notice_leads_to_a_human_after_it(base: Path) -> None:
    caller = Script(at_prompt={1: Press("0", after=0.1)})
    assert heard(base, caller, {"say": "notice", "next": "on"}) == "notice → on"
    with pytest.raises(HumanWanted):
        heard(base, caller, {"say": "notice", "next": "menu"}, MENU)


@pytest.mark.parametrize("step", ["yes", "no", "key", "voice"])
@pytest.mark.parametrize("prompt", ["yes", "no", "key", "voice"])
def test_prompt_and_step_must_both_allow_it(base: Path, prompt: str, step: str) -> None:
    asked = MENU | {"interrupt": step}
    by_key, by_voice = (
        all(one in {"yes", how} for one in (prompt, step)) for how in ("key", "voice")
    )
    pressed = Script(at_prompt={1: Press("1", after=0.1)}, answers=(Press("1", after=0.1),))
    spoken = Script(at_prompt={1: Say("对", after=0.1)})
    assert ("help" not in heard(base, pressed, asked, interrupt=prompt)) is by_key
    assert ("help" not in heard(base, spoken, asked, interrupt=prompt)) is by_voice


def test_zero_cuts_a_question_short_whatever_its_prompt_says(base: Path) -> None:
    with pytest.raises(HumanWanted):
        heard(base, Script(at_prompt={1: Press("0", after=0.1)}), MENU, interrupt="no")


def test_what_one_language_says_counts_in_all(base: Path) -> None:
    wording = hotline(base, "key").wording
    assert wording.interrupt("notice") == Interrupt(by_key=False, by_voice=False)
    assert wording.interrupt("welcome") == ANYTHING
    assert wording.interrupt("help", VOICE_ONLY) == Interrupt(by_key=False, by_voice=False)
    assert wording.interrupt("help", KEY_ONLY) == KEY_ONLY


def test_the_proof_knows_that_zero_waits_for_a_notice(tmp_path: Path) -> None:
    folder = tmp_path / "flows"
    copytree(HERE / "ok", folder)
    main = folder / "main.yaml"
    main.write_text(main.read_text().replace("notice], interrupt: no", "notice]"))
    assert Place("main", "welcome") in Graph.of(load(folder)).hears_zero
    prompts = folder / "prompts.zh.yaml"
    lines = prompts.read_text().splitlines()
    for at, line in enumerate(lines):
        if line.startswith(("  welcome:", "  notice:")):
            name, text = line.strip().split(": ", 1)
            lines[at] = f"  {name}: {{text: {text}, interrupt: no}}"
    prompts.write_text("\n".join(lines) + "\n")
    assert Place("main", "welcome") not in Graph.of(load(folder)).hears_zero
