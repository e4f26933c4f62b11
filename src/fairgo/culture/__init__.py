"""Area 7, culture: training, values, dialogue."""
