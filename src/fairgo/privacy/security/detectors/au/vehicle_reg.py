"""Number plates of the states and territories, and vehicle identification numbers, where words say so."""

import re

from fairgo.privacy.security.checks import is_code
from fairgo.privacy.security.detector import CODE, END, Need, Rule, Shape

_PLATES = (
    r"[a-z]{3}[ \-.]{0,2}\d{2}[ \-.]{0,2}[a-z]",  # NSW ABC 12D
    r"[a-z]{2}[ \-.]{0,2}\d{2}[ \-.]{0,2}[a-z]{2}",  # NSW AB 12 CD
    r"[a-z]{3}[ \-.]{0,2}\d{3}",  # old NSW, Vic., NT and others
    r"\d[a-z]{2}[ \-.]{0,2}\d[a-z]{2}",  # Vic. 1AB 2CD
    r"\d{3}[ \-.]{0,2}[a-z]{2}\d|\d{3}[ \-.]{0,2}[a-z]{3}",  # Qld
    r"[sx][ \-]?\d{3}[ \-.]{0,2}[a-z]{3}",  # SA
    r"1[ \-.]?[a-z]{3}[ \-.]{0,2}\d{3}",  # WA
    r"[a-z][ \-.]{0,2}\d{2}[ \-.]{0,2}[a-z]{2}",  # Tas.
    r"y[a-z]{2}[ \-.]{0,2}\d{2}[ \-.]{0,2}[a-z]",  # ACT
    r"c[a-z][ \-.]{0,2}\d{2}[ \-.]{0,2}[a-z]{2}",  # NT
)

_JOINED = rf"{CODE}(?:{'|'.join(_PLATES)}){END}".replace(r"[ \-.]", r"[\-.]")  # without a space

_LITTLE_WORDS = frozenset(
    (
        *(
            "for",
            "the",
            "and",
            "you",
            "are",
            "was",
            "not",
            "all",
            "any",
            "can",
            "had",
            "her",
            "his",
            "one",
            "our",
            "out",
        ),
        *(
            "day",
            "get",
            "has",
            "him",
            "how",
            "man",
            "new",
            "now",
            "old",
            "see",
            "two",
            "way",
            "who",
            "did",
            "its",
            "let",
        ),
        *(
            "say",
            "she",
            "too",
            "use",
            "due",
            "pay",
            "fee",
            "kms",
            "aud",
            "per",
            "off",
            "yes",
            "car",
            "bay",
            "lot",
            "of",
        ),
        *(
            "in",
            "on",
            "at",
            "to",
            "is",
            "by",
            "my",
            "it",
            "or",
            "an",
            "as",
            "be",
            "do",
            "go",
            "he",
            "if",
            "me",
            "no",
        ),
        *(
            "so",
            "up",
            "us",
            "we",
            "am",
            "pm",
            "km",
            "gb",
            "mb",
            "kg",
            "cm",
            "mm",
            "ml",
            "st",
            "nd",
            "rd",
            "th",
            "jan",
        ),
        *(
            "feb",
            "mar",
            "apr",
            "may",
            "jun",
            "jul",
            "aug",
            "sep",
            "oct",
            "nov",
            "dec",
            "was",
            "got",
            "but",
            "ago",
            "min",
        ),
        *(
            "hrs",
            "mins",
            "days",
            "yrs",
            "nsw",
            "vic",
            "qld",
            "act",
            "tas",
            "level",
            "unit",
            "than",
            "about",
            "from",
            "age",
        ),
    )
)
_PARTS = re.compile(r"[a-z]+|\d+")


def is_custom(value: str) -> bool:
    """True for letters and a figure that are no ordinal, measure or time."""
    return sum(sign.isalpha() for sign in value) >= 3 and _LITTLE_WORDS.isdisjoint(_PARTS.findall(value))


def is_plate(value: str) -> bool:
    """True unless the letters of a plate in parts are a word of the sentence, as in "rego for 123"."""
    return " " not in value or _LITTLE_WORDS.isdisjoint(_PARTS.findall(value))


DETECTOR = Shape(
    type="VEHICLE_REG",
    name="number plate",
    rules=(
        Rule(rf"{CODE}(?:{'|'.join(_PLATES)}){END}", Need.NAME, 0.95, is_plate, after=False, unsure=True),
        Rule(_JOINED, Need.NAME, 0.95, unsure=True),
        Rule(
            rf"{CODE}(?=[a-z]*\d)(?=\d*[a-z])[a-z\d]{{4,6}}{END}",
            Need.NAME_ONLY,
            0.85,
            is_custom,
            after=False,
        ),
        Rule(rf"{CODE}(?=[a-z\d]{{5,7}}{END})[a-z\d]+", Need.NAME, 0.95, is_code),
        Rule(rf"{CODE}[a-hj-npr-z\d]{{17}}{END}", Need.NAME, 0.95, is_code),
    ),
    unsure=(
        "e tag",
        "my e tag",
        *(
            "trailer",
            "caravan",
            "motorbike",
            "motorcycle",
            "scooter",
            "camry",
            "corolla",
            "hilux",
            "ranger",
            "mazda",
        ),
        *(
            "toyota",
            "hyundai",
            "kia",
            "ford",
            "holden",
            "subaru",
            "nissan",
            "mitsubishi",
            "honda",
            "tesla",
            "hatchback",
        ),
        *(
            "sedan",
            "wagon",
            "suv",
            "van",
            "truck",
            "parked",
            "parking",
            "toll",
            "tolls",
            "etag",
            "ctp",
            "greenslip",
        ),
        *(
            "green slip",
            "infringement",
            "towed",
            "vw",
            "volkswagen",
            "bmw",
            "audi",
            "mercedes",
            "suzuki",
            "isuzu",
            "car",
        ),
    ),
    support=(
        *(
            "rego",
            "registered",
            "registration",
            "plate",
            "plates",
            "car",
            "vehicle",
            "toll",
            "tolls",
            "parking",
            "parked",
        ),
        *(
            "trailer",
            "caravan",
            "motorbike",
            "motorcycle",
            "ute",
            "van",
            "truck",
            "insurance",
            "insured",
            "crash",
            "fine",
        ),
        *(
            "accident",
            "stolen",
            "infringement",
            "camera",
            "speeding",
            "roadside",
            "towed",
            "ctp",
            "drive",
            "driving",
        ),
    ),
    words=(
        *("rego", "regos", "registration", "number plate", "numberplate", "licence plate", "license plate"),
        *("plate", "plates", "vin", "reg no", "rego number", "car reg", "vehicle reg", "targa", "matrícula"),
        *(
            "matricula",
            "车牌",
            "车牌号",
            "biển số",
            "bien so",
            "لوحة",
            "πινακίδα",
            "plaka",
            "vehicleregistration",
        ),
        *("reg", "plate number", "vehicle", "vehicles", "car is", "my car", "ute", "the car"),
    ),
)
