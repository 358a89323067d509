//! OpenID4VCI: messages and both sides of issuance, without IO.
