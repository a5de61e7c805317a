"""What a flow says is worded in every language the flow is written for."""

from collections import defaultdict
from collections.abc import Iterator

from ivr.flow.inspection import Inspection, Said
from ivr.flow.problem import Problem
from ivr.flow.source import Loc

NAME = "untranslated-prompt"
SHOWN = 3  # prompts that are named; the others are counted


def check(inspection: Inspection) -> Iterator[Problem]:
    """Prompts that have a text, but not in each language; a flow's `languages:` say in which.

    What one file lacks in the same languages is told once, at the first of it.
    """
    wording, spoken = inspection.hotline.wording, inspection.hotline.center.center.languages
    if any(name.startswith("prompts.") for name in inspection.unreadable):
        return
    lacking: dict[tuple[str, tuple[str, ...]], dict[str, Said]] = defaultdict(dict)
    for said in inspection.prompts():
        if wording.language_for(said.prompt, wording.default) is not None:
            without = tuple(
                one
                for one in said.languages
                if one in spoken and said.prompt not in wording.texts.get(one, {})
            )
            if without:
                lacking[said.source.path, without].setdefault(said.prompt, said)
    for (_, languages), prompts in lacking.items():
        first = next(iter(prompts.values()))
        heard = {str(wording.language_for(name, one)) for name in prompts for one in languages}
        files = ", ".join(f"prompts.{one}.yaml" for one in languages)
        message = (
            f"{_named(list(prompts))} no text in {', '.join(languages)} and will be heard in "
            f"{', '.join(sorted(heard))}; add it to {files}{_or_say(first.loc)}"
        )
        yield first.source.problem(first.source.value(first.loc), message, NAME, "warning")


def _named(prompts: list[str]) -> str:
    shown = ", ".join(f'"{name}"' for name in prompts[:SHOWN])
    if len(prompts) == 1:
        return f"the prompt {shown} has"
    more = f" and {len(prompts) - SHOWN} more" if len(prompts) > SHOWN else ""
    return f"the prompts {shown}{more} have"


def _or_say(loc: Loc) -> str:
    if loc[0] != "steps":
        return ""
    return ", or name the languages this flow speaks at its top, such as languages: [zh, en]"
