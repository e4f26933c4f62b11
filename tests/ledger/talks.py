"""Turns kept in a ledger without a gateway: what the gateway writes, in the order it writes it."""

from dataclasses import replace

from fairgo.core.events import Event
from fairgo.ledger import turns
from fairgo.ledger.counters import CLOSED, OPENED, REFUSED, Usage, hash_of, keep_usage
from fairgo.ledger.recording import Ledger
from tests.turns import a_turn


def turn_name(number: int) -> str:
    return f"{number:032x}"


def talk(ledger: Ledger, number: int, *, calls: bool = True, closes: bool = True) -> None:
    """One turn: seen, opened, the assistant called, closed."""
    turn = replace(a_turn("hi"), id=turn_name(number))
    ledger.counters.saw_request()
    with ledger.recorded() as tx:
        turns.open_turn(tx, turn)
        tx.append(Event(OPENED, "assistant", {"turn": turn.id}))
    if calls:
        ledger.counters.called_assistant()
    if not closes:
        return
    with ledger.recorded() as tx:
        turns.close_turn(tx, turn, outcome="allow", reason="none", by_ai=calls, reply=["hello"])
        if calls:
            keep_usage(tx.connection, turn.id, Usage(hash_of(f"chat-{number}"), 10 + number, 20))
        tx.append(Event(CLOSED, "assistant", {"turn": turn.id, "outcome": "allow", "called": calls}))


def refuse(ledger: Ledger) -> None:
    """One request that never became a turn."""
    ledger.counters.saw_request()
    with ledger.recorded(Event(REFUSED, "assistant", {"reason": "too_large"})):
        pass
