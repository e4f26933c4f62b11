"""Area 1, bias: diverse datasets, regular audits, diverse teams."""
