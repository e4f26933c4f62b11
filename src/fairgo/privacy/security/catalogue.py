"""Every detector: those that come with Fairgo, and those of third parties.

A new type is one file in `detectors/` with a DETECTOR in it, and one line here. A package of somebody else registers
its own as entry points of the group `fairgo.detectors`.
"""

from importlib.metadata import entry_points

from fairgo.core.errors import Misconfigured
from fairgo.privacy.security.detector import Detector, Shape, Words
from fairgo.privacy.security.detectors import (
    card,
    date_of_birth,
    email,
    ip_address,
    key,
    passport,
    password,
    person,
    pin,
)
from fairgo.privacy.security.detectors.au import (
    abn,
    acn,
    address,
    bank_account,
    crn,
    driver_licence,
    dva,
    ihi,
    medicare,
    nmi,
    phone,
    tfn,
    usi,
    vehicle_reg,
    visa_number,
)
from fairgo.privacy.security.labels import Labels
from fairgo.privacy.security.shapes import Shapes

SHORTEST_NUMBER = 3  # digits of the shortest value that is made of digits alone: a card's security code
GROUP = "fairgo.detectors"
OWN: tuple[Detector, ...] = (
    *(
        email.DETECTOR,
        password.DETECTOR,
        pin.DETECTOR,
        key.DETECTOR,
        tfn.DETECTOR,
        medicare.DETECTOR,
        ihi.DETECTOR,
        card.DETECTOR,
    ),
    *(phone.DETECTOR, date_of_birth.DETECTOR, dva.DETECTOR, crn.DETECTOR, passport.DETECTOR),
    *(driver_licence.DETECTOR, bank_account.DETECTOR, abn.DETECTOR, acn.DETECTOR, nmi.DETECTOR),
    *(
        person.DETECTOR,
        address.DETECTOR,
        vehicle_reg.DETECTOR,
        ip_address.DETECTOR,
        usi.DETECTOR,
        visa_number.DETECTOR,
    ),
)


def of_others() -> tuple[Detector, ...]:
    """The detectors that installed packages register. Raises Misconfigured for what is no detector."""
    found = []
    for point in entry_points(group=GROUP):
        detector = point.load()
        if not isinstance(detector, Shape | Words):
            raise Misconfigured(
                f"the detector {point.name} is neither a Shape nor a Words",
                hint="register the DETECTOR of a module that imports fairgo.privacy.security.detector",
            )
        found.append(detector)
    return tuple(found)


DETECTORS = (*OWN, *of_others())
TYPES = frozenset(detector.type for detector in DETECTORS)
WORD_DETECTORS = tuple(detector for detector in DETECTORS if isinstance(detector, Words))
SHAPES = Shapes([detector for detector in DETECTORS if isinstance(detector, Shape)])
LABELS = Labels(SHAPES.all)
