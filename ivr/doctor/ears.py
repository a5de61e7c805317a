"""Can the hotline understand what callers say?"""

from collections.abc import Iterator, Sequence

from ivr.doctor.finding import Finding
from ivr.errors import CarelineError
from ivr.flow.load import load
from ivr.hearing import FOLDER
from ivr.settings import Settings
from speech import catalogue, models

KEYS_ONLY = "there they are served by keys, and a human"
INSTALL = "careline models install"


def unheard(settings: Settings, languages: Sequence[str]) -> str:
    """A sentence about those of `languages` that no recognizer hears, with what to do; or nothing."""
    used = models.used(settings.var / FOLDER)
    missing = [language for language in languages if language not in used]
    if not missing or not settings.speech:
        return ""
    which = missing[0] if len(missing) == 1 else "LANGUAGE"
    return (
        f"callers cannot speak {', '.join(missing)}: {KEYS_ONLY}; to change that: {INSTALL} {which}"
    )


def recognizers(settings: Settings) -> Iterator[Finding]:
    """Which of the languages served can be spoken, and which are served by keys and a human."""
    if not settings.speech:
        yield Finding("good", "callers press keys; speech is switched off in careline.toml")
        return
    try:
        languages = load(settings.flows).center.center.languages
    except (CarelineError, OSError):
        return  # another finding says so
    used = models.used(settings.var / FOLDER)
    for language in languages:
        model = used.get(language)
        if model is None:
            what = f"callers cannot speak {language}: {KEYS_ONLY}"
            yield Finding("warning", what, f"{INSTALL} {language}")
        elif model.folder is not None and (damage := catalogue.damage(model.folder)):
            what = f"the model of {language} is damaged: {damage[0]}"
            yield Finding("warning", what, f"{INSTALL} {language}")
        else:
            trust = (
                "" if model.measured else "; how sure it is, is measured with another Vosk model"
            )
            yield Finding("good", f"callers may speak {language} ({model.name}){trust}")
