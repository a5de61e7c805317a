"""careline prompts script and import: what a speaker records, and the recordings taken in."""

from pathlib import Path
from typing import Annotated

import typer

from ivr.cli.context import console, require_flows, say, settings
from ivr.cli.prompts import prompt_store
from ivr.errors import BadInput
from ivr.flow.hotline import Hotline
from ivr.flow.load import load
from ivr.line.speech_length import seconds
from ivr.prompts import PromptStore
from ivr.speaker import Line, recordable, script
from speech.audio import open_recording, telephone
from speech.studio import faults


def print_script(
    language: Annotated[str, typer.Argument(help="The language to record, such as zh.")],
) -> None:
    """Print what a speaker has to record: file, text, and where it is heard, in order."""
    hotline, store, lines = _lines(language)
    name = hotline.center.center.name
    to_record = list(recordable(lines))
    total = sum(seconds(line.spoken) for line in to_record)
    console.print(f"{name}: {len(to_record)} texts in {language}, about {total / 60:.0f} minutes.")
    console.print(
        "Leave half a second of silence before and after each. One file each, named as written; "
        f"WAV, 44,100 Hz or more. Then: careline prompts import FOLDER --language {language}\n"
    )
    for number, line in enumerate(to_record, 1):
        slow = "  (slowly)" if line.spoken.slow else ""
        console.print(f"{number:3}  {store.slot(line.spoken).name}{slow}", highlight=False)
        console.print(f"     {line.spoken.text}", highlight=False, markup=False)
        console.print(f"     heard: {', '.join(line.heard) or 'nowhere'}\n", style="dim")
    if varying := [line for line in lines if line.varies]:
        console.print("Not to be recorded, since what they say changes from call to call:\n")
        for line in varying:
            console.print(f"     {line.spoken.name}", highlight=False)
            console.print(f"     {line.spoken.text}\n", highlight=False, markup=False)


def take_in(
    folder: Annotated[Path, typer.Argument(help="Where the recordings are.")],
    language: Annotated[str, typer.Option("--language", "-l", help="Their language.")],
) -> int:
    """Take recordings in, each named like its prompt. Exit code 1 if one has to be made again."""
    if not folder.is_dir():
        raise BadInput(f"{folder}: there is no such folder.")
    _, store, lines = _lines(language)
    slots = {store.slot(line.spoken).stem: line for line in recordable(lines)}
    taken, refused = 0, 0
    for file in sorted(path for path in folder.iterdir() if path.is_file()):
        line = slots.get(file.stem)
        if line is None:
            say(f"{file.name}: no prompt of {language} to be recorded has this name.", "yellow")
        elif _took(file, line, store):
            taken += 1
        else:
            refused += 1
    missing = sum(not store.slot(line.spoken).is_file() for line in recordable(lines))
    console.print(f"{taken} taken in, {refused} refused, {missing} still to be recorded.")
    return 1 if refused else 0


def _took(file: Path, line: Line, store: PromptStore) -> bool:
    try:
        audio = open_recording(file)
        found = list(faults(audio, seconds(line.spoken)))
        for fault in found:
            colour = "red" if fault.refused else "yellow"
            say(f"{file.name}: {fault.sentence}.", colour)
        if any(fault.refused for fault in found):
            return False
        store.take_in(line.spoken, telephone(audio))
    except BadInput as error:
        say(str(error), "red")
        return False
    return True


def _lines(language: str) -> tuple[Hotline, PromptStore, list[Line]]:
    chosen = settings()
    require_flows(chosen)
    hotline = load(chosen.flows)
    if language not in hotline.wording.texts:
        there = ", ".join(hotline.wording.texts)
        raise BadInput(f"there is no prompts.{language}.yaml; there are prompts in {there}")
    return hotline, prompt_store(chosen), script(hotline, language)
