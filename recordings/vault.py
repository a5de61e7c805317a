"""How is a recording protected at rest? Sealed in the age format, streaming, with public keys.

Whoever records needs only the public key, and cannot play what he has recorded; the private keys can
lie on another machine. Sealing is authenticated: a byte changed anywhere is found when it is opened.

The format is age-encryption.org/v1 (X25519, ChaCha20-Poly1305 in chunks of 64 KiB), by the library
pyrage; any other age program opens the files with the same key.
"""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pyrage

from ivr.errors import BadInput, NotFound, StoreError

_PUBLIC, _PRIVATE = "age1", "AGE-SECRET-KEY-1"


class Sealed(NotFound):
    """A recording that none of the keys here opens, or that was altered since it was sealed."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of a key file, the newest first. `private` may be empty: then nothing can be played.

    New recordings are sealed for the first public key; every private key is tried when one is
    opened, so that older recordings stay playable until they are sealed anew.
    """

    public: tuple[str, ...]
    private: tuple[str, ...] = ()

    @classmethod
    def read(cls, path: Path) -> "Keys":
        """The keys in a file: a key a line, private or public; lines with # are comments.

        Raises `NotFound` where there is no such file and `BadInput` with the line of what is no key.
        """
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            raise NotFound(
                f"There is no key file {path}. `careline recordings key new` makes one."
            ) from None
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(f"{path}: it cannot be read as a file of keys ({error}).") from None
        public: list[str] = []
        private: list[str] = []
        for number, line in enumerate(map(str.strip, lines), 1):
            if not line or line.startswith("#"):
                continue
            try:
                if line.startswith(_PRIVATE):
                    public.append(str(pyrage.x25519.Identity.from_str(line).to_public()))
                    private.append(line)
                else:
                    public.append(str(pyrage.x25519.Recipient.from_str(line)))
            except (pyrage.IdentityError, pyrage.RecipientError, ValueError):
                # Never what was found: a mistyped private key is nearly a private key.
                raise BadInput(
                    f"{path}:{number}: this is no age key; expected a line that begins with "
                    f"{_PRIVATE} (private) or {_PUBLIC} (public)."
                ) from None
        if not public:
            raise BadInput(
                f"{path}: there is no key in it; `careline recordings key new` adds one."
            )
        return cls(tuple(public), tuple(private))

    @staticmethod
    def add(path: Path) -> str:
        """Put a new private key in front of the file's (made if need be, for its owner's eyes only);
        returns its public half."""
        identity = pyrage.x25519.Identity.generate()
        older = path.read_text(encoding="utf-8") if path.exists() else ""
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f".{path.name}.part")
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"# public key: {identity.to_public()}\n{identity}\n{older}")
            file.flush()
            os.fsync(descriptor)
        aside.replace(path)
        return str(identity.to_public())


class Vault:
    """Seals and opens files with `keys`."""

    def __init__(self, keys: Keys) -> None:
        self._recipient = pyrage.x25519.Recipient.from_str(keys.public[0])
        self._identities = [pyrage.x25519.Identity.from_str(key) for key in keys.private]

    def seal(self, source: IO[bytes], target: Path) -> None:
        """Write `source` sealed to `target`: aside first, and moved there when it is whole.

        Raises `StoreError` when the disk does not take it; nothing half written is left then.
        """
        aside = target.with_name(f".{target.name}.part")
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                pyrage.encrypt_io(source, file, [self._recipient])
                file.flush()
                os.fsync(descriptor)
            aside.replace(target)
        except (pyrage.EncryptError, OSError) as error:
            raise StoreError(
                f"The recording {target.name} could not be written: {error}."
            ) from error
        finally:
            with suppress(FileNotFoundError):
                aside.unlink()

    def open(self, sealed: Path, into: IO[bytes]) -> None:
        """Write what is sealed in a file to `into`.

        Raises `NotFound` where there is no such file, `Sealed` where it cannot be opened; what was
        written until then must not be used.
        """
        if not self._identities:
            raise Sealed(
                "Only public keys are here, so recordings can be made but not opened. Give the file "
                "with the private key (setting recordings_keys)."
            )
        try:
            with sealed.open("rb") as file:
                pyrage.decrypt_io(file, into, self._identities)
        except FileNotFoundError:
            raise NotFound(f"The recording's file {sealed.name} is not there any more.") from None
        except (pyrage.DecryptError, OSError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise  # the disk's, not the library's word for a chunk that was altered
            raise Sealed(
                f"The recording {sealed.name} cannot be opened: {error}. Either its key is not among "
                "those in the key file, or it was altered after it was made."
            ) from None

    def seal_anew(self, sealed: Path, through: IO[bytes]) -> None:
        """Seal a file for the newest key; `through` is an empty file that may hold it meanwhile."""
        self.open(sealed, through)
        through.seek(0)
        self.seal(through, sealed)
