"""Running the whole system: `pathways up` starts its parts as processes of their own and keeps them alive."""
