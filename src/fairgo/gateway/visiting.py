"""A visitor of the customers' chat page: the same steps, evidence and answers as for any caller of the gateway."""

import asyncio
import time
from dataclasses import dataclass

from sqlalchemy import Connection

from fairgo.consent import alternatives, choices
from fairgo.core.ports import Author, Conversation, Line
from fairgo.gateway.answering import Answer
from fairgo.gateway.app import Gateway
from fairgo.gateway.pipeline import Decision, run
from fairgo.gateway.reading import Caller, customer_name, make_turn
from fairgo.gateway.wire import chat
from fairgo.ledger import turns
from fairgo.ledger.recording import Recording

CHANNEL = "web"
REMEMBERED = 20  # turns of history that the assistant is shown again
ASKED_BY_BUTTON = "Talk to a person"


@dataclass(frozen=True, slots=True)
class Visits:
    """What the chat page can do for one system. A visitor's name is both customer and conversation."""

    gateway: Gateway
    system: str

    async def read(self, visitor: str) -> Conversation:
        """The conversation so far."""
        return await asyncio.to_thread(self._read, visitor)

    async def say(self, visitor: str, words: str) -> Conversation:
        """The conversation after the visitor said something and was answered."""
        return await self._turn(visitor, words, leaving=False)

    async def ask_for_person(self, visitor: str) -> Conversation:
        """The conversation after the visitor pressed the button."""
        return await self._turn(visitor, ASKED_BY_BUTTON, leaving=True)

    async def choose(self, visitor: str, gives: bool) -> Conversation:  # noqa: FBT001 - the port's shape
        """The conversation after the visitor gave or withdrew consent to AI."""
        policy = self.gateway.policy
        purpose = policy.system(self.system).purpose

        def work(tx: Recording) -> None:
            customer = customer_name(tx.connection, tx.keys, visitor, policy.system(self.system).tenant)
            words = policy.purposes[purpose]
            choices.choose(tx, customer=customer, purpose=purpose, words=words, gives=gives, channel=CHANNEL)
            if gives:
                alternatives.return_to_ai(tx, customer)

        await self.gateway.ledger.submit(work)
        return await self.read(visitor)

    async def _turn(self, visitor: str, words: str, *, leaving: bool) -> Conversation:
        arrived = time.monotonic()
        self.gateway.ledger.counters.saw_request()
        asked, decision = await asyncio.to_thread(self._consider, visitor, words, leaving)
        answer = Answer(decision, asked, self.gateway.ledger, self.gateway.upstream, arrived)
        async for _chunk in answer.chunks():
            pass  # the words are read back from the evidence, so the page shows what was kept
        return await self.read(visitor)

    def _consider(self, visitor: str, words: str, leaving: bool) -> tuple[chat.Asked, Decision]:  # noqa: FBT001
        with self.gateway.ledger.store.reading() as connection:
            asked = chat.ask([*self._history(connection, visitor), ("user", words)])
            turn = make_turn(
                self.gateway.policy,
                self.gateway.ledger.keys,
                self.system,
                self._who(visitor, leaving),
                asked,
                connection=connection,
            )
            return asked, run(connection, self.gateway.ledger.keys, turn)

    def _who(self, visitor: str, leaving: bool = False) -> Caller:  # noqa: FBT001, FBT002 - as on Caller
        locale = self.gateway.policy.organisation.locale
        return Caller(visitor, visitor, CHANNEL, locale, leaving)

    def _kept(self, connection: Connection, visitor: str) -> list[turns.Kept]:
        _customer, conversation = self._names(connection, visitor)
        return turns.conversation(connection, self.gateway.ledger.keys, conversation)

    def _names(self, connection: Connection, visitor: str) -> tuple[str, str]:
        """The pseudonyms of the visitor and of their conversation."""
        keys = self.gateway.ledger.keys
        tenant = self.gateway.policy.system(self.system).tenant
        customer = customer_name(connection, keys, visitor, tenant)
        return customer, keys.pseudonym("conversation", self.system, customer, visitor)

    def _history(self, connection: Connection, visitor: str) -> list[tuple[str, str]]:
        messages: list[tuple[str, str]] = []
        for kept in self._kept(connection, visitor)[-REMEMBERED:]:
            messages += [("user", words) for words in kept.said]
            messages += [("assistant", words) for words in kept.reply]
        return messages

    def _read(self, visitor: str) -> Conversation:
        system = self.gateway.policy.system(self.system)
        with self.gateway.ledger.store.reading() as connection:
            customer, conversation = self._names(connection, visitor)
            lines = tuple(line for kept in self._kept(connection, visitor) for line in _lines(kept))
            basis = self.gateway.policy.purposes[system.purpose].basis
            return Conversation(
                lines,
                with_person=alternatives.with_person(connection, conversation),
                ai_allowed=choices.allowed(connection, customer, system.purpose, basis),
            )


def _lines(kept: turns.Kept) -> list[Line]:
    author = Author.AI if kept.by_ai else Author.NOTICE
    said = [Line(Author.CUSTOMER, words, kept.at) for words in kept.said]
    return said + [Line(author, words, kept.at) for words in kept.reply[:1] if words]
