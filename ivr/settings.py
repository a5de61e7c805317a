"""What an admin can set: where things are, from the environment or careline.toml."""

from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from ivr.errors import BadInput


class Settings(BaseSettings):
    """Settings, each `CARELINE_<NAME>` in the environment or `<name>` in careline.toml.

    What the hotline says and does is not here but in its flow files.
    """

    model_config = SettingsConfigDict(
        env_prefix="CARELINE_", toml_file="careline.toml", extra="forbid"
    )

    home: Path = Field(default_factory=Path.cwd, description="the folder with flows/ and var/")
    database_url: str | None = Field(default=None, description="an SQLAlchemy URL")
    ami_host: str = "127.0.0.1"
    ami_port: int = 5038
    ami_user: str = "careline"
    ami_secret: SecretStr | None = Field(
        default=None, description="else from var/switch/secrets.json"
    )
    missed_calls: int = Field(
        default=2, ge=1, description="misses in a row that set an agent aside"
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
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @classmethod
    def read(cls) -> "Settings":
        """The settings in force. Raises `BadInput` for one that is wrong."""
        try:
            return cls()
        except ValidationError as error:
            wrong = "; ".join(
                f'{".".join(map(str, e["loc"]))}: {e["msg"]}, found "{e["input"]}"'
                for e in error.errors()
            )
            raise BadInput(f"a setting (CARELINE_… or careline.toml) is wrong: {wrong}") from None

    @property
    def var(self) -> Path:
        """The folder of everything Careline writes."""
        return self.home / "var"

    @property
    def flows(self) -> Path:
        """The folder of the hotline's flow files."""
        return self.home / "flows"

    @property
    def url(self) -> str:
        """The database's URL."""
        return self.database_url or f"sqlite:///{self.var / 'careline.db'}"
