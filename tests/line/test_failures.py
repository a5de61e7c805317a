"""Is every refusal of the switch that we can meet understood, and none listed that is not?"""

import re

import pytest

from ivr.line.asterisk.failures import REFUSALS, Meaning, meaning

HEARD: dict[str, Meaning] = {
    "Channel PJSIP/carrier-00000031 does not exist.": "channel_gone",
    "No such channel": "channel_gone",
    "Channel not found": "channel_gone",
    "Authentication failed": "not_allowed",
    "Authentication Required": "not_allowed",
    "Permission denied": "not_allowed",
    "Missing action in request": "not_understood",
    "Invalid/unknown command: Nope. Use Action: ListCommands to show available commands.": (
        "not_understood"
    ),
    "No channel specified": "not_understood",
    "No variable specified": "not_understood",
    "Channel not specified": "not_understood",
    "Control not specified": "not_understood",
    "No digit specified": "not_understood",
    "Unknown control type": "not_understood",
    "Both, Channel and Command are *required*": "not_understood",
    "Failed to add AGI command to channel PJSIP/carrier-00000031 queue": "not_done",
    "Variable not set": "not_done",
    "Unable to retrieve endpoint ana": "not_done",
}
"""Said by Asterisk 22.10 to the actions we send, or in its source where they cannot be provoked."""


@pytest.mark.parametrize(("text", "expected"), HEARD.items())
def test_what_the_switch_says_is_understood(text: str, expected: Meaning) -> None:
    assert meaning(text) == expected


def test_exactly_one_line_of_the_table_is_about_each_text() -> None:
    for text in HEARD:
        assert len([row for row in REFUSALS if re.fullmatch(row, text)]) == 1, text


def test_every_line_of_the_table_is_about_something_the_switch_says() -> None:
    for row in REFUSALS:
        assert any(re.fullmatch(row, text) for text in HEARD), row


def test_an_unknown_refusal_is_still_a_refusal() -> None:
    assert meaning("The moon is full") == "not_done"
