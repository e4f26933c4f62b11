"""The customers' chat page. It works with JavaScript off: every button is a form, every change a redirect."""

import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from jinja2 import PackageLoader
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from fairgo.core.clock import Clock, system_clock
from fairgo.core.errors import FairgoError, Misconfigured
from fairgo.core.ports import Author, Chat, Conversation, Line
from fairgo.public.visitors import remember, visitor_named, visitor_or_new
from fairgo.public.words import ENGLISH, Words
from fairgo.web.forms import check_form_token, form_token, read_form
from fairgo.web.guards import Hosts
from fairgo.web.open_routes import OpenRoute
from fairgo.web.problems import status_of
from fairgo.web.rendering import Site, page, templates
from fairgo.web.static import read_assets
from fairgo.web.surface import surface

LOG = logging.getLogger(__name__)
LONGEST_MESSAGE = 4000
SHORTEST_SECRET = 16
WHY = "customers come without an account; a visitor reaches only the conversation of their own signed cookie"


def app(
    chat: Chat,
    *,
    secret: bytes,
    words: Words = ENGLISH,
    hosts: Collection[str] | None = None,
    clock: Clock = system_clock,
) -> Starlette:
    """The customers' surface, to be mounted at `/you`; the chat page is `/chat`, and `/chat.json` its lines.

    `secret` signs the visitor's cookie and the forms. `hosts` are the only names it answers to; None is any, for a
    server that stands behind the company's own. Raises Misconfigured when the secret is under 16 bytes.
    """
    if len(secret) < SHORTEST_SECRET:
        raise Misconfigured(f"the secret of the chat page is under {SHORTEST_SECRET} bytes")
    site = Site(
        templates=templates(PackageLoader("fairgo.public", "pages")),
        assets=read_assets("fairgo.web", "fairgo.public"),
        shared=words.shared(chat.organisation, chat.human_way),
    )
    desk = ChatPage(chat, site, words, secret, clock)
    return surface(
        site,
        [
            OpenRoute("/", desk.enter, why=WHY),
            OpenRoute("/chat", desk.show, why=WHY),
            OpenRoute("/chat", desk.say, why=WHY, methods=["POST"]),
            OpenRoute("/chat.json", desk.lines, why=WHY),
            OpenRoute("/chat/person", desk.ask_for_person, why=WHY, methods=["POST"]),
            OpenRoute("/chat/choice", desk.choose, why=WHY, methods=["POST"]),
        ],
        guards=[] if hosts is None else [Middleware(Hosts, allowed=hosts)],
    )


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in the message box, and what is wrong with it."""

    words: str = ""
    wrong: str = ""
    status: int = HTTPStatus.OK


@dataclass(frozen=True, slots=True)
class ChatPage:
    """The page and the three things a customer can do on it. Each answers a browser with a page, our script with JSON."""

    chat: Chat
    site: Site
    words: Words
    secret: bytes
    clock: Clock

    async def enter(self, request: Request) -> Response:
        """The way in leads to the chat."""
        return RedirectResponse(f"{_here(request)}/chat", HTTPStatus.TEMPORARY_REDIRECT)

    async def show(self, request: Request) -> Response:
        """The conversation as it stands; whoever comes without a cookie gets a new one and an empty page."""
        visitor = visitor_or_new(request, self.secret)
        return self._page(request, visitor, await self.chat.read(visitor), Draft())

    async def lines(self, request: Request) -> Response:
        """The conversation as JSON, for the script that looks for a person's new messages."""
        conversation = await self.chat.read(visitor_named(request, self.secret))
        return JSONResponse(self._twin(conversation))

    async def say(self, request: Request) -> Response:
        """Send a message. What cannot be sent comes back in its box with the reason beside it."""
        visitor, form = await self._form(request)
        said = form.get("words", "").replace("\r\n", "\n").strip()
        wrong = self._complaint(said)
        if wrong:
            return await self._give_back(
                request, visitor, Draft(said, wrong, HTTPStatus.UNPROCESSABLE_ENTITY)
            )
        try:
            conversation = await self.chat.say(visitor, said)
        except FairgoError as error:
            LOG.warning("a message was not sent: %s", error.code)
            return await self._give_back(request, visitor, Draft(said, self.words.not_sent, status_of(error)))
        return self._done(request, conversation, "latest")

    async def ask_for_person(self, request: Request) -> Response:
        """Hand the conversation to a person."""
        return await self._act(request, self.chat.ask_for_person, "latest")

    async def choose(self, request: Request) -> Response:
        """Withdraw consent to AI, or give it again: `ai` is `yes` only when the customer pressed that button."""
        visitor, form = await self._form(request)
        conversation = await self.chat.choose(visitor, form.get("ai") == "yes")
        return self._done(request, conversation, "choices")

    async def _act(
        self, request: Request, act: Callable[[str], Awaitable[Conversation]], place: str
    ) -> Response:
        visitor, _ = await self._form(request)
        return self._done(request, await act(visitor), place)

    async def _form(self, request: Request) -> tuple[str, Mapping[str, str]]:
        visitor = visitor_named(request, self.secret)
        form = await read_form(request)
        check_form_token(self.secret, visitor, form.get("token", ""))
        return visitor, form

    def _complaint(self, said: str) -> str:
        if not said:
            return self.words.nothing_written
        if len(said) > LONGEST_MESSAGE:
            return self.words.too_long.format(count=f"{len(said):,}", limit=f"{LONGEST_MESSAGE:,}")
        return ""

    async def _give_back(self, request: Request, visitor: str, draft: Draft) -> Response:
        if _wants_json(request):
            return JSONResponse({"wrong": draft.wrong}, draft.status)
        return self._page(request, visitor, await self.chat.read(visitor), draft)

    def _done(self, request: Request, conversation: Conversation, place: str) -> Response:
        if _wants_json(request):
            return JSONResponse(self._twin(conversation))
        return RedirectResponse(f"{_here(request)}/chat#{place}", HTTPStatus.SEE_OTHER)

    def _page(self, request: Request, visitor: str, conversation: Conversation, draft: Draft) -> Response:
        values = {
            "chat": self.chat,
            "shown": shown_parts(conversation),
            "lines": [self._line(line) for line in conversation.lines],
            "draft": draft,
            "limit": f"{LONGEST_MESSAGE:,}",
            "token": form_token(self.secret, visitor),
        }
        response = page(self.site, request, "chat.html", status=draft.status, values=values)
        remember(request, response, self.secret, visitor)
        return response

    def _twin(self, conversation: Conversation) -> Mapping[str, object]:
        return {
            "lines": [self._line(line) for line in conversation.lines],
            "shown": shown_parts(conversation),
        }

    def _line(self, line: Line) -> Mapping[str, str]:
        labels = {
            Author.CUSTOMER: self.words.you,
            Author.AI: self.chat.label_ai,
            Author.PERSON: self.chat.label_person,
            Author.NOTICE: self.words.notice,
        }
        return {
            "author": line.author.value,
            "label": labels[line.author],
            "words": line.words,
            "at": line.at,
            "time": time_words(line.at, self.clock()),
        }


def shown_parts(conversation: Conversation) -> Mapping[str, bool]:
    """Which parts of the page fit the conversation. Each says only what is so now.

    The AI's statement shows only while AI may answer. That a person has the chat is said only once one has written:
    until then it waits for one.
    """
    person, ai = conversation.with_person, conversation.ai_allowed
    joined = person and a_person_wrote_last(conversation.lines)
    return {
        "no-person": not person,
        "with-person": person,
        "waiting": person and not joined,
        "joined": joined,
        "ai-on": ai,
        "ai-off": not ai,
        "ai-answers": ai and not person,
        "ai-paused": ai and person,
        "ai-not-answering": person or not ai,
        "nobody-yet": not ai and not person,
    }


def a_person_wrote_last(lines: Sequence[Line]) -> bool:
    """True when a person has written since AI last did."""
    wrote = [line.author for line in lines if line.author in {Author.AI, Author.PERSON}]
    return wrote[-1:] == [Author.PERSON]


def time_words(at: str, now: datetime) -> str:
    """A time as it stands beside a message: the minute, with the day in front when that is not today. In UTC."""
    moment = datetime.fromisoformat(at)
    return moment.strftime("%H:%M UTC" if moment.date() == now.date() else "%Y-%m-%d, %H:%M UTC")


def _here(request: Request) -> str:
    return str(request.scope.get("root_path", ""))


def _wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")
