"""Can the hotline say what it is to say?"""

from collections.abc import Iterator

from ivr.doctor.finding import Finding
from ivr.errors import BadInput
from ivr.flow.hotline import Hotline
from ivr.flow.load import load
from ivr.flow.problem import BrokenFlow
from ivr.prompts import PromptStore, Status
from ivr.said import ahead, fixed
from ivr.settings import Settings
from speech.audio import read_wav
from speech.voices import Voices

POORLY_SPOKEN = {
    language: f"{name} prompts are spoken by espeak-ng, which is hard to understand there"
    for language, name in {"ko": "Korean", "zh": "Chinese"}.items()
}
"""Languages that espeak-ng speaks so that callers, old ones above all, hardly understand it."""


def flows(settings: Settings) -> Iterator[Finding]:
    """The flow files, and the audio of what they say."""
    if not settings.flows.is_dir():
        remedy = "careline versions, then careline versions NUMBER --into flows"
        yield Finding("warning", "flows/ is not here: what was published is served", remedy)
        return
    try:
        hotline = load(settings.flows)
    except BrokenFlow as broken:
        count = len(broken.problems)
        yield Finding("bad", f"the flow files have {count} problem(s)", "careline check")
        return
    yield Finding("good", f"{len(hotline.flows)} flows are sound")
    voices = Voices(settings.voices)
    store = PromptStore(settings.var / "prompts", voices, settings.flows / "audio")
    yield from _wordings(hotline)
    yield from _audio(store, hotline, voices)
    yield from _recordings(settings, store, hotline)


def _wordings(hotline: Hotline) -> Iterator[Finding]:
    for language in hotline.center.center.languages:
        if language not in hotline.wording.texts:
            what = f"nothing is worded in {language}: its speakers hear English, or else "
            remedy = f"write flows/prompts.{language}.yaml, or take {language} out of center.yaml"
            yield Finding("warning", f"{what}{hotline.wording.default}", remedy)


def _audio(store: PromptStore, hotline: Hotline, voices: Voices) -> Iterator[Finding]:
    missing = sum(store.status(spoken) is Status.MISSING for spoken in ahead(hotline))
    if missing:
        what = f"{missing} prompts have no audio yet; each is built when first said"
        yield Finding("warning", what, "careline prompts build")
    else:
        yield Finding("good", "every prompt has its audio")
    for language in hard_to_understand(store, hotline, voices):
        yield Finding("warning", POORLY_SPOKEN[language], remedy_for(language))


def hard_to_understand(store: PromptStore, hotline: Hotline, voices: Voices) -> list[str]:
    """The languages of `POORLY_SPOKEN` in which callers hear espeak-ng."""
    built = {spoken.language for spoken in fixed(hotline) if store.recording(spoken) is None}
    return [tag for tag in POORLY_SPOKEN if tag in built and not voices.speaks_well(tag)]


def remedy_for(language: str) -> str:
    """What to do where espeak-ng speaks a language poorly."""
    return f"have them recorded: careline prompts script {language}"


def _recordings(settings: Settings, store: PromptStore, hotline: Hotline) -> Iterator[Finding]:
    for spoken in fixed(hotline):
        recording = store.recording(spoken)
        if recording is not None and not spoken.slow and not store.path(spoken).is_file():
            try:
                read_wav(recording)
            except BadInput as error:
                yield Finding("warning", str(error), "careline prompts build")
    for recording in store.unheard(fixed(hotline)):
        language = recording.parent.name
        what = f"{recording.relative_to(settings.home)} is never played: no prompt is so named"
        remedy = f"rename it to PROMPT.wav; careline prompts list -l {language} names the prompts"
        yield Finding("warning", what, remedy)
