"""What a customer, an application and a suspicious auditor do, in one line each."""

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

import httpx2 as httpx

from tests.article.conftest import Served

Rows = dict[str, dict[str, str]]
NOT_BUILT = "not built yet"


def say(served: Served, words: str, customer: str) -> str:
    """What the customer reads after saying this."""
    headers = {
        "authorization": f"Bearer {served.key}",
        "fairgo-customer": customer,
        "fairgo-conversation": f"{customer}-1",
    }
    body = {"model": "assistant", "messages": [{"role": "user", "content": words}]}
    got = httpx.post(f"{served.base}/v1/chat/completions", json=body, headers=headers, timeout=20)
    assert got.status_code == 200, got.text
    return str(got.json()["choices"][0]["message"]["content"])


def choose(served: Served, customer: str, choice: str) -> None:
    """The application passes the customer's choice on."""
    address = f"{served.base}/api/customers/{quote(customer)}/choices/answers"
    got = httpx.put(address, json={"choice": choice}, headers={"authorization": f"Bearer {served.key}"})
    assert got.status_code == 200, got.text


def page(served: Served, path: str) -> httpx.Response:
    """A page of the console."""
    return httpx.get(f"{served.base}{path}")


def readable(folder: Path, secrets: Iterable[str]) -> list[str]:
    """Which of these lie readable in any byte of any file below a folder, the write-ahead log included."""
    files = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert any(path.suffix == ".db" for path in files)
    return [f"{path.name}" for path, held in files.items() for secret in secrets if secret.encode() in held]
