"""The staff's shell: home and navigation; its rooms come from the areas."""
