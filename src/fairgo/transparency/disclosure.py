"""Disclosure: say that it is AI before the first AI word, and answer "are you human?" truthfully, without a model."""

import re
from dataclasses import dataclass

from sqlalchemy import Connection

from fairgo.core.turns import Turn
from fairgo.core.verdicts import ALLOW, Measure, Outcome, State, Verdict
from fairgo.ledger.recording import Recording
from fairgo.store.keys import Keys
from fairgo.transparency import records
from fairgo.transparency.opt_out import sentences

_BEING = (
    r"(?:human(?: being)?s?|persons?|people|robots?|bots?|chat ?bots?|machines?|a\.?i\.?|artificial(?: intelligence)?|"
    r"computers?|computer program|program(?:me)?|software|automated(?: \w+)?|algorithm|llm|chatgpt|gpt|someone real|"
    r"somebody real|real|alive|android|(?:virtual|digital) (?:assistant|agent)|woman|lady|guy|living|flesh|man or|woman or|auto ?-?reply)"
)
_ASKS = (
    re.compile(rf"\b(?:are|r|aren'?t) (?:you|u|ya|yous) ?(?:\w+ ){{0,6}}?{_BEING}\b(?! who| that| for me| to )"),
    re.compile(rf"\b(?:tell me|wonder(?:ing)? if|know if|guess|whether|think|sure|admit|convince me) (?:\w+ ){{0,2}}?(?:you|u|this|you'?re)(?: is| are|'?re)? (?:\w+ ){{0,3}}?{_BEING}\b"),
    re.compile(rf"\b(?:am|are) (?:i|we) (?:\w+ ){{0,3}}?(?:talk|speak|chat|text|deal|writ|messag|typ|convers|interact|communicat)\w*\b.*\b{_BEING}\b"),
    re.compile(r"\bis there (?:an? |any )?(?:real |actual |live |human )*(?:person|human|people|someone|somebody|anyone) (?:\w+ ){0,2}?(?:typing|writing|reading|behind|answering|replying|there|at the other|on the other)\b"),
    re.compile(rf"\b(?:is|was) (?:this|that) (?:\w+ ){{0,5}}?(?:{_BEING}|human)\b(?!.*\b(?:i can|to (?:talk|speak|chat)))"),
    re.compile(rf"\b(?:you|u)(?:'?re| are)? (?:not |just |really |actually |only )*(?:an? )?(?:real )?{_BEING}(?: (?:right|yeah|or|aren'?t you|are you|hey|eh|huh|too)\b|$)"),
    re.compile(r"\b(?:human|person|real person|man) or (?:an? )?(?:robot|bot|machine|ai|computer|chatbot)\b|\b(?:robot|bot|machine|ai|computer|chatbot) or (?:an? )?(?:real |actual )?(?:human|person)\b"),
    re.compile(r"\bwh(?:o|at) (?:am|are) (?:i|we) (?:talking|speaking|chatting|dealing|texting) (?:to|with)\b|\bwhat (?:exactly )?are you$|\bwho are you (?:really|actually)\b"),
    re.compile(r"\bdo you (?:have|got) (?:a )?(?:feelings|body|soul|consciousness|heart|pulse|brain|birthday|parents)\b|\bwho (?:made|built|programmed|created) you\b"),
    re.compile(r"你是.{0,6}(?:真人|人类|人類|机器人|機器人|人工智能|人吗|人嗎|AI|ai)|是.{0,4}机器人吗|是.{0,4}真人吗"),
    re.compile(r"(?:bạn|anh|chị|em|đây|mày).{0,8}(?:là|có phải).{0,12}(?:người thật|con người|người máy|robot|máy|người|ai)\b.*(?:không|hay|à|\?|$)"),
    re.compile(r"(?:هل|انت|أنت|إنت).{0,8}(?:إنسان|انسان|بشر|روبوت|آلي|شخص حقيقي|ذكاء)"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """Whether this conversation was told, in these words, that it is AI."""

    already: bool


def asks_if_human(words: str) -> bool:
    """True when a sentence of the message asks whether a human, a robot or AI is answering."""
    asked = [sentence.replace(",", "") for sentence in sentences(words)]
    return any(pattern.search(sentence) for sentence in asked for pattern in _ASKS)


def recall(connection: Connection, _keys: Keys, turn: Turn) -> Told:
    """Whether the statement was delivered before. Nothing is known of a conversation that has no name."""
    told = turn.remembered and records.was_told(connection, turn.conversation, records.words_of(turn.wording))
    return Told(told)


def check(turn: Turn, _told: Told) -> Verdict:
    """The true answer to "are you human?", written by the company and never by the model."""
    if any(asks_if_human(words) for words in turn.said):
        return Verdict(Outcome.CHANGE, "disclosure.asked", reply=turn.wording.answer)
    return ALLOW


def opening(turn: Turn, told: Told) -> str:
    """What must stand before the first AI word of this turn; empty when it was said before."""
    return "" if told.already else turn.wording.statement + "\n\n"


def delivered(tx: Recording, turn: Turn, *, kind: str) -> str:
    """Keep that the wording went out with this turn. Gives the hash of the words, for the leaf."""
    words = records.words_of(turn.wording)
    records.keep_disclosure(tx, turn=turn.id, conversation=turn.conversation, words=words, kind=kind)
    return words


def measure(connection: Connection) -> Measure:
    """Conversations in which AI answered and no disclosure was delivered: this must be 0."""
    missing, answered = records.undisclosed(connection)
    if not answered:
        return Measure("no AI answer yet", State.CANNOT_TELL)
    state = State.ATTENTION if missing else State.OK
    return Measure(
        f"{missing} without disclosure", state, f"of {answered} conversations in which AI answered"
    )
