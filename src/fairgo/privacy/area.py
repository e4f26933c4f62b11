"""What privacy puts on the table."""

from fairgo.core.area import Area
from fairgo.privacy.security.duties import JOBS
from fairgo.privacy.security.standing import standing

AREA = Area("privacy", {"security": standing}, JOBS)
