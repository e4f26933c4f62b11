"""The door in front of an assistant: wire formats, the pipeline of safeguards, upstreams."""
