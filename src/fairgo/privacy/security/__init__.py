"""Personal information found, hidden from the assistant, and put back only for the customer who gave it."""

from fairgo.privacy.security.arguments import restore_arguments
from fairgo.privacy.security.detection import Span, detect, redact_text
from fairgo.privacy.security.redaction import redact_turn
from fairgo.privacy.security.replies import Cleaned, Reply, clean

__all__ = ["Cleaned", "Reply", "Span", "clean", "detect", "redact_text", "redact_turn", "restore_arguments"]
