"""Words, not work: the 21 strategies, verdicts, turns, events, errors, settings, policy."""
