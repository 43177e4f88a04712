"""What waits for an independent advocate, and how long it has (`holding`); what answers must say (`checks`)."""
