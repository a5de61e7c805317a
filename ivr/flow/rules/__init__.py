"""The checks a set of flow files must pass, one file each, listed here and nowhere else.

`NAMES` ask whether what is mentioned exists; they bear with files that could not be read. `PATHS`
follow calls through the flows, and are asked once everything mentioned does exist. `LIMITS` hold the
proof against center.yaml, once no call goes in circles or stops.
"""

from collections.abc import Callable, Iterator

from ivr.flow.inspection import Inspection
from ivr.flow.problem import Problem
from ivr.flow.rules import (
    alike_choices,
    dead_end,
    deep_menu,
    far_from_human,
    key_conflict,
    long_menu,
    long_notice,
    loop,
    missing_prompt,
    misused_service,
    narrower_relax,
    never_open,
    no_word_for_human,
    not_straight,
    secret_read,
    unasked_field,
    unequal_intents,
    unknown_function,
    unknown_intent,
    unknown_name,
    unknown_target,
    unknown_variable,
    unreachable,
    unsayable,
    unservable_queue,
    unset_variable,
    untranslated_prompt,
    unused_intent,
)

Check = Callable[[Inspection], Iterator[Problem]]

NAMES: dict[str, Check] = {
    unknown_target.NAME: unknown_target.check,
    unknown_name.NAME: unknown_name.check,
    unknown_variable.NAME: unknown_variable.check,
    unknown_function.NAME: unknown_function.check,
    secret_read.NAME: secret_read.check,
    missing_prompt.NAME: missing_prompt.check,
    untranslated_prompt.NAME: untranslated_prompt.check,
    unequal_intents.NAME: unequal_intents.check,
    unknown_intent.NAME: unknown_intent.check,
    unused_intent.NAME: unused_intent.check,
    alike_choices.NAME: alike_choices.check,
    unasked_field.NAME: unasked_field.check,
    no_word_for_human.NAME: no_word_for_human.check,
    unsayable.NAME: unsayable.check,
    never_open.NAME: never_open.check,
    key_conflict.NAME: key_conflict.check,
    misused_service.NAME: misused_service.check,
}

PATHS: dict[str, Check] = {
    dead_end.NAME: dead_end.check,
    loop.NAME: loop.check,
    unreachable.NAME: unreachable.check,
    unset_variable.NAME: unset_variable.check,
    long_menu.NAME: long_menu.check,
    deep_menu.NAME: deep_menu.check,
    unservable_queue.NAME: unservable_queue.check,
    narrower_relax.NAME: narrower_relax.check,
}

LIMITS: dict[str, Check] = {
    long_notice.NAME: long_notice.check,
    far_from_human.NAME: far_from_human.check,
    not_straight.NAME: not_straight.check,
}

RULES = NAMES | PATHS | LIMITS
