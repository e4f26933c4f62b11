"""A real browser against a real server. Skipped, and said so, where Chromium is not installed."""

import asyncio
import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from starlette.types import ASGIApp

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

VIOLATIONS = """async options => (await axe.run(options)).violations.flatMap(
    rule => rule.nodes.map(node => `${rule.id}: ${node.target.join(" ")}: ${node.failureSummary}`))"""

WIDE = {"width": 1280, "height": 860}
NARROW = {"width": 320, "height": 640}
LOOKS = (("light, wide", "light", WIDE), ("dark, 320 px", "dark", NARROW))

Serve = Callable[[ASGIApp], str]
Open = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, started once. Between tests its event loop is put aside, so that others can run their own."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not path:
        pytest.skip("chromium is not installed")
    playwright = sync_playwright().start()
    loop = asyncio.get_running_loop()
    started = playwright.chromium.launch(executable_path=path, args=list(QUIET))
    asyncio._set_running_loop(None)
    yield started
    asyncio._set_running_loop(loop)
    started.close()
    playwright.stop()
    asyncio._set_running_loop(None)


@pytest.fixture(autouse=True)
def _browser_loop(browser: Browser) -> Iterator[None]:
    asyncio._set_running_loop(browser._loop)
    yield
    asyncio._set_running_loop(None)


@pytest.fixture
def serve() -> Iterator[Serve]:
    """A function that serves an application on a free port of this machine and gives its address."""
    running: list[tuple[uvicorn.Server, threading.Thread]] = []

    def start(app: ASGIApp) -> str:
        listening = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_level="critical", ws="none", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        running.append((server, thread))
        until = time.monotonic() + 10
        while not server.started and thread.is_alive() and time.monotonic() < until:
            time.sleep(0.01)
        assert server.started
        return f"http://127.0.0.1:{listening.getsockname()[1]}"

    yield start
    for server, thread in running:
        server.should_exit = True
        thread.join(timeout=10)


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """A function that opens an address in a fresh profile. At the end: no request left its origin, no script failed."""
    contexts: list[BrowserContext] = []
    origins: set[str] = set()
    foreign: list[str] = []
    faults: list[str] = []

    def asked(url: str) -> None:
        if url.startswith(("http:", "https:", "ws:", "wss:")) and urlsplit(url).netloc not in origins:
            foreign.append(url)

    def start(url: str, **options: object) -> Page:
        origins.add(urlsplit(url).netloc)
        context = browser.new_context(**options)
        context.set_default_timeout(5000)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked(request.url))
        page.on("pageerror", lambda error: faults.append(error.message))
        page.goto(url)
        return page

    yield start
    for context in contexts:
        context.close()
    assert foreign == []
    assert faults == []


@pytest.fixture(scope="session")
def axe_violations() -> Callable[[Page], str]:
    """A function that gives what axe-core finds against WCAG 2.2 AA on a page as it is drawn now; empty is clean."""
    script = Axe().axe_script
    options = {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"]}

    def run(page: Page) -> str:
        if page.evaluate("typeof axe === 'undefined'"):
            page.evaluate(script)
        return "\n".join(page.evaluate(VIOLATIONS, options))

    return run


@pytest.fixture(scope="session")
def faults_in_every_look(axe_violations: Callable[[Page], str]) -> Callable[[Page], dict[str, str]]:
    """A function that tries a page light and wide, then dark and 320 px narrow, and gives what is wrong in which."""

    def run(page: Page) -> dict[str, str]:
        found = {}
        for look, scheme, size in LOOKS:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.set_viewport_size(size)
            found[look] = axe_violations(page)
            if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                found[look] += "scrolls sideways"
        page.set_viewport_size(WIDE)
        return {look: fault for look, fault in found.items() if fault}

    return run
