//! What people may paste, and what they are told.

mod credentials;
mod fixture;
mod hostile;
mod messages;
mod others;
