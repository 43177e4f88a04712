"""Oversight of the market: what is counted about providers, who knows them, and the risk of recruitment from abroad."""
