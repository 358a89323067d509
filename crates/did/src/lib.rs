//! Decentralized identifiers: documents, and the methods key, jwk and web.
