//! What an operator wants of a service, whichever it is: its configuration, its first files, its
//! description, and that it runs.
//!
//! Knows nothing of protocols, and of credentials only that they refer to files: a door brings its own
//! keys, text and routes. It joins `host`, which asks the machine, and `service`, which boots, for the
//! command lines of both doors.

mod commands;
mod config;
mod contexts;
mod references;
mod result_file;
mod setup;
mod token;

pub use crate::commands::{Openapi, Program};
pub use crate::config::{BadConfig, read};
pub use crate::contexts::{ContextArgs, ContextConfig, UnusableContext};
pub use crate::references::{
    ReferenceArgs, ReferenceConfig, ReferencesConfig, ReferencesError, UnreadableReference,
};
pub use crate::result_file::{ResultFile, read_credential, read_file};
pub use crate::setup::{Made, MakeError, NewService};
pub use crate::token::Token;
