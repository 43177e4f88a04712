"""A reablement plan: the document, its versions, who agrees, and who has which copy."""
