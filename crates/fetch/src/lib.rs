//! The only HTTP client: time-outs, size limits, and a guard against private addresses.
