"""Which due times count: pure functions and frozen values."""
