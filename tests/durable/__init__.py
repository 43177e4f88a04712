"""The proof of the durable core: ledger, waiting, leases, failures, and what the database refuses."""
