"""The SQL store: MySQL, MariaDB and SQLite by the same tables."""
