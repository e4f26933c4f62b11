"""What bias puts on the table."""

from fairgo.bias.audits.standing import standing
from fairgo.core.area import Area

AREA = Area("bias", {"audits": standing})
