"""Which of the languages that a hotline serves is tried with somebody who has not named one of them?"""

from collections.abc import Mapping, Sequence

from babel.languages import get_official_languages, get_territory_language_info

# Languages whose speakers are served in another, with what is said their own way where a prompt has
# it: the members of Chinese in ISO 639-3 (macrolanguage zho).
DIALECTS = dict.fromkeys(("cjy", "gan", "hak", "hsn", "nan", "wuu", "yue"), "zh")


def guess_language(country: str | None, languages: Sequence[str], home: str) -> str:
    """The language to try with a caller from `country`, out of those served.

    The first of the country's own languages that is served (CLDR: official ones, the most spoken
    first); otherwise English if served; otherwise the default, `languages[0]`. Callers from the
    hotline's own country, and those whose country is not known, get the default.
    """
    if country is None or country == home:
        return languages[0]
    served = (tag for tag in languages_of(country) if tag in languages)
    return next(served, second_best(languages))


def languages_of(country: str) -> tuple[str, ...]:
    """The primary tags of a country's official languages, the most spoken first (from CLDR).

    A country without an official language (the United States) has its most spoken one.
    """
    tags = get_official_languages(country, de_facto=True)
    if not tags:
        spoken = get_territory_language_info(country)
        tags = tuple(sorted(spoken, key=lambda tag: _share(spoken[tag]), reverse=True)[:1])
    return tuple(dict.fromkeys(tag.split("_")[0] for tag in tags))


def second_best(languages: Sequence[str]) -> str:
    """The language for somebody whose own are not served."""
    return "en" if "en" in languages else languages[0]


def _share(spoken: Mapping[str, float | str | None]) -> float:
    return float(spoken["population_percent"] or 0)
