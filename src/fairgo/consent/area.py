"""What consent puts on the table."""

from fairgo.consent import alternatives, choices
from fairgo.core.area import Area

AREA = Area("consent", {"choices": choices.measure, "alternatives": alternatives.measure})
