"""What does a worker of this hotline need? Its recordings, their key, the models, the live rules."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from ivr.archive import Archive
from ivr.errors import BadInput
from ivr.quality.dictation import Dictation
from ivr.quality.reviewing import Reviewer
from ivr.quality.rulebook import Rulebook
from ivr.settings import Settings
from ivr.store.database import Database
from recordings import voice
from recordings.shelf import Shelf
from recordings.vault import Keys, Vault
from speech import models
from speech.endpoint import Silero

WHO = "careline worker"


@contextmanager
def reviewer(settings: Settings, database: Database) -> Iterator[Reviewer]:
    """What looks at the hotline's recordings. Raises `BadInput` where they cannot be opened."""
    keys = Keys.read(settings.key_file)
    if not keys.private:
        raise BadInput(
            f"{settings.key_file} holds public keys alone, so no recording can be opened here. Let "
            "workers run where the private key is (setting recordings_keys)."
        )
    archive = Archive(database, Shelf.under(settings.var), WHO, lambda: datetime.now(UTC))
    dictation = Dictation(models.recognizers(settings.var / "models"))
    try:
        yield Reviewer(
            archive,
            Vault(keys),
            voice.by(Silero()),
            dictation,
            Rulebook(database.versions),
            lambda: datetime.now(UTC),
        )
    finally:
        dictation.close()
