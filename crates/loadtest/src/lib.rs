//! Whole flows under load, measured.
