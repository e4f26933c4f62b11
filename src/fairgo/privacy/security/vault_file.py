"""The file that undoes a redaction: as secret as the text itself, for its owner's eyes only (mode 0600).

The first line says what it is in plain words. Then one JSON object a line: the key of the placeholders, then each
placeholder with its value.
"""

import os
from pathlib import Path
from typing import Any

import orjson

from fairgo.core.errors import Misconfigured, NotFound
from fairgo.core.turns import Vault
from fairgo.privacy.security.writing import replacing

HEAD = "fairgo vault v1. SECRET: whoever has this file can undo the redaction it was made with."


def read_vault(path: Path) -> Vault:
    """The vault of a file. Raises NotFound when there is none, Misconfigured when others can read it or it is no vault."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode & 0o777
            lines = file.read().decode().splitlines()
    except FileNotFoundError:
        raise NotFound(f"there is no vault {path}", hint="fairgo redact --vault FILE writes one") from None
    except (OSError, UnicodeDecodeError):
        raise Misconfigured(f"the vault {path} cannot be read") from None
    if mode & 0o077:
        raise Misconfigured(
            f"the vault {path} has mode {mode:04o}: others can read it", hint=f"chmod 600 {path}"
        )
    if not lines or lines[0] != HEAD:
        raise Misconfigured(f"{path} is not a vault", hint="fairgo redact --vault FILE writes one")
    try:
        first, *rest = (orjson.loads(line) for line in lines[1:])
        return _vault(first, rest)
    except (orjson.JSONDecodeError, ValueError, KeyError, TypeError):
        raise Misconfigured(f"the vault {path} is damaged", hint="restore it from backup") from None


def _vault(first: Any, rest: list[Any]) -> Vault:
    values = {str(row["token"]): str(row["value"]) for row in rest}
    return Vault(values, frozenset(values), bytes.fromhex(first["key"]))


def write_vault(path: Path, vault: Vault) -> None:
    """Write a vault whole or not at all."""
    with replacing(path, mode=0o600) as file:
        file.write(f"{HEAD}\n".encode())
        file.write(orjson.dumps({"key": vault.secret.hex()}) + b"\n")
        for token, value in vault.values.items():
            file.write(orjson.dumps({"token": token, "value": value}) + b"\n")
