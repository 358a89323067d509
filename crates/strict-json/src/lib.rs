//! JSON from strangers: duplicate members, depth and size refused.
