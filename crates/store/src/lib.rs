//! Remembering: one port, SQLite and PostgreSQL, one conformance suite.
