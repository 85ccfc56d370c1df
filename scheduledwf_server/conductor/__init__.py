"""The Conductor next to us: fetched, run and watched over, and reached through our port."""
