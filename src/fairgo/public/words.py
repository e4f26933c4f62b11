"""The chat page's own words, in one language. What is a customer's right is worded by the company's policy, not here."""

from collections.abc import Mapping
from dataclasses import dataclass

RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})


@dataclass(frozen=True, slots=True)
class Words:
    """Every label and sentence of the page itself. Words in braces are filled in: keep them when translating."""

    locale: str
    title: str
    skip: str
    talk_to_person: str
    waiting: str
    waiting_now: str
    joined: str
    joined_now: str
    conversation: str
    nothing_yet: str
    you: str
    notice: str
    your_message: str
    limit: str
    send: str
    sending: str
    nothing_written: str
    too_long: str
    not_sent: str
    not_done: str
    not_sent_title: str
    look_for_new: str
    choices: str
    person_title: str
    ai_title: str
    ai_on: str
    stop_ai: str
    if_stopped: str
    ai_paused: str
    ai_off: str
    use_ai: str
    if_used: str
    cookie: str

    @property
    def direction(self) -> str:
        """`rtl` for languages written from right to left, else `ltr`."""
        return "rtl" if self.locale.split("-", maxsplit=1)[0] in RIGHT_TO_LEFT else "ltr"

    def shared(self, organisation: str, human_way: str) -> Mapping[str, object]:
        """What every page of the surface needs of them."""
        return {
            "words": self,
            "lang": self.locale,
            "direction": self.direction,
            "organisation": organisation,
            "human_way": human_way,
        }


ENGLISH = Words(
    locale="en-AU",
    title="Chat with {organisation}",
    skip="Skip to your message",
    talk_to_person="Talk to a person",
    waiting="Waiting for a person",
    waiting_now="This chat is waiting for a person. AI does not write here now.",
    joined="A person has this chat",
    joined_now="A person has this chat. AI does not write here now.",
    conversation="Conversation",
    nothing_yet="No messages yet. Write your first one below.",
    you="You",
    notice="Notice",
    your_message="Your message",
    limit="Up to {limit} characters.",
    send="Send",
    sending="Sending your message. The answer may take a moment.",
    nothing_written="Write your message first.",
    too_long="Your message has {count} characters. The limit is {limit}. Please make it shorter.",
    not_sent="Your message was not sent. It is still in the box. You can try again.",
    not_done="That did not work. You can try again.",
    not_sent_title="Not sent",
    look_for_new="Look for new messages",
    choices="Your choices",
    person_title="Talking to a person",
    ai_title="AI in this chat",
    ai_on="AI may answer you.",
    stop_ai="Stop using AI for me",
    if_stopped="What happens next: AI stops at once. You go on with a person, as set out above.",
    ai_paused="AI does not write in this chat now.",
    ai_off="AI is off for you.",
    use_ai="Use AI again",
    if_used="What happens next: AI may answer you again. You can stop it, or ask for a person, at any time.",
    cookie="This page keeps one cookie for 30 days, so that your messages stay together. It holds a random number, not your name.",
)
