"""Which keys mean the same everywhere? `commands:` of center.yaml; 0 for a human is always one."""

from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BeforeValidator, model_validator
from pydantic_core import PydanticCustomError

from ivr.flow.fields import Model, wrong

Command = Literal["repeat", "back", "slower", "language"]


def _key(value: Any) -> str:
    if not isinstance(value, str) or len(value) != 1 or value not in "123456789*#":
        raise wrong("one key from 1 to 9, * or # (0 always leads to a human)", value)
    return value


Key = Annotated[str, BeforeValidator(_key)]


class GlobalKeys(Model):
    """Keys that work in every menu and, if they are * or #, in every entry and announcement.

    `repeat` says it again, `back` returns to the menu before, `slower` speaks slowly from here on,
    `language` goes on in the next language offered, or in the one before where something said has
    changed it. A menu's own choice of a key comes first, and a # within three seconds of an entry
    ends that entry, as many callers are used to.
    """

    repeat: Key | None = None
    back: Key | None = None
    slower: Key | None = None
    language: Key | None = None

    @model_validator(mode="after")
    def _each_its_own(self) -> Self:
        seen: dict[str, str] = {}
        for command in get_args(Command):
            key = getattr(self, command)
            if key in seen:
                message = f'"{key}" found for {command}, but {seen[key]} has it already'
                raise PydanticCustomError(
                    "field", "{message}", {"message": message, "at": (command,)}
                )
            if key is not None:
                seen[key] = command
        return self

    def by_key(self) -> dict[str, Command]:
        """The commands by their keys."""
        named = {command: getattr(self, command) for command in get_args(Command)}
        return {key: command for command, key in named.items() if key is not None}


class HumanWanted(Exception):
    """The caller asks for a human; the engine answers it from whatever step."""


class BackWanted(Exception):
    """The caller asks for the menu before this one; the engine answers it."""
