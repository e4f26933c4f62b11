"""Personal information found, hidden from the assistant, and put back only for the customer who gave it."""

from fairgo.privacy.security.arguments import restore_arguments
from fairgo.privacy.security.detection import Span, detect, redact_text
from fairgo.privacy.security.documents import Redacted, redact, restore
from fairgo.privacy.security.redaction import redact_turn
from fairgo.privacy.security.replies import Cleaned, Reply, clean
from fairgo.privacy.security.rules import Rules

__all__ = [
    "Cleaned",
    "Redacted",
    "Reply",
    "Rules",
    "Span",
    "clean",
    "detect",
    "redact",
    "redact_text",
    "redact_turn",
    "restore",
    "restore_arguments",
]
