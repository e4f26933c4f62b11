"""Passport numbers: Australian ones are a letter or two and seven digits; others, eight or nine signs, need the word."""

from fairgo.privacy.security.checks import has_digits
from fairgo.privacy.security.detector import CODE, END, Rule, Shape

DETECTOR = Shape(
    type="PASSPORT",
    name="passport number",
    rules=(
        Rule(rf"{CODE}(?:[nedfacuxlmrp]|[pr][a-z])[ \-]?\d{{7}}{END}", score=0.97, after=False, unsure=True),
        Rule(rf"{CODE}(?:[nedfacuxlmrp]|[pr][a-z])\d{{7}}{END}", score=0.97),
        Rule(rf"{CODE}[a-z]{{0,3}}[ \-]?\d{{3}}[ \-]?\d{{4,6}}{END}", score=0.92, after=False),
        Rule(
            rf"{CODE}[a-z]{{0,2}}\d{{2}}[a-z]{{0,2}}\d{{4,7}}{END}", score=0.92, after=False, check=has_digits
        ),
    ),
    unsure=("document", "document number", "document no"),
    support=("vevo", "visa", "travel", "immigration", "country", "identity", "id", "passport"),
    words=(
        "pasport",
        "pp number",
        "pp no",
        "passort",
        "passpot",
        "passprt",
        "travel doc",
        "ppt",
        "passport no",
        "passport holder",
        *("passport", "passports", "passport number", "passportnumber", "travel document", "pasaporte"),
        *("passaporto", "διαβατήριο", "διαβατηρίου", "hộ chiếu", "ho chieu", "护照", "护照号", "护照号码"),
        *("جواز", "جواز السفر", "جواز سفر", "جوازي", "ਪਾਸਪੋਰਟ", "पासपोर्ट", "pasaporteng", "pasaport"),
    ),
)
