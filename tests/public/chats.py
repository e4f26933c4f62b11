"""A chat kept in memory: the port filled without a gateway, a store or a model."""

from dataclasses import dataclass, field, replace

from fairgo.core.ports import Author, Chat, Conversation, Line

AT = "2026-11-23T03:02Z"
STATEMENT = "You are chatting with an AI assistant, not a person."
LABEL_AI = "AI assistant"
LABEL_PERSON = "Person"
HUMAN_WAY = (
    "A person takes over this chat and can see what you wrote. You can also call 1300 555 010, 8 am to 8 pm."
)
EMPTY = Conversation(lines=(), with_person=False, ai_allowed=True)


@dataclass
class Memory:
    """Conversations by visitor. `failing` is raised by everything that changes one."""

    conversations: dict[str, Conversation] = field(default_factory=dict)
    failing: Exception | None = None
    model_calls: int = 0

    async def read(self, visitor: str) -> Conversation:
        return self.conversations.get(visitor, EMPTY)

    async def say(self, visitor: str, words: str) -> Conversation:
        before = self._changing(visitor)
        answer = Line(Author.NOTICE, "A person will answer you here.", AT)
        if before.ai_allowed and not before.with_person:
            self.model_calls += 1
            answer = Line(Author.AI, f"Your bill is due on the 3rd. You asked: {words[:60]}", AT)
        lines = (*before.lines, Line(Author.CUSTOMER, words, AT), answer)
        return self._keep(visitor, replace(before, lines=lines))

    async def ask_for_person(self, visitor: str) -> Conversation:
        before = self._changing(visitor)
        notice = Line(Author.NOTICE, "You asked for a person. AI has stopped.", AT)
        return self._keep(visitor, replace(before, lines=(*before.lines, notice), with_person=True))

    async def choose(self, visitor: str, allowed: bool) -> Conversation:
        before = self._changing(visitor)
        return self._keep(
            visitor, replace(before, ai_allowed=allowed, with_person=before.with_person and not allowed)
        )

    def a_person_writes(self, words: str) -> None:
        for visitor, before in self.conversations.items():
            self._keep(visitor, replace(before, lines=(*before.lines, Line(Author.PERSON, words, AT))))

    def chat(self, **changes: str) -> Chat:
        wording = {
            "organisation": "Banksia Mobile",
            "statement": STATEMENT,
            "label_ai": LABEL_AI,
            "label_person": LABEL_PERSON,
            "human_way": HUMAN_WAY,
        }
        return Chat(
            **(wording | changes),
            read=self.read,
            say=self.say,
            ask_for_person=self.ask_for_person,
            choose=self.choose,
        )

    def _changing(self, visitor: str) -> Conversation:
        if self.failing is not None:
            raise self.failing
        return self.conversations.get(visitor, EMPTY)

    def _keep(self, visitor: str, conversation: Conversation) -> Conversation:
        self.conversations[visitor] = conversation
        return conversation
