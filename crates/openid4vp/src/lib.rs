//! OpenID4VP: messages and both sides of presentation, without IO.
