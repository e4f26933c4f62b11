"""Area 2, privacy: the Australian Privacy Principles, security, transparent policies."""
