"""The REST API: a blueprint a resource. A view declares, a service does."""
