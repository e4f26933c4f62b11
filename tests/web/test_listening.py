"""Stopping: a page that listens for news lets go at once, so that nobody waits for it."""

import asyncio
import http.client
import threading
import time
from contextlib import contextmanager

from fairgo.assemble import application
from fairgo.ledger.house import open_house
from fairgo.web.listening import listen
from tests.serving import policy_folder

GRACE = 10  # seconds that the server gives replies under way


@contextmanager
def served(folder):
    """A demo's house over real HTTP: its port, and what stops it and waits."""
    house = open_house(policy_folder(folder / "policy-folder"), folder / "data")
    loop, until, ready, bases = asyncio.new_event_loop(), asyncio.Event(), threading.Event(), []

    def told(base):
        bases.append(base)
        ready.set()

    def serve():
        asyncio.set_event_loop(loop)
        loop.run_until_complete(listen(application(house, demo=True), ("127.0.0.1", 0), told, until))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert ready.wait(20)

    def stop():
        loop.call_soon_threadsafe(until.set)
        thread.join(2 * GRACE)

    try:
        yield int(bases[0].rpartition(":")[2]), stop
    finally:
        if thread.is_alive():
            stop()
        loop.close()


def test_a_server_with_a_listening_page_stops_at_once(tmp_path):
    with served(tmp_path) as (port, stop):
        reader = http.client.HTTPConnection("127.0.0.1", port, timeout=GRACE)
        reader.request("GET", "/console/live", headers={"accept": "text/event-stream"})
        reply = reader.getresponse()
        assert reply.readline() == b"retry: 2000\n"
        begun = time.monotonic()
        stop()
        assert time.monotonic() - begun < GRACE / 2
        assert reply.read().endswith(b"\n\n")
        reader.close()
