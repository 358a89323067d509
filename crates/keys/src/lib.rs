//! Keys, signatures, JOSE, sealing and secrets: bytes in, bytes out.
