use clap::{Args, Subcommand};
use host::{CommandError, Kind, Output};

use crate::cli::Shared;
use crate::tags::TagsError;

/// Look after the keyed tags by which documents and persons are known again
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Tags {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Rotate(Rotate),
}

/// Wrap all tags under a new key, while the service runs
///
/// Can be ended at any moment: run it again, and it goes on. Copy the new key to every machine of
/// the issuer; one that lacks it enrols nobody. Keep the earlier keys: tags lie under all of them.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
struct Rotate {}

impl Tags {
    pub(super) async fn run(self, shared: &Shared, output: &Output) -> Result<(), CommandError> {
        let Command::Rotate(Rotate {}) = self.command;
        let app = shared.open(output).await?;
        let rotated = app.rotate_tags().await;
        app.close().await;
        let rotation = rotated.map_err(|error| failed(&error))?;
        output.data(&rotation, || {
            let (key, moved) = (rotation.key.clone(), rotation.moved.to_string());
            let arguments = [("key", key.into()), ("tags", moved.into())];
            output.text("issuer-tags-rotated", &arguments)
        })?;
        output.remark("issuer-tags-next", &[]);
        if let Some(message) = rotation.leftovers.message() {
            output.remark(message, &[]);
        }
        Ok(())
    }
}

fn failed(error: &TagsError) -> CommandError {
    CommandError::from_error(Kind::User, error)
}

const EXAMPLES: &str = "\
Examples:
  pessoa-issuer tags rotate";
