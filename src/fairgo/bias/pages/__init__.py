"""The pages of the bias area: templates, and what fills them."""
