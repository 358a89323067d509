//! One door from an unverified credential to a verified one.
