"""The register of AI systems: entries, tiers, approvals. It lies below the areas, so that reviews and transparency read it too."""
