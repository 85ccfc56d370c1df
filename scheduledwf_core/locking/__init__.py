"""Who may act."""
