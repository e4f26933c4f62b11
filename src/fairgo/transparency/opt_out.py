"""Opting out to a human: recognise the wish for a person, by button or in words; from then on no model is called.

Rules only, clause by clause: a wish hidden in a longer message still counts, and a word such as "agent" alone in
"real estate agent" does not. Whoever doubts errs towards the person.
"""

import re
from typing import Any

from sqlalchemy import Connection

from fairgo.core.turns import Turn
from fairgo.core.verdicts import ALLOW, Measure, Outcome, State, Verdict
from fairgo.store.keys import Keys
from fairgo.transparency import records

BUTTON = "button"
WORDS = "words"

_PERSON = (
    r"(?:(?:actual|real|live|human|proper|another|different|physical|flesh and blood) )*"
    r"(?:human(?: being)?s?|persons?|people|someone|somebody|agents?|representatives?|reps?|operators?|staff(?: member)?|"
    r"advis[eo]rs?|consultants?|supervisors?|team member|customer (?:service|care|support)|support team|"
    r"(?:call|contact) cent(?:re|er)|manager|employee|bloke|lady|team leader)"
)
_CERTAIN = (
    r"(?:(?:actual|real|live|human|proper|another|different|physical) (?:person|people|someone|human|agent)|"
    r"human(?: being)?s?|agents?|representatives?|reps?|operators?|staff(?: member)?|advis[eo]rs?|consultants?|"
    r"supervisors?|team member|customer (?:service|care|support)|support team|employee)"
)
_SPEAK = r"(?:talk|talking|speak|speaking|chat|chatting|converse|discuss|deal|dealing)"
_ABOUT_US = re.compile(
    r"^(?:so |wait |hang on )?(?:am i|are we|is this|is it an?|was i|who am i|who are|are you)\b"
)
_NOT_A_PERSON = re.compile(
    r"(?:real estate|travel|network|insurance|letting|leasing|booking|estate|user|crane|tour|machine|mobile network|"
    r"free|secret|cleaning|tax|buyer'?s|other|previous|last) (?:agents?|operators?|representatives?|people|person|"
    r"advis[eo]rs?|consultants?)|person(?:al|s? name)\b|operators? (?:manual|licen[cs]e)"
)
_ASK = (
    r"(?:i(?:'d| would|'ll)? ?(?:really |just |still |only |also |now )*(?:want|wanna|need|like|prefer|rather|wish|demand|"
    r"gotta|have|insist)|(?:can|could|may|might|shall|should) (?:i|we|you|someone|somebody|u)|let me|lemme|get me|give me|"
    r"gimme|put me|connect|transfer|pass me|hand me|switch me|move me|forward me|direct me|escalate|patch me|take me|"
    r"how (?:do|can|would) (?:i|we)|where (?:do|can) i|is there|are there|please|pls|plz|any chance|id like|"
    r"i am trying|i'm trying|trying|i must|i will only|i'd|would you|will you|do you have|looking for|call me|want|need|"
    r"speak|talk|chat)"
)
_REACH = (
    r"(?:talk|talking|speak|speaking|chat|chatting|deal|dealing|converse|connect(?:ed)?|transfer(?:red)?|put|get|have|"
    r"reach|contact|see|ask for|call|through|pass(?:ed)?|hand(?:ed)?|switch(?:ed)?|escalate[d]?|forward(?:ed)?|discuss|"
    r"assist(?:ance|ed)?|help(?:ed)?|hold of|touch)"
)
_WISHES = (
    re.compile(rf"\b{_ASK}\b.{{0,60}}?\b{_REACH}\b.{{0,30}}?\b{_CERTAIN}\b"),
    re.compile(rf"\b{_ASK}\b.{{0,60}}?\b{_SPEAK}\b.{{0,30}}?\b{_PERSON}\b"),
    re.compile(rf"\b{_PERSON} (?:\w+ )?(?:i|we) (?:can|could|may) {_SPEAK}\b|\b{_PERSON} (?:to|please) (?:call|ring|phone|{_SPEAK})"),
    re.compile(r"\b(?:someone|somebody|a person|an? human|an? agent|(?:one|someone|somebody|anyone|member) (?:of|from|on) (?:your|the) (?:team|staff|people|office|shop)|your (?:team|staff|people)) (?:\w+ )?(?:call|ring|phone|contact|speak to|talk to|chat to) me\b|\bput (?:me on to )?(?:an? |the )?(?:human|real person|person|agent) (?:on|through)\b"),
    re.compile(r"\b(?:put|pass|patch|transfer|hand) me (?:through|over|on) to\b"),
    re.compile(rf"\b(?:transfer|connect|switch|pass|hand|put|move|escalate|forward|redirect)(?: (?:me|us|this))? (?:to|with|through to|over to|on to) (?:an? |the |your |some )?{_CERTAIN}\b"),
    re.compile(rf"\b{_SPEAK} (?:me )?(?:to|with|through to|on to|by|from|of|in touch with|over to) (?:an? |the |your |some )?{_PERSON}\b"),
    re.compile(rf"\b(?:want|wanna|need|prefer|gimme|give me|get me|demand|like) (?:an? |the |some |to have an? )?(?:{_CERTAIN}|person)\b"),
    re.compile(r"\b(?:human|live|real) (?:agent|support|chat|help|assistance|person|being|operator) (?:please|pls|now|required|needed)\b"),
    re.compile(r"\bopt(?:ing)? ?-?out of (?:the )?(?:ai|bot|chatbot|automated)"),
    re.compile(r"转人工|人工(?:客服|服务|坐席)|(?:找|要|跟|和|与|叫).{0,6}(?:真人|人工|客服人员)|轉人工|真人(?:客服|服務|服务)"),
    re.compile(r"(?:nói chuyện|gặp|nói|kết nối|chuyển).{0,16}(?:người thật|nhân viên|tổng đài viên|con người)"),
    re.compile(r"(?:التحدث|اتحدث|أتحدث|التكلم|أتكلم|اتكلم|تحويلي|وصلني|احكي|أحكي).{0,16}(?:شخص|موظف|إنسان|انسان|بشري|أحد)"),
)  # fmt: skip
_BARE = re.compile(rf"^(?:just |only )?(?:an? |the |your )?{_PERSON}(?: (?:please|pls|plz|now|thanks|only|instead|here))*$")  # fmt: skip
# Said against bots rather than for people: a denial in the same clause does not take it back.
_NO_BOTS = (
    re.compile(r"\b(?:don'?t|do not|won'?t|never|not|no longer|stop|hate|sick of|tired of|refuse to|without) (?:want(?:ing)? (?:to )?|"
               r"wanna )?(?:be )?(?:talk(?:ing)?|speak(?:ing)?|chat(?:ting)?|deal(?:ing)?|us(?:e|ing)|typing)? ?(?:to|with)? ?"
               r"(?:an? |the |this |your |any |some |these )?(?:stupid |dumb |bloody )?(?:bots?|robots?|ai|chatbots?|computers?|automated \w+)\b"),
    re.compile(r"\b(?:no|enough) (?:more )?(?:bots?|robots?|chatbots?|ai)\b|\bget me off (?:this|the) (?:bot|chat|ai)"),
)  # fmt: skip
_DENIALS = re.compile(
    r"\b(?:don'?t|do not|no need to|needn'?t|never|not|please don'?t|rather not|without) "
    r"(?:need |want |have |wish |going )?(?:to |you to )?(?:be )?"
    rf"(?:transfer|connect|put|talk|speak|pass|hand|escalate|call|an? |{_PERSON})"
)
_PAST = re.compile(
    r"\b(?:spoke|talked|spoken|chatted|was (?:talking|speaking|transferred|connected)|had (?:a )?(?:chat|talk)|"
    r"(?:agent|person|rep|operator|staff|someone|somebody|guy|lady|manager) (?:\w+ ){0,2}(?:said|told|promised|called|rang|helped|was|had|did))\b"
)
_SENTENCES = re.compile(r"[.!?;\n。！？؟]+")
_CLAUSES = re.compile(r"[،,]\s*|\s+(?:but|because|so|and then|then)\s+|\s+-\s+")
_SPACE = re.compile(r"\s+")
_READ = 8000  # characters of a message that are read for a wish; longer ones are pasted text


def sentences(words: str) -> list[str]:
    """A message cut into sentences, in lower case, with straight quotes and single spaces."""
    plain = words[:_READ].lower().replace("\u2019", "'")
    return [_SPACE.sub(" ", part).strip(" '\"") for part in _SENTENCES.split(plain) if part.strip()]


def wishes_for_person(words: str) -> bool:
    """True when a clause of the message asks for a person instead of AI."""
    return any(_wish(sentence) for sentence in sentences(words))


def _wish(sentence: str) -> bool:
    """A question about who is speaking is no wish, though it may end in the words of one."""
    asks_about_us = bool(_ABOUT_US.search(sentence))
    for clause in _CLAUSES.split(_NOT_A_PERSON.sub(" ", sentence)):
        if any(pattern.search(clause) for pattern in _NO_BOTS):
            return True
        if _ABOUT_US.search(clause) or _DENIALS.search(clause) or _PAST.search(clause):
            continue
        if any(pattern.search(clause) for pattern in _WISHES) or (
            not asks_about_us and _BARE.search(clause.strip())
        ):
            return True
    return False


def recall(_connection: Connection, _keys: Keys, _turn: Turn) -> None:
    """Nothing is needed but the turn itself."""


def check(turn: Turn, _facts: Any) -> Verdict:
    """Hand over when the customer pressed the button or asked in words."""
    if turn.leaving:
        return Verdict(Outcome.HAND_OVER, "opt_out.button", reply=turn.system.human.words)
    if any(wishes_for_person(words) for words in turn.said):
        return Verdict(Outcome.HAND_OVER, "opt_out.words", reply=turn.system.human.words)
    return ALLOW


def measure(connection: Connection) -> Measure:
    """Wishes recognised and the slowest refusal of the model."""
    count, slowest = records.wishes(connection)
    if not count:
        return Measure("no wish for a person yet", State.CANNOT_TELL)
    state = State.OK if slowest <= 1 else State.ATTENTION
    return Measure(
        f"{count} wishes recognised", state, f"slowest refusal of the model {slowest * 1000:.0f} ms"
    )
