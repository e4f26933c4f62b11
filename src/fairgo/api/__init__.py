"""The typed API's own resources: what no area has routes for."""
