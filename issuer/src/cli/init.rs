use std::net::SocketAddr;

use clap::Args;
use host::{CommandError, FolderError, Kind, Output};
use serde_json::json;
use url::Url;

use crate::cli::Shared;
use crate::keyring::KeyringError;
use crate::setup::{InitError, InitOptions};

/// Write a commented configuration and new keys, and show the admin token once
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Init {
    /// The address under which others reach the issuer [default: http://127.0.0.1:8001]
    ///
    /// On loopback, development mode (http, private addresses) is switched on.
    #[arg(long, value_name = "URL")]
    public_url: Option<Url>,
    /// What people call the issuer [default: Example issuer]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Where to listen [default: the public address on loopback, else port 8001 there]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
}

impl Init {
    pub(super) fn run(self, shared: &Shared, output: &Output) -> Result<(), CommandError> {
        let defaults = InitOptions::default();
        let options = InitOptions {
            name: self.name.unwrap_or(defaults.name),
            public_url: self.public_url.unwrap_or(defaults.public_url),
            listen: self.listen,
        };
        let made = crate::setup::init(&shared.dir, &options, &host::SystemClock)
            .map_err(|error| refused(output, &error))?;
        let data = json!({
            "config": made.config,
            "x5c_authority": made.authority,
            "admin_token": made.admin_token.expose(),
        });
        output.data(&data, || {
            output.text(
                "issuer-init-done",
                &[
                    ("config", made.config.display().to_string().into()),
                    ("token", made.admin_token.expose().into()),
                ],
            )
        })?;
        output.remark(
            "issuer-init-next",
            &[("dir", shared.dir.display().to_string().into())],
        );
        Ok(())
    }
}

fn refused(output: &Output, error: &InitError) -> CommandError {
    let refused = CommandError::from_error(Kind::User, error);
    match error {
        InitError::Folder(FolderError::Exists { .. })
        | InitError::Keys(KeyringError::Folder(FolderError::Exists { .. })) => {
            refused.hint(output.text("issuer-hint-exists", &[]))
        }
        InitError::PublicUrl | InitError::Folder(_) | InitError::Keys(_) => refused,
    }
}

const EXAMPLES: &str = "\
Examples:
  pessoa-issuer init
  pessoa-issuer init --dir /etc/pessoa-issuer --public-url https://id.example.org \\
      --name 'Registry of Example' --listen 127.0.0.1:8001";
