"""Dates of birth: a date in figures or words, where words say that somebody was born then."""

import re
from datetime import date

from fairgo.privacy.security.detector import PHRASE, WORD_END, Need, Rule, Shape

_MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|december"
    "|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec"
    "|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
    "|gennaio|febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|novembre|dicembre|pebrero|marso|hunyo|hulyo|setyembre|oktubre|nobyembre|disyembre"
    "|ιανουαρίου|φεβρουαρίου|μαρτίου|απριλίου|μαΐου|ιουνίου|ιουλίου|αυγούστου|σεπτεμβρίου|οκτωβρίου|νοεμβρίου"
    "|δεκεμβρίου|يناير|فبراير|مارس|أبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر"
    "|जनवरी|फरवरी|मार्च|अप्रैल|मई|जून|जुलाई|अगस्त|सितंबर|अक्टूबर|नवंबर|दिसंबर"
    "|ਜਨਵਰੀ|ਫਰਵਰੀ|ਮਾਰਚ|ਅਪ੍ਰੈਲ|ਮਈ|ਜੂਨ|ਜੁਲਾਈ|ਅਗਸਤ|ਸਤੰਬਰ|ਅਕਤੂਬਰ|ਨਵੰਬਰ|ਦਸੰਬਰ"
)
_ORDINALS = (
    "twenty[ -]?first|twenty[ -]?second|twenty[ -]?third|twenty[ -]?fourth|twenty[ -]?fifth|twenty[ -]?sixth"
    "|twenty[ -]?seventh|twenty[ -]?eighth|twenty[ -]?ninth|thirty[ -]?first|thirtieth|twentieth|first|second"
    "|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth"
    "|sixteenth|seventeenth|eighteenth|nineteenth"
)
_SAID_YEAR = (
    r"(?:(?:nineteen|twenty|two thousand(?: and)?)[ \-])?(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|oh)"
    r"(?:[ \-](?:one|two|three|four|five|six|seven|eight|nine))?(?!\w)"
)
_YEAR = r"(?:\d{4}|'?\d{2})(?!\d)"
_OF = r"(?: of| de| del| di|,)?[ \-/.,]{0,2}"
_DAY = r"\d{1,2}(?: ?(?:st|nd|rd|th|º|°))?"
_NUMBERS = re.compile(r"\d+")
_SEPARATOR = r" ?[./\-\n] ?"
OLDEST = 1900


def is_day(value: str) -> bool:
    """True when the figures can be a day, a month and a year that has begun."""
    given = [int(number) for number in _NUMBERS.findall(value)]
    if value.isdigit():
        return _is_solid(value)
    if not given:
        return True
    year = max(given)
    if year > 99 and not OLDEST <= year <= date.today().year:  # noqa: DTZ011 - a year is enough, wherever one is
        return False
    if len(given) < 3:
        return min(given) <= 31 or len(given) == 1
    smaller = sorted(given)[:2] if year > 99 else sorted(given[:2])
    return 0 < smaller[0] <= 12 and 0 < smaller[1] <= 31


def is_long_ago(value: str) -> bool:
    """True for a day in a year in which grown-ups were born: near a person's mention it hardly is anything else."""
    return is_day(value) and int(_NUMBERS.findall(value)[-1]) <= date.today().year - 16  # noqa: DTZ011 - as above


def _is_solid(given: str) -> bool:
    day, month, year = (
        (given[:2], given[2:4], given[4:])
        if given[4:6] in {"19", "20"}
        else (given[6:], given[4:6], given[:4])
    )
    if len(given) == 6:
        day, month, year = given[:2], given[2:4], "19" + given[4:]
    elif len(given) == 7:  # said: seven eleven nineteen sixty eight
        day, month, year = given[0], given[1:3], given[3:]
    return 0 < int(day or 0) <= 31 and 0 < int(month or 0) <= 12 and OLDEST <= int(year or 0) < 2100


DETECTOR = Shape(
    type="DATE_OF_BIRTH",
    name="date of birth",
    rules=(
        Rule(r"\d{1,2}[./\-]\d{1,2}[./\-](?:19|20)\d\d", Need.NAME_ONLY, 0.85, is_long_ago, unsure=True),
        Rule(
            rf"{_DAY}{_OF}(?:{_MONTHS}){WORD_END}{_OF}(?:19|20)\d\d",
            Need.NAME_ONLY,
            0.85,
            is_long_ago,
            unsure=True,
        ),
        Rule(rf"\d{{1,2}}{_SEPARATOR}\d{{1,2}}{_SEPARATOR}{_YEAR}", Need.NAME_ONLY, 0.97, is_day),
        Rule(rf"\d{{4}}{_SEPARATOR}\d{{1,2}}{_SEPARATOR}\d{{1,2}}", Need.NAME_ONLY, 0.97, is_day),
        Rule(rf"\d{{1,2}} \d{{1,2}} {_YEAR}|\d{{6,8}}", Need.NAME_ONLY, 0.93, is_day),
        Rule(rf"{_DAY}{_OF}(?:{_MONTHS}){WORD_END}{_OF}{_YEAR}", Need.NAME_ONLY, 0.97, is_day),
        Rule(
            rf"{PHRASE}(?:{_MONTHS})[ .\-]{{0,2}}(?:the )?{_DAY}[ ,.\-]{{1,3}}{_YEAR}",
            Need.NAME_ONLY,
            0.97,
            is_day,
            after=False,
        ),
        Rule(
            rf"{PHRASE}(?:{_ORDINALS}) (?:of )?(?:{_MONTHS}),? (?:{_YEAR}|{_SAID_YEAR})",
            *(Need.NAME_ONLY, 0.97, is_day),
            after=False,
        ),
        Rule(
            rf"{PHRASE}(?:{_ORDINALS}) of (?:the )?(?:{_ORDINALS}|{_MONTHS}),? (?:{_YEAR}|{_SAID_YEAR})",
            *(Need.NAME_ONLY, 0.95, is_day),
            after=False,
        ),
        Rule(r"\d{4} ?年 ?\d{1,2} ?月 ?\d{1,2} ?[日号]?", Need.NAME_ONLY, 0.97, is_day),
        Rule(r"\d{1,2} tháng \d{1,2},? (?:năm )?\d{4}", Need.NAME_ONLY, 0.97, is_day),
    ),
    unsure=(
        "age",
        "aged",
        "turns",
        "turned",
        *("i'm", "i am", "im", "this is", "calling", "speaking"),
        *(
            "patient",
            "caller",
            "client",
            "verify",
            "verified",
            "verification",
            "identity",
            "id check",
            "account holder",
        ),
        *(
            "applicant",
            "insured",
            "policyholder",
            "mr",
            "mrs",
            "ms",
            "miss",
            "husband",
            "wife",
            "partner",
            "mum",
            "dad",
        ),
        *(
            "mother",
            "father",
            "son",
            "daughter",
            "sister",
            "brother",
            "child",
            "student",
            "driver",
            "full name",
            "name",
        ),
        *(
            "surname",
            "male",
            "female",
            "nee",
            "cardholder",
            "card holder",
            "resident",
            "tenant",
            "spouse",
            "dependant",
        ),
    ),
    support=(),
    words=(
        "brithday",
        "birtday",
        "birthdy",
        "b day",
        "b-day",
        "birth day",
        "date birth",
        "dateofbrith",
        "bdate",
        "born on",
        "birthdate is",
        "d/o/b",
        "day of birth",
        "sinh",
        "ngày sinh của tôi",
        *("born", "birth", "dob", "dobs", "birthday", "birthdate", "bday", "dateofbirth", "date of birth"),
        *("d.o.b", "birth date", "b'day", "ngày sinh", "sinh ngày", "ngay sinh", "sinh năm", "出生", "生日"),
        *(
            "出生日期",
            "تاريخ الميلاد",
            "تاريخ ميلادي",
            "ميلادي",
            "مواليد",
            "الميلاد",
            "γεννήθηκα",
            "γέννησης",
        ),
        *(
            "γεννηθηκα",
            "γεννήθηκε",
            "nato",
            "nata",
            "nascita",
            "nacimiento",
            "nací",
            "nacido",
            "nacida",
            "naci",
        ),
        *("ਜਨਮ", "जन्म", "kapanganakan", "ipinanganak", "kaarawan", "data di nascita", "d o b", "cumpleaños"),
    ),
)
