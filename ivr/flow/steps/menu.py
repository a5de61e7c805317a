"""menu: let the caller choose with a key."""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator

from ivr.flow.conversation import Conversation
from ivr.flow.fields import Name, Names, Seconds, Target, read_target, wrong
from ivr.flow.step import Exit, Mention, Pace, Step, attempts, mentions
from ivr.line.commands import HUMAN_KEY, Keyed

BETWEEN = 3.0
"""Seconds for each further key of a choice of several keys."""


def _choices(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not value:
        raise wrong("keys with the steps they lead to, such as {1: balance},", value)
    for key in value:
        if not key or key.strip("0123456789*#") or key == HUMAN_KEY:
            raise wrong("a key from 1 to 9, * or # (0 always leads to a human)", key, (key,))
    return {key: read_target(target) for key, target in value.items()}


class Menu(Step):
    """Says a prompt and takes one choice. After silence or a wrong key it asks again with the next
    prompt of `no_input` or `no_match`; when those are used up the call goes to `otherwise`.

        main_menu:
          menu: what_can_we_do
          choices: {1: card.lost, 2: accounts}
          no_input: [please_choose, last_chance]
          no_match: [not_a_choice]
          otherwise: human
    """

    kind: ClassVar[str] = "menu"

    menu: Name
    choices: Annotated[dict[str, str], BeforeValidator(_choices)]
    no_input: Names = ()
    no_match: Names = ()
    patience: Seconds = 6.0
    otherwise: Target

    async def run(self, talk: Conversation) -> str:
        longest = max(map(len, self.choices))
        prompt, silences, misses = self.menu, 0, 0
        while True:
            outcome = await talk.listen(
                prompt,
                most=longest,
                patience=self.patience,
                between=BETWEEN,
                own="".join(key[0] for key in self.choices),
            )
            if isinstance(outcome, Keyed) and outcome.keys in self.choices:
                return self.choices[outcome.keys]
            if isinstance(outcome, Keyed):
                talk.note("no_match", keys=outcome.keys)
                retry, misses = self.no_match[misses : misses + 1], misses + 1
            else:
                retry, silences = self.no_input[silences : silences + 1], silences + 1
            if not retry:
                return self.otherwise
            prompt = retry[0]

    def exits(self) -> Iterator[Exit]:
        for key, target in self.choices.items():
            yield Exit(("choices", key), target, "input", key)
        yield Exit(("otherwise",), self.otherwise, "gave_up")

    def prompts(self) -> Iterator[Mention]:
        yield Mention(("menu",), self.menu)
        yield from mentions("no_input", self.no_input)
        yield from mentions("no_match", self.no_match)

    def longest(self, pace: Pace) -> float:
        prompts = (self.menu, *self.no_input, *self.no_match)
        longer = any(len(key) > 1 for key in self.choices)
        return attempts(pace, prompts, self.patience, (len(self.no_match) + 1) * longer, BETWEEN)
