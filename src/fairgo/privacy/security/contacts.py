"""The company's own numbers and addresses, which pass in both directions."""

from functools import lru_cache

from fairgo.privacy.security.reading import Found, Place, Reading


@lru_cache(maxsize=256)
def normal_contacts(contacts: tuple[str, ...]) -> frozenset[tuple[str, str]]:
    """Type and normal form of every contact that would otherwise be hidden, however it is written."""
    found = (
        item
        for contact in contacts
        for item in Reading(contact, Place(before="phone number "), final=True).items
    )
    return frozenset((item.type, item.normal) for item in found if isinstance(item, Found))
