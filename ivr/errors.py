"""The error tree: what can go wrong, told apart by who has to do something about it.

    CarelineError              every failure Careline raises on purpose; its text is a sentence
    ├── BadInput               somebody's file, argument or setting is wrong: where, what, expected
    │   └── BrokenFlow         a set of flow files with at least one problem; carries them all
    ├── NotFound               a name or id that does not exist here
    ├── LineError              the switch failed while it served one call
    │   └── SwitchUnreachable  the link to the switch is down: no call can be served
    ├── StoreError             the database cannot be read or written
    ├── SwitchNotUsable        no Asterisk could be found, installed, configured or started
    ├── VoiceError             a prompt's audio could not be made
    └── HearingError           speech could not be recognized: a model or its worker failed

`CallerHungUp` is not in the tree: it is no failure but the one way a call may leave the flow at any
moment. It derives from BaseException's child Exception directly, so that no `except CarelineError`
can swallow a caller's goodbye.
"""


class CarelineError(Exception):
    """A failure with a sentence for a person."""


class BadInput(CarelineError):
    """Something given to Careline is wrong: says where, what was found, what was expected."""


class NotFound(CarelineError):
    """A name or id that is not known here."""


class LineError(CarelineError):
    """The switch failed while performing a command for one call."""


class SwitchUnreachable(LineError):
    """The link to the switch is down."""


class StoreError(CarelineError):
    """The database cannot be read or written."""


class SwitchNotUsable(CarelineError):
    """No usable Asterisk: not installed, not installable, or it did not start."""


class VoiceError(CarelineError):
    """A prompt's audio could not be made or found."""


class HearingError(CarelineError):
    """Speech could not be recognized; keys still can be taken."""


class CallerHungUp(Exception):
    """The caller has hung up. Raised by `Line.perform`, caught where a call ends."""
