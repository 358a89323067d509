//! The issuer service.
