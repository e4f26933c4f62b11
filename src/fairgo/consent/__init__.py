"""Area 4, consent: give and withdraw, alternatives to AI, no worse service."""
