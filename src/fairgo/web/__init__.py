"""Tools for pages: rendering, guards, problem replies; knows nothing of the product."""
