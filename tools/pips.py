"""Ways to a pip for a fresh `.venv`, the most ordinary first. None needs root, none names an index.

A distribution may ship Python without `ensurepip`; the later ways are for that. Each way is a function of a
temporary folder, the Python of `.venv` and the constraints file; it returns a command that works as pip for
that Python, or raises SetUpFailed.
"""

import configparser
import contextlib
import hashlib
import os
import re
import shutil
import ssl
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path


class SetUpFailed(Exception):
    """Set-up cannot go on: one sentence, and a hint."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def environment() -> dict[str, str]:
    """The caller's environment without what would send an installation elsewhere."""
    elsewhere = ("PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_REQUIRE_VIRTUALENV")
    kept = {name: value for name, value in os.environ.items() if name not in elsewhere}
    return kept | {
        "PIP_USER": "0",
        "PIP_NO_INPUT": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_ROOT_USER_ACTION": "ignore",
    }


def run(command: Sequence[str], folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Runs a command quietly; an executable that cannot start counts as failed."""
    try:
        return subprocess.run(
            command,
            cwd=folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as wrong:
        return subprocess.CompletedProcess(command, 127, "", str(wrong))


def by_ensurepip(_folder: Path, python: Path, _constraints: Path) -> list[str]:
    """Python's own way, which some distributions leave out."""
    if run([str(python), "-m", "ensurepip", "--default-pip"]).returncode != 0:
        raise SetUpFailed("this Python comes without it")
    return [str(python), "-m", "pip"]


def by_system_pip(_folder: Path, python: Path, _constraints: Path) -> list[str]:
    """A pip outside that can install into another Python (22.3 or newer)."""
    found = shutil.which("pip3") or shutil.which("pip")
    for pip in ([sys.executable, "-m", "pip"], *([[found]] if found else [])):
        command = [*pip, "--python", str(python)]
        if run([*command, "--version"]).returncode == 0:
            return command
    raise SetUpFailed("there is none, or it is too old")


def by_distribution(folder: Path, python: Path, _constraints: Path) -> list[str]:
    """The wheel inside Debian's and Ubuntu's own package, unpacked without installing it."""
    apt, unpack = shutil.which("apt-get"), shutil.which("dpkg-deb")
    if not apt or not unpack:
        raise SetUpFailed("there is no apt-get here")
    package = "python3-pip-whl"
    if run([apt, "download", package], folder).returncode != 0:
        # The machine's package lists may be missing and not ours to write: fetch our own.
        own = ["-o", f"Dir::State={folder}/state", "-o", f"Dir::Cache={folder}/cache"]
        for needed in ("state/lists/partial", "cache/archives/partial"):
            (folder / needed).mkdir(parents=True)
        run([apt, *own, "update"], folder)
        if run([apt, *own, "download", package], folder).returncode != 0:
            raise SetUpFailed(f"{package} cannot be downloaded")
    for deb in folder.glob(f"{package}_*.deb"):
        run([unpack, "-x", str(deb), str(folder / "deb")])
    for wheel in (folder / "deb").rglob("pip-*.whl"):
        return [str(python), f"{wheel}/pip"]
    raise SetUpFailed(f"{package} holds no pip")


def by_index(folder: Path, python: Path, constraints: Path) -> list[str]:
    """The pinned wheel from the package index that pip is configured for."""
    pinned = re.search(r"^pip==(\S+)$", constraints.read_text(encoding="utf-8"), re.MULTILINE)
    name = f"pip-{pinned[1] if pinned else ''}-py3-none-any.whl"
    for index in indexes():
        with contextlib.suppress(OSError, ValueError):
            wheel = folder / name
            wheel.write_bytes(fetch_wheel(index, name))
            return [str(python), f"{wheel}/pip"]
    raise SetUpFailed("no index is configured that has it")


def indexes() -> Iterator[str]:
    """The index addresses of the environment, then of pip's configuration files."""
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    files: list[str | Path] = [
        os.environ.get("PIP_CONFIG_FILE", ""),
        home / "pip/pip.conf",
        Path.home() / ".pip/pip.conf",
        "/etc/pip.conf",
        "/etc/xdg/pip/pip.conf",
    ]
    settings = configparser.RawConfigParser()
    settings.read([path for path in files if path], encoding="utf-8")
    for key in ("index-url", "extra-index-url"):
        yield from os.environ.get(f"PIP_{key.upper().replace('-', '_')}", "").split()
        for section in ("global", "install"):
            yield from settings.get(section, key, fallback="").split()


def fetch_wheel(index: str, name: str) -> bytes:
    """The bytes of pip's wheel from one index, checked against the hash beside its link.

    Raises OSError or ValueError when the index cannot be read, has no such wheel, or its hash differs.
    """
    place = f"{index.rstrip('/')}/pip/"
    page = read_url(place).decode("utf-8")
    link = re.search(rf'href="([^"#]*{re.escape(name)})(?:#sha256=([0-9a-f]{{64}}))?"', page)
    if not link:
        raise ValueError(f"{name} is not there")
    content = read_url(urllib.parse.urljoin(place, link[1]))
    if link[2] and hashlib.sha256(content).hexdigest() != link[2]:
        raise ValueError(f"{name} is not what its link says")
    return content


def read_url(address: str) -> bytes:
    """What an https address holds. Raises ValueError for any other kind: pip itself must come unaltered."""
    if not address.startswith("https://"):
        raise ValueError("only https")
    secure = ssl.create_default_context(cafile=os.environ.get("PIP_CERT") or None)
    with urllib.request.urlopen(address, timeout=30, context=secure) as reply:  # noqa: S310 - https, see above
        content: bytes = reply.read()
    return content


Way = Callable[[Path, Path, Path], list[str]]
WAYS: tuple[tuple[str, Way], ...] = (
    ("Python's own ensurepip", by_ensurepip),
    ("the system's pip", by_system_pip),
    ("the distribution's package of pip", by_distribution),
    ("the configured package index", by_index),
)
