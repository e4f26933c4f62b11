"""Area 6, stakeholders: customers, employees, experts."""
