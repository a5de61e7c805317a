"""What was named in a sentence? Digits, amounts, dates, times, yes or no, things of a list."""

from speech.slots.finding import find
from speech.slots.kinds import Amount, Choice, Date, Digits, Kind, Name, SlotValue, Time, YesNo

__all__ = [
    "Amount",
    "Choice",
    "Date",
    "Digits",
    "Kind",
    "Name",
    "SlotValue",
    "Time",
    "YesNo",
    "find",
]
