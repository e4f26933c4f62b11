"""What the scripted customers say, by the reason they came."""
