"""Which kinds of things can be found in a sentence, and what is a found one?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Digits:
    """A number told digit by digit, such as a card's last four; its value is text: "0412"."""

    least: int = 1
    most: int = 32


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum of money, as text such as "3500" or "12.50"; `unit` is the currency where it is said.

    With `bare` a number without a currency counts, too.
    """

    bare: bool = True


@dataclass(frozen=True, slots=True)
class Date:
    """A day, as text such as "2026-11-22".

    What fits many days ("the fifth", "Monday") is the next of them; with `past` the last one.
    """

    past: bool = False


@dataclass(frozen=True, slots=True)
class Time:
    """A time of the day, as text such as "15:00"."""


@dataclass(frozen=True, slots=True)
class YesNo:
    """Yes or no: True or False. `yes` and `no` are further words for it."""

    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing of a list: its name there, whichever of its wordings was said."""

    items: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Name:
    """A name of a list, such as a clerk's, that may have been heard not quite right."""

    names: tuple[str, ...]


Kind: TypeAlias = Digits | Amount | Date | Time | YesNo | Choice | Name


@dataclass(frozen=True, slots=True)
class SlotValue:
    """A thing that was found: its value, and where it stands in the sentence.

    `start` and `end` count the characters of the sentence as it was given; `text` is what stands
    there. `unit` is a currency (ISO 4217) where one was said.
    """

    value: str | bool
    start: int
    end: int
    text: str
    unit: str | None = None
