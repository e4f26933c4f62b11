"""What transparency puts on the table."""

from fairgo.core.area import Area
from fairgo.transparency import disclosure, opt_out

AREA = Area("transparency", {"disclosure": disclosure.measure, "opt_out": opt_out.measure})
