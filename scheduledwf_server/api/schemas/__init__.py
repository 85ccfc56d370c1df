"""The wire names of /api/v1: what requests may hold and what answers do."""
