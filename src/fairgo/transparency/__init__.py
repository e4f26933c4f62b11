"""Area 3, transparency: say it is AI, explain, let people leave."""
