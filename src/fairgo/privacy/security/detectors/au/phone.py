"""Telephone numbers: Australian mobiles and landlines, and any number written with a plus and a country's code.

Numbers that begin 13, 1300, 1800 or 190 belong to businesses, not to a person, and are never found.
"""

import re

from fairgo.privacy.security.checks import groups
from fairgo.privacy.security.detector import GAP, LOOSE_GAP, Need, Rule, Shape, compact

# How many digits a number has with its country's code, where that does not vary.
LENGTHS = {"1": {11}, "44": {12}, "65": {10}, "86": {13}, "91": {12}, "852": {11}, "61": {11, 12}}
MOBILE_GROUPS = ((4, 6), (2, 4, 4), (2, 8), (4, 2, 4), (4, 2, 2, 2), (3, 3, 4), (5, 5))
_BETWEEN = re.compile(r"\D+")
_PARTED = r"[ .\-\n>]{1,3}"
_GAPS = r"[ .\-/()\n>]{0,4}"


def is_even(value: str) -> bool:
    """True when the same sign parts all groups: dates and prices do not look so."""
    gaps = {gap.strip(" ()\n>") for gap in _BETWEEN.findall(value.lstrip("(+"))}
    return len(gaps) <= 1 and "/" not in gaps


def _grouped(first: int, *others: int) -> str:
    """The pattern of a mobile number in groups of so many digits."""
    return rf"04\d{{{first - 2}}}" + "".join(rf"{_PARTED}\d{{{size}}}" for size in others)


def is_national(value: str) -> bool:
    """True for the national form behind +61 or 0061: a mobile or a landline, never 13 or 1800."""
    given = compact(value)
    given = given.removeprefix("00").removeprefix("61").removeprefix("0")
    return len(given) == 9 and given[0] in "23478"


def is_international(value: str) -> bool:
    """True for a country's code with as many digits as its numbers have."""
    given = compact(value)
    if given.startswith("0") or len(groups(value)) > 7 or not 8 <= len(given) <= 15:
        return False
    for code, lengths in LENGTHS.items():
        if given.startswith(code):
            return len(given) in lengths and (code != "61" or is_national(given))
    return True


def normal(value: str) -> str:
    """The number with a plus and the country's code, so that 0491 570 006 and +61 491 570 006 are the same."""
    given = compact(value)
    if "+" not in value:
        given = given.removeprefix("0011") if given.startswith("0011") else given
        given = given.removeprefix("00") if given.startswith("0061") else given
        given = "61" + given[1:] if given.startswith("0") else given
    return "+61" + given[2:].removeprefix("0") if given.startswith("61") else "+" + given


DETECTOR = Shape(
    type="PHONE",
    name="phone number",
    rules=(
        Rule(rf"\(?04\d\d\)?{_GAPS}(?<!\d)\d{{3}}{_GAPS}(?<!\d)\d{{3}}", Need.NOTHING, 0.98, is_even),
        Rule(rf"\(0[2378]\){_GAPS}\d{{4}}{_GAPS}\d{{4}}", Need.NOTHING, 0.98, is_even),
        Rule(r"0[2378] \d{4} \d{4}", Need.NOTHING, 0.97),
        Rule(r"04\d{8}|0[2378]\d{8}", Need.NO_DENIAL, 0.95),
        Rule(rf"0[2378]{GAP}\d{{4}}{GAP}\d{{4}}", Need.NO_DENIAL, 0.93, is_even),
        *(Rule(_grouped(*sizes), Need.NO_DENIAL, 0.93, is_even) for sizes in MOBILE_GROUPS),
        *(
            Rule(
                rf"\(?\+\)?{_GAPS}{code}(?:{_GAPS}\d){{{most - len(code)}}}",
                Need.NOTHING,
                0.97,
                is_international,
            )
            for code, lengths in LENGTHS.items()
            for most in sorted(lengths, reverse=True)
        ),
        Rule(rf"\(?\+\)?{_GAPS}[1-9](?:{_GAPS}\d){{7,14}}", Need.NOTHING, 0.97, is_international),
        Rule(rf"0011{_GAPS}[1-9](?:{_GAPS}\d){{8,13}}", Need.NO_DENIAL, 0.95),
        Rule(rf"0061(?:{_GAPS}\d){{9,10}}", Need.NO_DENIAL, 0.95, is_national),
        Rule(rf"61(?:{LOOSE_GAP}\d){{9}}", Need.NAME, 0.95, is_national),
        Rule(rf"0[23478](?:{LOOSE_GAP}\d){{8}}", Need.NAME, 0.95),
        Rule(rf"04(?:{GAP}\d){{7}}|04(?:{GAP}\d){{9}}|4\d\d{GAP}\d{{3}}{GAP}\d{{3}}", Need.NAME_ONLY, 0.9),
        Rule(r"[2-9]\d{3}[ \-]\d{4}|[2-9]\d{7}", Need.NAME_ONLY, 0.85),
    ),
    words=(
        "telphone",
        "moblie",
        "mobil",
        "phn",
        "phone no",
        "mobile no",
        "ring me",
        "call him",
        "call her",
        "text me",
        "best contact",
        "numero ko",
        "number ko",
        "contact no",
        *(
            "phone",
            "phones",
            "telephone",
            "mobile",
            "mob",
            "cell",
            "cellphone",
            "ph",
            "tel",
            "fax",
            "whatsapp",
        ),
        *(
            "landline",
            "contact",
            "call",
            "calling",
            "called",
            "ring",
            "text",
            "sms",
            "dial",
            "reach",
            "phoned",
        ),
        *(
            "my number",
            "my best number",
            "my new number",
            "my work number",
            "my home number",
            "my other number",
        ),
        *(
            "phonenumber",
            "mobilenumber",
            "callback",
            "call back",
            "hp",
            "contactnumber",
            "payid",
            "best number",
        ),
        *(
            "电话",
            "手机",
            "电话号码",
            "手机号",
            "手机号码",
            "điện thoại",
            "số điện thoại",
            "dien thoai",
            "sđt",
            "sdt",
        ),
        *("الهاتف", "هاتف", "جوال", "الجوال", "رقمي", "هاتفي", "موبايل", "τηλέφωνο", "τηλεφωνο", "κινητό"),
        *(
            "telefono",
            "cellulare",
            "teléfono",
            "móvil",
            "celular",
            "ਫੋਨ",
            "ਮੋਬਾਈਲ",
            "फोन",
            "फ़ोन",
            "मोबाइल",
            "telepono",
        ),
    ),
    normal=normal,
)
