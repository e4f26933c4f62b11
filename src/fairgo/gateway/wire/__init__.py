"""Wire formats: how a turn is read from a request and a reply is written, one module for each format."""
