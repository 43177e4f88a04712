"""What oversight of the market counts."""
