"""What is hidden and what may pass, as the policy of one system says it."""

from dataclasses import dataclass

from fairgo.core.hiding import DEFAULT, Privacy
from fairgo.privacy.security.contacts import normal_contacts
from fairgo.privacy.security.reading import Found


@dataclass(frozen=True, slots=True)
class Rules:
    """The company's own contacts, the types and scores that count, and the language in which a customer is told."""

    contacts: tuple[str, ...] = ()
    privacy: Privacy = DEFAULT
    locale: str = "en"

    def hide(self, found: Found) -> bool:
        """True when this must not be seen by the assistant, nor by a customer who did not give it."""
        if not self.privacy.hides(found.type, found.score):
            return False
        return not self.contacts or (found.type, found.normal) not in normal_contacts(self.contacts)


PLAIN = Rules()
