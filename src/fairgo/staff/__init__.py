"""People of the company who sign in, what they may do, and the applications that act for them."""
