use std::net::SocketAddr;

use clap::Args;
use host::{CommandError, FolderError, Kind, Output};
use serde_json::json;
use url::Url;

use crate::cli::Shared;
use crate::setup::{InitError, InitOptions};

/// Write a commented configuration and a new key, and show the API token once
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Init {
    /// The address under which wallets reach the verifier [default: http://127.0.0.1:8002]
    ///
    /// On loopback, development mode (http, private addresses) is switched on.
    #[arg(long, value_name = "URL")]
    public_url: Option<Url>,
    /// What people call the verifier [default: Example verifier]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Where to listen [default: the public address on loopback, else port 8002 there]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// An issuer to believe: its address or did:web; may be repeated [default: http://127.0.0.1:8001]
    #[arg(long, value_name = "ISSUER")]
    trust_issuer: Vec<String>,
}

impl Init {
    pub(super) fn run(self, shared: &Shared, output: &Output) -> Result<(), CommandError> {
        let defaults = InitOptions::default();
        let options = InitOptions {
            name: self.name.unwrap_or(defaults.name),
            public_url: self.public_url.unwrap_or(defaults.public_url),
            listen: self.listen,
            trust: match self.trust_issuer.is_empty() {
                true => defaults.trust,
                false => self.trust_issuer,
            },
        };
        let made =
            crate::setup::init(&shared.dir, &options).map_err(|error| refused(output, &error))?;
        let data = json!({
            "config": made.config,
            "admin_token": made.admin_token.expose(),
        });
        output.data(&data, || {
            output.text(
                "verifier-init-done",
                &[
                    ("config", made.config.display().to_string().into()),
                    ("token", made.admin_token.expose().into()),
                ],
            )
        })?;
        output.remark(
            "verifier-init-next",
            &[("dir", shared.dir.display().to_string().into())],
        );
        Ok(())
    }
}

fn refused(output: &Output, error: &InitError) -> CommandError {
    let refused = CommandError::from_error(Kind::User, error);
    match error {
        InitError::Folder(FolderError::Exists { .. }) => {
            refused.hint(output.text("verifier-hint-exists", &[]))
        }
        InitError::Issuer => refused.hint(output.text("verifier-hint-issuer", &[])),
        InitError::Folder(_) | InitError::PublicUrl => refused,
    }
}

const EXAMPLES: &str = "\
Examples:
  pessoa-verifier init
  pessoa-verifier init --dir forum --public-url http://127.0.0.1:8003 --name Forum
  pessoa-verifier init --dir /etc/pessoa-verifier --public-url https://shop.example.org \\
      --name 'Example shop' --listen 127.0.0.1:8002 --trust-issuer https://id.example.org";
