"""Australian identifiers made up by a seeded generator: right in every check digit, belonging to nobody we know of.

Where somebody has set numbers aside for fiction or tests, they are used: the communications authority's telephone
numbers, the card schemes' and payment providers' test cards, the addresses and domains reserved for documentation.
For the rest (TFN, Medicare, …) nothing is set aside; those are drawn at random and are no one's on purpose.
"""

import random
from collections.abc import Callable

Make = Callable[[random.Random], str]

MOBILES = [
    "570006",
    "570156",
    "570157",
    "570158",
    "570159",
    "570110",
    "570313",
    "570737",
    "571266",
    "571491",
    "571804",
    "572549",
    "572665",
    "572983",
    "573770",
    "573087",
    "574118",
    "574632",
    "575254",
    "575789",
    "576398",
    "576801",
    "577426",
    "577644",
    "578957",
    "578148",
    "578888",
    "579212",
    "579760",
    "579455",
]
CARDS = [
    "4242424242424242",
    "4111111111111111",
    "4012888888881881",
    "4000056655665556",
    "5555555555554444",
    "5105105105105100",
    "5200828282828210",
    "2223003122003222",
    "4000000360000006",
    "5454545454545454",
    "4917610000000000",
    "6011111111111117",
    "4166676667666746",
    "5100060000000002",
    "4988438843884305",
]
AMEX = ["378282246310005", "371449635398431", "378734493671000", "370000000000002"]
USI_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def digits(rng: random.Random, count: int, first: str = "0123456789") -> str:
    return rng.choice(first) + "".join(rng.choice("0123456789") for _ in range(count - 1))


def letters(rng: random.Random, count: int, among: str = "ABCDEFGHJKLMNPQRSTUVWXYZ") -> str:
    return "".join(rng.choice(among) for _ in range(count))


def weighted(number: str, weights: tuple[int, ...]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False))


def luhn(number: str) -> bool:
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(number))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def is_tfn(number: str) -> bool:
    weights = (1, 4, 3, 7, 5, 8, 6, 9, 10) if len(number) == 9 else (10, 7, 8, 4, 6, 3, 5, 1)
    return len(number) in {8, 9} and weighted(number, weights) % 11 == 0


def is_abn(number: str) -> bool:
    first = str(int(number[0]) - 1) if number[0] != "0" else "0"
    total = weighted(first + number[1:], (10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19))
    return len(number) == 11 and total % 89 == 0


def is_acn(number: str) -> bool:
    return len(number) == 9 and (10 - weighted(number, (8, 7, 6, 5, 4, 3, 2, 1)) % 10) % 10 == int(number[8])


def is_medicare(number: str) -> bool:
    body = len(number) in {10, 11} and number[0] in "23456" and number[10:] != "0"
    return body and weighted(number, (1, 3, 7, 9, 1, 3, 7, 9)) % 10 == int(number[8])


def is_ihi(number: str) -> bool:
    return len(number) == 16 and number.startswith("800360") and luhn(number)


def nmi_check(ten: str) -> str:
    """AEMO's check digit: double the character code of every other character from the right, add the digits."""
    codes = [ord(char) * (1 if place % 2 else 2) for place, char in enumerate(reversed(ten))]
    return str(-sum(int(digit) for code in codes for digit in str(code)) % 10)


def is_nmi(number: str) -> bool:
    return len(number) == 10 or (len(number) == 11 and nmi_check(number[:10]) == number[10])


def is_usi(number: str) -> bool:
    """Luhn's check modulo 32 over the letters in use."""
    total = 0
    for place, char in enumerate(reversed(number)):
        value = USI_LETTERS.find(char) * (2 if place % 2 else 1)
        total += value // 32 + value % 32
    return len(number) == 10 and set(number) <= set(USI_LETTERS) and total % 32 == 0


CHECKS: dict[str, Callable[[str], bool]] = {
    "TFN": is_tfn,
    "MEDICARE": is_medicare,
    "IHI": is_ihi,
    "ABN": is_abn,
    "ACN": is_acn,
    "NMI": is_nmi,
    "USI": is_usi,
    "CARD": lambda number: 13 <= len(number) <= 19 and luhn(number),
}


def until(make: Make, check: Callable[[str], bool]) -> Make:
    """A generator that draws until the check passes."""

    def draw(rng: random.Random) -> str:
        while not check(number := make(rng)):
            pass
        return number

    return draw


def shaped(shape: str) -> Make:
    """A generator from a shape: 9 is a digit, A a letter, anything else itself."""

    def draw(rng: random.Random) -> str:
        return "".join(digits(rng, 1) if c == "9" else letters(rng, 1) if c == "A" else c for c in shape)

    return draw


def key(prefix: str, length: int, among: str = "") -> Make:
    letters_in_keys = among or "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

    def draw(rng: random.Random) -> str:
        return prefix + letters(rng, length, letters_in_keys)

    return draw


def _mobile(rng: random.Random) -> str:
    return "0491" + rng.choice(MOBILES)


def _land(area: str) -> Make:
    return lambda rng: area + rng.choice(("5550", "7010")) + digits(rng, 4)


def _medicare_reference(rng: random.Random) -> str:
    return MAKERS["MEDICARE"][1](rng) + digits(rng, 1, "12345")


def _nmi11(rng: random.Random) -> str:
    ten = MAKERS["NMI"][1](rng)
    return ten + nmi_check(ten)


def _uuid(rng: random.Random) -> str:
    hexes = letters(rng, 32, "0123456789abcdef")
    return "-".join((hexes[:8], hexes[8:12], "4" + hexes[13:16], "a" + hexes[17:20], hexes[20:]))


# Word in the written text: (type of the label, generator).
MAKERS: dict[str, tuple[str, Make]] = {
    "MOB": ("PHONE", _mobile),
    "MOBI": ("PHONE", lambda rng: "+61" + _mobile(rng)[1:]),
    "LAND2": ("PHONE", _land("02")),
    "LAND3": ("PHONE", _land("03")),
    "LAND7": ("PHONE", _land("07")),
    "LAND8": ("PHONE", _land("08")),
    "LANDI2": ("PHONE", lambda rng: "+61" + _land("2")(rng)),
    "LANDI3": ("PHONE", lambda rng: "+61" + _land("3")(rng)),
    "LOCAL": ("PHONE", _land("")),
    "UK": ("PHONE", lambda rng: "+447700900" + digits(rng, 3)),
    "US": ("PHONE", lambda rng: "+1202555010" + digits(rng, 1)),
    "TFN": ("TFN", until(lambda rng: digits(rng, 9, "123456789"), is_tfn)),
    "TFN8": ("TFN", until(lambda rng: digits(rng, 8, "123456789"), is_tfn)),
    "MEDICARE": ("MEDICARE", until(lambda rng: digits(rng, 9, "23456") + digits(rng, 1, "123"), is_medicare)),
    "MEDICAREREF": ("MEDICARE", _medicare_reference),
    "IHI": ("IHI", until(lambda rng: "800360" + digits(rng, 10), is_ihi)),
    "ABN": ("ABN", until(lambda rng: digits(rng, 11, "123456789"), is_abn)),
    "ACN": ("ACN", until(lambda rng: digits(rng, 9, "016"), is_acn)),
    "DVA": ("DVA", lambda rng: rng.choice(("NX", "VX", "QX", "SX", "WX", "TX")) + digits(rng, 6)),
    "DVA7": ("DVA", lambda rng: rng.choice("NVQSWT") + digits(rng, 6) + "A"),
    "DVA3": ("DVA", lambda rng: rng.choice("NVQSWT") + "KMM" + digits(rng, 4)),
    "CRN": ("CRN", lambda rng: digits(rng, 9, "2345") + letters(rng, 1, "ABCHJKLSTVX")),
    "PASSPORT": ("PASSPORT", lambda rng: letters(rng, 1, "NEM") + digits(rng, 7)),
    "PASSPORT2": ("PASSPORT", lambda rng: "P" + letters(rng, 1, "ABCDEF") + digits(rng, 7)),
    "DLNSW": ("DRIVER_LICENCE", lambda rng: digits(rng, 8, "12")),
    "DLVIC": ("DRIVER_LICENCE", lambda rng: digits(rng, 9, "0")),
    "DLQLD": ("DRIVER_LICENCE", lambda rng: digits(rng, 9, "1")),
    "DLSA": ("DRIVER_LICENCE", lambda rng: letters(rng, 1) + digits(rng, 5)),
    "DLWA": ("DRIVER_LICENCE", lambda rng: digits(rng, 7, "123456")),
    "DLTAS": ("DRIVER_LICENCE", lambda rng: letters(rng, 1) + digits(rng, 6)),
    "BSB": (
        "BANK_ACCOUNT",
        lambda rng: rng.choice(("062", "032", "013", "733", "484", "633")) + digits(rng, 3),
    ),
    "ACCT6": ("BANK_ACCOUNT", lambda rng: digits(rng, 6, "123456789")),
    "ACCT8": ("BANK_ACCOUNT", lambda rng: digits(rng, 8, "123456789")),
    "ACCT9": ("BANK_ACCOUNT", lambda rng: digits(rng, 9, "123456789")),
    "BSBACCT": ("BANK_ACCOUNT", lambda rng: MAKERS["BSB"][1](rng) + digits(rng, 8, "1234")),
    "CARD": ("CARD", lambda rng: rng.choice(CARDS)),
    "AMEX": ("CARD", lambda rng: rng.choice(AMEX)),
    "NMI": ("NMI", lambda rng: rng.choice(("4103", "6305", "2001", "3120", "7102", "5130")) + digits(rng, 6)),
    "NMI11": ("NMI", _nmi11),
    "REGNSW": ("VEHICLE_REG", shaped("AAA99A")),
    "REGVIC": ("VEHICLE_REG", lambda rng: "1" + letters(rng, 2) + "9" + letters(rng, 2)),
    "REGQLD": ("VEHICLE_REG", shaped("999AA9")),
    "REGSA": ("VEHICLE_REG", shaped("S999AAA")),
    "REGWA": ("VEHICLE_REG", shaped("1AAA999")),
    "REGOLD": ("VEHICLE_REG", shaped("AAA999")),
    "IP4": (
        "IP_ADDRESS",
        lambda rng: rng.choice(("192.0.2.", "198.51.100.", "203.0.113.")) + digits(rng, 2, "123456789"),
    ),
    "IP6": (
        "IP_ADDRESS",
        lambda rng: "2001:db8:" + ":".join(letters(rng, 4, "123456789abcdef") for _ in range(6)),
    ),
    "USI": ("USI", until(lambda rng: letters(rng, 10, USI_LETTERS), is_usi)),
    "VISA": ("VISA_NUMBER", lambda rng: digits(rng, 13, "012")),
    "OTP": ("SECRET", lambda rng: digits(rng, 6)),
    "PIN": ("SECRET", lambda rng: digits(rng, 4)),
    "CVV": ("SECRET", lambda rng: digits(rng, 3)),
    "AWSKEY": ("SECRET", key("AKIA", 16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")),
    "GHTOKEN": ("SECRET", key("ghp_", 36)),
    "SKKEY": ("SECRET", key("sk_test_", 24)),
    "BEARER": (
        "SECRET",
        lambda rng: "eyJ" + key("", 17)(rng) + ".eyJ" + key("", 30)(rng) + "." + key("", 27)(rng),
    ),
    "UUID": ("", _uuid),
    "SHA": ("", key("", 40, "0123456789abcdef")),
    "MD5": ("", key("", 32, "0123456789abcdef")),
}
