"""Can the hotline understand what callers say?"""

from collections.abc import Iterator

from ivr.doctor.finding import Finding
from ivr.errors import CarelineError
from ivr.flow.load import load
from ivr.hearing import FOLDER
from ivr.settings import Settings
from speech import catalogue, models


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
            what = f"callers cannot speak {language}: there they are served by keys, and a human"
            yield Finding("warning", what, f"careline models install {language}")
        elif model.folder is not None and (damage := catalogue.damage(model.folder)):
            what = f"the model of {language} is damaged: {damage[0]}"
            yield Finding("warning", what, f"careline models install {language}")
        else:
            trust = (
                "" if model.measured else "; how sure it is, is measured with another Vosk model"
            )
            yield Finding("good", f"callers may speak {language} ({model.name}){trust}")
