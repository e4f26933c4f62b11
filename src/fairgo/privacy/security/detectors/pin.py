"""PINs, one-time codes and cards' security codes: three to eight digits that words name.

A card's security code may also follow the card's number and expiry without a word of its own.
"""

import re
from collections.abc import Iterator

from fairgo.privacy.security.detector import CODE, FENCE, OPEN, WORD_END, Candidate, View, Words
from fairgo.privacy.security.detectors.naming import IS, NO_MORE, found_at, matches

# Kinds of code that nobody but the customer should know; other codes (promo, error, area) are no secret.
_KINDS = (
    r"verification|verify|sms|text|login|log ?in|access|auth|authentication|authenticator|2fa|mfa|two[ -]factor|passcode"
    r"|tap|id|entry|(?:steam )?guard|garage|building|lobby|fob|locker|vault|wi-?fi|router|admin|master|(?:three|3)[ -]digit"
    r"|unlock|security|door|alarm|gate|safe|puk|telephone banking|phone banking|voicemail|(?:six|four|6|4)[ -]digit|backup"
    r"|recovery|reset|activation|linking|pairing|temporary|temp|one[ -]?time|duo|confirmation sms|porting|transfer pin|lock ?box"
)
_CODES = (
    r"pin(?: ?(?:number|no|code))?|cvv2?|cvc2?|csc|ccv|otp|puk|passcode|pass code|key ?safe|lock ?box|combination|combo"
    r"|(?:last )?(?:three|3) (?:digits|numbers)(?: on the back(?: of (?:the|my) card)?)?|(?:six|6|four|4) (?:digits|numbers) from the (?:text|sms|app)"
    r"|(?:numbers?|digits) on the back(?: of (?:the|my) card)?|back of (?:the |my )?card"
    rf"|one[ -]time (?:code|pin|password|passcode)|(?:{_KINDS}) (?:code|pin|key|number|no)|2fa|mfa"
    r"|verificationcode|onetimecode|pinnumber|mã otp|mã pin|mã xác (?:nhận|thực)|验证码|校验码|安全码|密码|رمز التحقق|الرقم السري"
    r"|código de verificación|codice di verifica|κωδικός επαλήθευσης|κωδικός pin|पिन|ओटीपी|ਪਿੰਨ"
)
_FILLERS = (
    "i|we|you|that|they|it|just|got|have|sent|texted|gave|received|me|us|on|from|for|my|the|your|this|card|phone|debit|credit"
    "|account|online|bank|banking|visa|atm|here|back|of|new|old|current|temp|temporary|default|again|set|entered|with"
    "|number|digit|app|says|said|reads|shows|which|customer|mailed|posted|emailed|issued|created|picked|chose|banking|his|her|their|our|typed|used"
)
_DIGITS = r"(?P<value>\d(?:[ \-]?\d){2,7})"
_SIX = r"(?P<value>\d{6}|\d{3}[ \-]\d{3}|\d{2} \d{2} \d{2}|\d{4})"
_OTHER_CODES = (
    *(
        "promo",
        "discount",
        "error",
        "product",
        "item",
        "fault",
        "coupon",
        "voucher",
        "offer",
        "sort",
        "course",
        "branch",
    ),
    *(
        "store",
        "subject",
        "postal",
        "area",
        "country",
        "response",
        "reason",
        "job",
        "gift",
        "zip",
        "tariff",
        "location",
    ),
    *(
        "unit",
        "rate",
        "plan",
        "property",
        "use",
        "apply",
        "referral",
        "swift",
        "dress",
        "colour",
        "color",
        "qr",
        "status",
    ),
    *(
        "exit",
        "dialling",
        "claim",
        "order",
        "stock",
        "state",
        "post",
        "promotional",
        "promotion",
        "industry",
        "model",
    ),
    *(
        "supplier",
        "batch",
        "part",
        "icd",
        "mbs",
        "city",
        "hs",
        "biller",
        "cost",
        "tax",
        "charge",
        "site",
        "agent",
    ),
)
_NOT_OTHER = "".join(f"(?<!{word} )" for word in _OTHER_CODES) + "(?<!bar)(?<!post)(?<!zip)"
_PATTERNS = (
    (  # a kind of code, little words, the digits
        (
            rf"{CODE}(?:{_CODES}){WORD_END}[\"'*`]{{0,3}}(?: ?(?:number|no|code))?(?: (?:{_FILLERS})){{0,8}}"
            rf"(?:{IS}|[ :\"'*`#|(=.,\-\n]{{0,4}})[\"'*`(]{{0,3}}{_DIGITS}{NO_MORE}"
        ),
        0.96,
    ),
    (  # a kind of code, anything without digits, "it was" and the digits
        rf"{CODE}(?:{_CODES}){WORD_END}[^\d\n{FENCE}]{{0,40}}?(?:it'?s|it (?:is|was)|is|was|entered|typed) {_DIGITS}{NO_MORE}",
        0.9,
    ),
    (  # "the code you sent was"
        (
            rf"{_NOT_OTHER}{CODE}codes?(?= (?:you|i|that|they|it|from|on|was|just|which|is|texted|sent|:)| ?:)"
            rf"[^\d\n.;!?{FENCE}]{{0,48}}?(?:is|was|says|said|:|=) ?[\"'*`]{{0,2}}{_SIX}{NO_MORE}"
        ),
        0.9,
    ),
    (rf"{_NOT_OTHER}{CODE}codes? ?(?:is|was|:)? ?(?P<value>\d{{3}}[ \-]?\d{{3}}){NO_MORE}", 0.85),
    (  # "code 5930 does not work"
        (
            rf"{_NOT_OTHER}{CODE}codes? ?(?:is|was|:)? ?(?P<value>\d{{4,8}})"
            rf"(?= (?:\w+ ){{0,3}}?(?:invalid|expired|wrong|incorrect|rejected|(?:does|did|is|was|wo|has)n'?t (?:work|accept)|won'?t|not (?:work|accept)))"
        ),
        0.9,
    ),
    (  # a kind of code with letters
        rf"{CODE}(?:{_KINDS}) (?:code|key|token)s?(?:{IS}| ?: ?| )(?P<value>(?=[a-z\-]*\d)[a-z\d][a-z\d\-]{{4,24}})(?![^\W_])",
        0.93,
    ),
    (  # "the text said"
        (
            rf"{CODE}(?:(?:sms|text|verification text|text message|authenticator|otp message)(?: i got| you sent| that came)? (?:said|says|was|reads|showed|shows)"
            rf"|codes? on the (?:back|front)(?: of (?:the|my) card)?(?: is|:)?) (?P<value>\d{{3,8}}|\d{{3}}[ \-]\d{{3}}){NO_MORE}"
        ),
        0.93,
    ),
    (  # a question before the message
        rf"{CODE}(?:{_CODES}|codes?){WORD_END}[^?\n{FENCE}]{{0,60}}\?\s{{0,4}}(?:(?:it'?s|sure|yes|ok|okay|is|it is|yep|the code is)[ ,:]{{1,2}}){{0,2}}{_DIGITS}{NO_MORE}",
        0.95,
    ),
)
_NAMED_BEHIND = (
    (  # the digits, then their name
        (
            rf"(?<![\w.,/$\-])(?P<value>\d{{4,8}}|\d{{3}}[ \-]\d{{3}})(?= (?:as|is|was) (?:the|my|your|that|a) (?:(?:{_KINDS}|card|bank|atm|code) )?"
            r"(?:code (?:you|i|they|we|that|from|it)|code\s*(?:\Z|[.,;!?])|pin(?!\w)|otp|passcode|password))"
        ),
        0.9,
    ),
    (
        (
            r"(?<![\w.,/$\-])(?P<value>\d{4,8}|\d{3}[ \-]\d{3})"
            r"(?= (?:from|in|on|off) (?:the|my|your|that) (?:sms|text(?: message)?(?!\w)|authenticator))"
        ),
        0.9,
    ),
)
_BEHIND = tuple((re.compile(pattern), score) for pattern, score in _NAMED_BEHIND)
_STEMS = re.compile(
    r"pin|cv[cv]|ccv|csc|otp|puk|pass|key ?safe|lock ?box|combination|combo|digits|numbers?|code|2fa|mfa|sms|text|authenticator"
    r"|back of|key|token|mã|密码|验证码|校验码|安全码|رمز|السري|κωδικ|पिन|ओटी|ਪਿੰ"
)
_NUMBER = re.compile(r"(?<![\d.,$€£])(?:\d[ \-]?){3,}|(?<!\w)[a-z]{0,6}-?[a-z]*\d")
LONGEST_NAMED = 130  # from the word that shows that a name is here to the code
_COMPILED = tuple((re.compile(pattern), score) for pattern, score in _PATTERNS)
_NAME_MAY_COME = re.compile(r"(?<![\w.,/$\-])(?:\d{4,8}|\d{3}[ \-]\d{3})(?: [a-z\-' ]{0,40})?\Z")
LONGEST_NAME = 60  # of a code and what may name it afterwards
_EXPIRY = re.compile(
    r"(?<!\d)(?:0?[1-9]|1[0-2]) ?[/\-] ?(?:20)?[2-4]\d[ ,;|]{1,3}(?:cvv2? |cvc |ccv |and |code )?(?P<value>\d{3,4})"
    + NO_MORE
)
LONGEST_CARD = 44  # with separators, and the words between it and the expiry
_CARD_BEFORE = re.compile(r"(?:\d[ \-]?){13,19}[^\d]{0,12}\Z")
_NAMES = frozenset(
    (
        *(
            "pin",
            "pins",
            "cvv",
            "cvc",
            "ccv",
            "csc",
            "otp",
            "code",
            "codes",
            "passcode",
            "puk",
            "password",
            "token",
            "key",
        ),
        *(
            "verificationcode",
            "onetimecode",
            "pinnumber",
            "mã",
            "código",
            "codice",
            "card",
            "safe",
            "lockbox",
            "keysafe",
        ),
        *(
            "sms",
            "text",
            "authenticator",
            "combination",
            "combo",
            "back",
            "digits",
            "numbers",
            "number",
            "fa",
            "mfa",
            "pass",
        ),
    )
)
_FOREIGN = re.compile("密码|验证码|校验码|安全码|κωδικ|رمز|السري|पिन|ओटी|ਪਿੰ")
_DIGIT = re.compile(r"\d")


def find(view: View) -> Iterator[Candidate]:
    """Codes by their names, and a card's security code by its place."""
    text = view.text
    if not _DIGIT.search(text):
        return
    if not view.words.isdisjoint(_NAMES) or (not text.isascii() and _FOREIGN.search(text)):
        yield from _named(view)
    if "/" in text:
        for found in _EXPIRY.finditer(text):
            if _CARD_BEFORE.search(text, max(0, found.start() - LONGEST_CARD), found.start()):
                yield from found_at(view, found.span("value"), 0.93)
    begun = None if view.final else _NAME_MAY_COME.search(text, max(view.begin, len(text) - LONGEST_NAME))
    if begun:
        yield Candidate(begun.start(), OPEN)


def _named(view: View) -> Iterator[Candidate]:
    text, last = view.text, -1
    for number in _NUMBER.finditer(text, view.begin):
        at = number.start()
        for stem in _STEMS.finditer(text, max(last, at - LONGEST_NAMED), at):
            last = stem.end()
            for found, score in matches(text, stem.start(), _COMPILED):
                yield from found_at(view, found.span("value"), score)
        for pattern, score in _BEHIND:
            after = pattern.match(text, at)
            if after:
                yield from found_at(view, after.span("value"), score)


DETECTOR = Words(type="SECRET", name="PIN or code", find=find)
