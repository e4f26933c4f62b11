"""`fairgo ledger …`: one module for each thing an auditor or operator does with the evidence."""
