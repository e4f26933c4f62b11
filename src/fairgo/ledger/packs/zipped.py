"""Reading the zip file of a pack without trusting it: names, sizes and doubles are checked before anything is unpacked.

Standard library only, so a verifier can stand alone.
"""

import zipfile
from pathlib import Path
from types import TracebackType
from typing import Self

from fairgo.ledger.packs.form import MANIFEST, PATH, SIGNATURE, PackBroken
from fairgo.ledger.tiles import HASH, LONGEST, WIDTH

MEGABYTE = 1 << 20
LARGEST = 64 * MEGABYTE
LARGEST_OF = {MANIFEST: 128 * MEGABYTE, SIGNATURE: 65_536}
LARGEST_TILE = WIDTH * HASH
LARGEST_BUNDLE = WIDTH * (LONGEST + 2)
SWELLS = 200  # times the file's own size: no pack unpacks to more
METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


class Members:
    """The files in a pack, by name. Raises PackBroken naming the file and the fault; OSError when it cannot be opened."""

    def __init__(self, path: Path) -> None:
        self._name = path.name
        length = path.stat().st_size
        self._file = path.open("rb")
        try:
            self._zip = zipfile.ZipFile(self._file)
            self.infos = self._listed(length)
        except PackBroken:
            self._file.close()
            raise
        except Exception as wrong:  # noqa: BLE001 - a damaged file makes zipfile raise almost anything
            self._file.close()
            raise PackBroken(self._name, f"not a whole zip file ({type(wrong).__name__})") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()
        self._file.close()

    def read(self, name: str) -> bytes:
        """The bytes of a file. Raises PackBroken when it is not there or its bytes are damaged."""
        info = self.infos.get(name)
        if info is None:
            raise PackBroken(name, "is missing")
        try:
            with self._zip.open(info) as member:
                data = member.read(info.file_size + 1)
        except Exception as wrong:  # noqa: BLE001 - as above
            raise PackBroken(name, f"its bytes are damaged ({type(wrong).__name__})") from None
        if len(data) != info.file_size:
            raise PackBroken(name, f"has {len(data)} bytes where the zip file says {info.file_size}")
        return data

    def _listed(self, length: int) -> dict[str, zipfile.ZipInfo]:
        infos: dict[str, zipfile.ZipInfo] = {}
        packed = unpacked = 0
        for info in self._zip.infolist():
            self._check(info)
            if info.filename in infos:
                raise PackBroken(info.filename, "is in the zip file twice")
            infos[info.filename] = info
            packed += info.compress_size
            unpacked += info.file_size
        if packed > length:
            raise PackBroken(self._name, "files in the zip file overlap")
        if unpacked > SWELLS * max(length, MEGABYTE):
            raise PackBroken(self._name, f"would unpack to {unpacked} bytes from {length}: refused")
        if self._zip.comment or min((info.header_offset for info in infos.values()), default=0):
            raise PackBroken(self._name, "holds bytes that belong to no file")
        return infos

    def _check(self, info: zipfile.ZipInfo) -> None:
        name = info.filename
        if info.orig_filename != name or not PATH.fullmatch(name):
            raise PackBroken(self._name, f"holds a file under the name {name[:80]!a}: refused")
        largest = _largest(name)
        if info.file_size > largest:
            raise PackBroken(name, f"would unpack to {info.file_size} bytes; at most {largest} can be right")
        if info.compress_type not in METHODS or info.flag_bits & 1:
            raise PackBroken(name, "is packed in a way that packs are not, or encrypted")


def _largest(name: str) -> int:
    if name.startswith("tile/entries/"):
        return LARGEST_BUNDLE
    return LARGEST_TILE if name.startswith("tile/") else LARGEST_OF.get(name, LARGEST)
