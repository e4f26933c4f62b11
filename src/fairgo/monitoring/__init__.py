"""Area 5, monitoring: update models, watch conduct, committees and auditors."""
