"""The contract of each port as tests, for whoever implements one.

A suite is a class; inherit from it and give it the fixture it names::

    class TestPermits(PermitContract):
        pass

Every suite here asks for ``store``: an empty, migrated Store.
"""
