"""What does a person read when a command fails, and what does a program get as exit code?"""

from rich.console import Console
from rich.text import Text

from ivr.cli.outside import outside
from ivr.errors import BadInput, CarelineError
from ivr.flow.problem import BrokenFlow
from ivr.refusal import unusable

FAILED, WRONG_INPUT = 1, 2


def tell(failure: CarelineError | OSError) -> int:
    """Print a failure as sentences to the error stream, and return the exit code it means."""
    errors = Console(stderr=True, soft_wrap=True, highlight=False)
    if isinstance(failure, BrokenFlow):
        errors.print(Text(str(failure)))
        errors.print(f"{len(failure.problems)} problem(s) in the flow files", style="red")
        return FAILED
    sentences = unusable(failure) if isinstance(failure, OSError) else str(failure)
    # Each line is made harmless by itself: some failures list what to do below their sentence.
    lines = Text("\n").join(map(outside, sentences.split("\n")))
    errors.print(Text("careline:", style="red"), lines)
    return WRONG_INPUT if isinstance(failure, BadInput) else FAILED
