"""What an admin can set: where things are, from the environment or careline.toml."""

import os
import tomllib
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from ivr.errors import BadInput

FILE = "careline.toml"
PREFIX = "CARELINE_"
OF_SECRETS = f"{PREFIX}SECRET_"  # before the name of a secret that center.yaml calls ${NAME}
HIDDEN = frozenset({"ami_secret", "database_url"})
"""Settings that may hold a secret: a message never says what was found in them."""


class Settings(BaseSettings):
    """Settings, each `CARELINE_<NAME>` in the environment or `<name>` in careline.toml.

    The file is looked for in CARELINE_HOME if that is set, else in the current folder. What the
    hotline says and does is not here but in its flow files.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, toml_file=FILE, extra="forbid")

    home: Annotated[Path, AfterValidator(lambda path: path.expanduser().absolute())] = Field(
        default_factory=Path.cwd,
        description="The hotline's folder, with flows/ and var/. Else the current folder.",
    )
    database_url: str | None = Field(
        default=None,
        description="The database, such as postgresql://careline:PASSWORD@localhost/careline. "
        "Else SQLite in var/careline.db.",
    )
    ami_host: str = Field(
        default="127.0.0.1", min_length=1, description="Where the switch's AMI listens."
    )
    ami_port: int = Field(default=5038, ge=1, le=65535, description="Its TCP port.")
    ami_user: str = Field(default="careline", min_length=1, description="The engine's AMI user.")
    ami_secret: SecretStr | None = Field(
        default=None,
        description="The secret of that user. Else the one that `careline switch configure` made.",
    )
    speech: bool = Field(
        default=True,
        description="Whether callers may also say what they want, where there is a model for their "
        "language (careline models list). It takes memory, and a part of the processor.",
    )
    missed_calls: int = Field(
        default=2, ge=1, description="Missed calls in a row that pause an agent."
    )
    occupancy: float | None = Field(
        default=None,
        gt=0,
        le=1,
        description="The share of an hour, such as 0.85, above which an agent rests while others "
        "are at work; unset: no limit.",
    )
    recordings: Literal["flac", "opus", "off"] = Field(
        default="flac",
        description="What talks with agents are kept as: flac (lossless), opus (smaller), or off.",
    )
    recordings_keys: Path | None = Field(
        default=None,
        description="The file with the keys of the recordings; one with public keys alone can "
        "record but not play. Else var/recordings.key, made when it is first needed.",
    )
    metrics_port: int | None = Field(
        default=None,
        ge=1,
        le=65535,
        description="The TCP port of 127.0.0.1 with /metrics (Prometheus), /healthz and /readyz. "
        "Else none, such as 9464.",
    )
    supervisors: str | None = Field(
        default=None,
        min_length=1,
        description="The system's group whose members may act through a running engine (careline "
        "floor, listen, whisper, barge). The engine's user must be in it. Else none.",
    )
    auditors: str | None = Field(
        default=None,
        min_length=1,
        description="The system's group whose members may see the floor of a running engine and "
        "change nothing. The engine's user must be in it. Else none.",
    )
    log_format: Literal["text", "json"] | None = Field(
        default=None,
        description="What the engine logs as: text for people or json for machines. Else text on a "
        "terminal and json elsewhere.",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over careline.toml."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, file())

    @classmethod
    def read(cls) -> "Settings":
        """The settings in force. Raises `BadInput` for one that is wrong or unknown."""
        unknown = [
            f"{name} in the environment: there is no such setting{_near(name, _variables())}"
            for name in sorted(os.environ)
            if name.startswith(PREFIX)
            and not name.startswith(OF_SECRETS)
            and name not in _variables()
        ]
        if unknown:
            raise BadInput("; ".join(unknown))
        try:
            return cls()
        except ValidationError as error:
            raise BadInput("; ".join(_sentence(detail) for detail in error.errors())) from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise BadInput(
                f"{file()} cannot be read as TOML: {error}. Expected lines such as ami_port = 5038 "
                'or ami_host = "127.0.0.1".'
            ) from None

    @property
    def var(self) -> Path:
        """The folder of everything Careline writes."""
        return self.home / "var"

    @property
    def flows(self) -> Path:
        """The folder of the hotline's flow files."""
        return self.home / "flows"

    @property
    def voices(self) -> Path:
        """The folder of the voices that read the prompts."""
        return self.var / "voices"

    @property
    def key_file(self) -> Path:
        """The file with the keys of the recordings."""
        return self.recordings_keys or self.var / "recordings.key"

    @property
    def url(self) -> str:
        """The database's URL."""
        return self.database_url or f"sqlite:///{self.var / 'careline.db'}"


def secret(name: str) -> str | None:
    """What flows call ${NAME}, from CARELINE_SECRET_NAME; it stands in no file we read."""
    return os.environ.get(f"{OF_SECRETS}{name}")


def file() -> Path:
    """Where careline.toml is looked for."""
    return Path(os.environ.get(f"{PREFIX}HOME") or Path.cwd()) / FILE


def template() -> str:
    """A careline.toml in which every setting is explained, and none is set."""
    lines = [
        "# Settings of this hotline. A line counts once its # is taken away; the value shown is the",
        f"# one in force until then. The environment ({PREFIX}DATABASE_URL, …) wins over this file.",
    ]
    for name, field in Settings.model_fields.items():
        if name != "home":  # is the folder this file lies in
            plain = field.default if isinstance(field.default, int) else f'"{field.default or "…"}"'
            value = str(plain).lower() if isinstance(plain, bool) else plain
            lines += ["", f"# {field.description}", f"# {name} = {value}"]
    return "\n".join(lines) + "\n"


def _variables() -> list[str]:
    return [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]


def _sentence(detail: Any) -> str:
    """One mistake that pydantic found, in our words."""
    name = str(detail["loc"][0])
    variable = f"{PREFIX}{name.upper()}"
    if detail["type"] == "extra_forbidden":
        return f"{FILE}: there is no setting {name}{_near(name, Settings.model_fields)}"
    where = variable if variable in os.environ else f"{name} in {FILE}"
    found = "" if name in HIDDEN else f'found "{detail["input"]}"; '
    expected = detail["msg"].removeprefix("Input should be ")
    if detail["type"] != "literal_error":  # which lists what there is
        expected = expected.partition(",")[0]
    return f"{where}: {found}expected {expected}"


def _near(name: str, known: Iterable[str]) -> str:
    names = list(known)
    near = get_close_matches(name, names, n=1)
    return f"; did you mean {near[0]}?" if near else f"; there are {', '.join(names)}"
