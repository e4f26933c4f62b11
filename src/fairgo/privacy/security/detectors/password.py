"""Passwords, and answers to security questions: whatever follows the word that names it.

A password may be any word but one that says how the password is, or goes on with the sentence.
"""

import re
from collections.abc import Iterator

from fairgo.privacy.security.detector import CODE, FENCE, OPEN, WORD_END, Candidate, View, Words
from fairgo.privacy.security.detectors.naming import IS, found_at, matches

_PASSWORDS = (
    r"passwords?|pasword|passwrd|passowrd|pswd|passwd|pwd|pw|p/w|pass(?= ?[:=])|token(?= ?[:=])|secret(?= ?[:=])|passphrase"
    r"|pass phrase|pass word|passcode|(?:wi-?fi|network|wpa2?|security|product|licence|recovery|encryption|bitlocker) key"
    r"|(?:api|secret|access|client|auth)[ _-]?(?:key|secret|token)|(?:recovery|seed|security|secret|safe|code|pass|verbal|voice) (?:phrase|word|password)|memorable word|passwort|mot de passe|senha|wpa2?(?= ?:)"
    r"|密码|口令|mật khẩu|mat khau|contraseña|contrasena|clave|parola d'ordine|κωδικός πρόσβασης|κωδικός"
    r"|كلمة المرور|كلمة السر|पासवर्ड|ਪਾਸਵਰਡ"
)
_ASIDE = (
    r"(?: (?:for|to|on|of|at) (?:[\w']+ ){0,3}?[\w']+| của tôi| cua toi| μου| μας| ko| mia"
    r"| (?:given|i was given|you gave me|i used|i use|you sent|they sent|i set|we set))?"
)
_MIXED = rf"(?=[^\s]*\d)(?=[^\s]*[^\W\d_])[^\s|\"'`{FENCE}]{{5,64}}"  # no word of the sentence
_PASSWORD = re.compile(
    rf"{CODE}(?:{_PASSWORDS}){WORD_END}[\"'*`]{{0,3}}{_ASIDE}(?P<is>{IS})(?P<value>[\"'`*]{{0,2}}[^\s\"'`*|{FENCE}]{{3,128}})"
)
_MORE = (
    (rf"{CODE}(?:{_PASSWORDS})[\"'*` (,\n]{{1,3}}(?P<value>{_MIXED})", 0.9),
    (  # "the same password for years, it's Rover1987"
        (
            rf"{CODE}(?:{_PASSWORDS}){WORD_END}[^\n?!{FENCE}]{{0,60}}?(?: it'?s| it (?:is|was)| is| was| as| using| used| entered| typed| tried| put|,|:) "
            rf"(?P<value>{_MIXED})"
        ),
        0.85,
    ),
    (
        (
            rf"{CODE}(?:user ?/ ?pass(?:word)?|log ?in|log ?on|user ?name|user|admin|creds|credentials|wi-?fi)(?: details)?(?:{IS}| )[^\s/|{FENCE}]{{2,64}} ?/ ?"
            rf"(?P<value>{_MIXED})"
        ),
        0.93,
    ),
    (rf"{CODE}(?:{_PASSWORDS}|pin)(?:{IS})\"(?P<value>[^\"\n{FENCE}]{{3,64}})\"", 0.95),
    (  # names of settings: DB_PASSWORD=..., "clientSecret": "..."
        (
            r"(?:password|passwd|pwd|secret|token|api_?key|access_?key|private_?key)[a-z\d_\-]{0,24}[\"'`]?\s?(?:=>|:=|=|:\s?[\"'`])\s?[\"'`]?"
            rf"(?P<value>[^\s\"'`,;{{}}|&{FENCE}]{{4,128}})"
        ),
        0.95,
    ),
)
_NAMED_AFTER = re.compile(
    rf"(?<!\S)[\"'`]?(?P<value>{_MIXED})[\"'`]?(?= (?:is|was) (?:my|the|your|our) (?:[a-z\-]+ ){{0,2}}?(?:{_PASSWORDS}|pin){WORD_END})"
)
_NAME_MAY_COME = re.compile(rf"(?<!\S)[\"'`]?{_MIXED}[\"'`]?(?: [a-z\- ]{{0,40}})?\Z")
LONGEST_NAME = 110  # of a password and what may name it afterwards
_COMPILED = ((_PASSWORD, 0.93), *((re.compile(pattern), score) for pattern, score in _MORE))
_STEMS = re.compile(
    r"pass|pasw|pwd|p/?w(?![a-z])|pswd|senha|token|secret|key|phrase|word|credential|creds|log ?[io]n|user|admin|wi-?fi|wpa|pin(?![a-z])"
    r"|密码|口令|khẩu|khau|contrase|clave|parola|κωδικ|كلمة|पास|ਪਾਸ"
)
LONGEST_TAIL = 12  # of what ends the words that name a password behind its stem

_ADDRESS = re.compile(rf"://[^\s:/@{FENCE}]{{1,64}}:(?P<value>[^\s@/{FENCE}]{{3,64}})@")
_ANSWER_STEMS = re.compile(r"answer|question|maiden|pet|first|name of|favou?rite|childhood|memorable")
_ANSWER_FORM = re.compile(
    rf"{CODE}(?:(?:security|secret) (?:question )?answer|security question(?: \([^)\n{FENCE}]{{0,40}}\))?"
    r"|(?:m[ou](?:ther|m)'?s? )?maiden name|first (?:pet|car|school|job|teacher)(?:'?s name)?|pet'?s name"
    r"|name of (?:my )?first (?:pet|school)|(?:favou?rite|childhood) (?:teacher|pet|book|movie|nickname)"
    rf"|memorable (?:word|place|name)|mother maiden name)['\"]?(?: (?:to|for) (?:\w+ ){{0,4}}?\w+)?(?P<is>{IS})(?:the |a |an )?"
    r"(?P<value>[\"']?[^\W\d_][\w'\-]{2,30}(?: [a-z]+(?= ?(?:\Z|[.,;!?\n])))?)"
)
_ANSWER = ((_ANSWER_FORM, 0.97),)
_TRAILING = ".,;:!?)]}'\"*`"
_STATES = """
not wrong incorrect invalid expired being the a an my your our their so too on in at case weak strong reset changed
forgotten lost required needed working case-sensitive secure different correct right same still no longer never
always also only what when where why how which who that this there here blank empty missing locked unknown old new
fine ok okay good bad short long protected compromised leaked stolen hacked gone stuck rejected accepted refused
saved stored sent set given shared private important necessary optional it i you we they to be been for from by
access log login sign enter continue update change use make get see find unlock open our and or but if as visible
hidden showing displayed something anything nothing everything about up out because due under over never asked
asking requested please help email emailed text texted phone safe unique complex easy hard simple known meant
supposed going coming getting failing denied declined blocked recognised recognized accepted broken available
encrypted disabled enabled suspended confidential written between minimum maximum at least one two three really
just already now then very quite sensitive temporary permanent default pending ready done wasn't isn't would will
"""
_SAYS_NOT = frozenset(_STATES.split())
_NAMES = frozenset(
    (
        *("word", "phrase", "passwort", "passe", "senha", "wpa", "network"),
        *(
            "password",
            "passwords",
            "passwd",
            "pwd",
            "pw",
            "passphrase",
            "passcode",
            "pass",
            "key",
            "apikey",
            "secret",
        ),
        *(
            "secretkey",
            "clientsecret",
            "token",
            "accesstoken",
            "memorable",
            "contraseña",
            "contrasena",
            "clave",
            "parola",
        ),
        *(
            "recovery",
            "seed",
            "khẩu",
            "khau",
            "pasword",
            "passwrd",
            "passowrd",
            "pswd",
            "login",
            "username",
            "logon",
        ),
        *(
            "credentials",
            "creds",
            "wifi",
            "wi",
            "admin",
            "user",
            "privatekey",
            "accesskey",
            "clientsecret",
            "p",
        ),
    )
)
_ANSWERS = frozenset(
    ("answer", "maiden", "pet", "school", "memorable", "secret", "question", "first", "childhood")
)
_ANSWERS |= {"favourite", "favorite"}
_FOREIGN = re.compile("密码|口令|κωδικ|كلمة|पास|ਪਾਸ")


def find(view: View) -> Iterator[Candidate]:
    """What follows a word that names a password or an answer."""
    text = view.text
    if not view.words.isdisjoint(_NAMES) or (not text.isascii() and _FOREIGN.search(text)):
        yield from _passwords(view)
    if not view.words.isdisjoint(_ANSWERS):
        for word in _ANSWER_STEMS.finditer(text):
            for found, score in matches(text, word.start(), _ANSWER):
                if found["value"].split()[0].strip("\"'") not in _SAYS_NOT:
                    yield from found_at(view, found.span("value"), score)
    if "://" in text:
        for found in _ADDRESS.finditer(text, view.begin):
            yield from found_at(view, found.span("value"), 0.95)
    begun = None if view.final else _NAME_MAY_COME.search(text, max(view.begin, len(text) - LONGEST_NAME))
    if begun:
        yield Candidate(begun.start(), OPEN)


def _passwords(view: View) -> Iterator[Candidate]:
    text = view.text
    for word in _STEMS.finditer(text):
        for found, score in matches(text, word.start(), _COMPILED):
            span = _password(found) if "is" in found.re.groupindex else _token(found)
            if span:
                yield from found_at(view, span, score)
        after = _NAMED_AFTER.search(
            text, max(view.begin, word.start() - LONGEST_NAME), word.end() + LONGEST_TAIL
        )
        if after:
            yield from found_at(view, after.span("value"), 0.9)


def _token(found: re.Match[str]) -> tuple[int, int] | None:
    inner = found["value"].rstrip(_TRAILING)
    start = found.start("value")
    return (start, start + len(inner)) if len(inner) > 3 and inner not in _SAYS_NOT else None


def _password(found: re.Match[str]) -> tuple[int, int] | None:
    """Where the password stands without quotes and the end of the sentence; None when it says how the password is."""
    value = found["value"]
    inner = value.lstrip("\"'`*")
    start = found.start("value") + len(value) - len(inner)
    marked = len(value) > len(inner) or any(sign in found["is"] for sign in ":=")
    figured = any(sign.isdigit() for sign in inner)
    inner = inner.rstrip(_TRAILING.replace("!", "") if figured else _TRAILING) or inner
    if inner in _SAYS_NOT or len(inner) < 3 or inner.startswith(("http://", "https://")):
        return None
    if inner.isalpha() and not marked and (inner.endswith(_ENDINGS) or found["is"].strip() == "to"):
        return None
    return start, start + len(inner)


_ENDINGS = ("ing", "ed", "ly", "n't")
DETECTOR = Words(type="SECRET", name="password", find=find)
