"""Evidence: leaves, the tree over them, signed checkpoints, proofs."""
