"""The 21 rows, measured: anew for every reader while that is quick, and in a big house a little old.

Some measures count every conversation there is. They are counted once when the house starts, before anybody asks; the
page says when it was counted, so a reader knows how old it is, and says so too while nothing is counted yet.
"""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait

from fairgo.console.status import Status, read_status, uncounted
from fairgo.core.clock import Clock, system_clock
from fairgo.core.ports import Overview

log = logging.getLogger(__name__)
QUICK = 0.05  # seconds that every reader may be kept waiting
PATIENCE = 0.05  # seconds that a reader waits for the first count
KEPT = 10.0  # slower measures are kept for so many times as long as counting them took


class Measured:
    """The newest measurement of an overview."""

    def __init__(
        self,
        overview: Overview,
        clock: Clock = system_clock,
        *,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self.organisation = overview.organisation
        self._overview = overview
        self._clock = clock
        self._ticks = ticks
        self._beginning = threading.Lock()
        self._counting: Future[Status] | None = None
        self._kept: tuple[Status, float] | None = None
        self._took = 0.0

    def now(self) -> Status:
        """The rows: counted for this reader, or kept, or not counted yet. Raises what a measure raises."""
        kept = self._kept
        if kept is None:
            return self._first()
        if self._took < QUICK:
            return self._count()
        status, at = kept
        if self._ticks() - at > KEPT * self._took:
            self.begin()
        return status

    def begin(self) -> Future[Status]:
        """Count in the background, unless that is under way."""
        with self._beginning:
            if self._counting is None or self._counting.done():
                self._counting = Future()
                threading.Thread(
                    target=self._again, args=(self._counting,), name="measures", daemon=True
                ).start()
            return self._counting

    def end(self) -> None:
        """Return when nothing is being counted any more."""
        if self._counting is not None:
            wait([self._counting])

    def _first(self) -> Status:
        counting = self.begin()
        done, _waiting = wait([counting], timeout=PATIENCE)
        return counting.result() if done else uncounted(self.organisation, self._clock())

    def _again(self, counting: Future[Status]) -> None:
        try:
            counting.set_result(self._count())
        except Exception as failure:  # noqa: BLE001 - the next reader tries again, and sees what is wrong
            self._kept = None
            log.warning("the live measures could not be counted (%s)", type(failure).__name__)
            counting.set_exception(failure)

    def _count(self) -> Status:
        begun = self._ticks()
        status = read_status(self._overview, self._clock())
        ended = self._ticks()
        self._kept, self._took = (status, ended), ended - begun
        return status
