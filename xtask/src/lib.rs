//! The project's chores: house, test, bench.
