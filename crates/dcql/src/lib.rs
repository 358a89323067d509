//! DCQL queries: parsed, normalized and matched.
