use std::net::SocketAddr;

use clap::Args;
use host::{CommandError, FolderError, Kind, Output};
use operator::Made;
use serde_json::{Map, json};
use url::Url;

use crate::cli::{PROGRAM, Shared};
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
        let more = Map::from_iter([("x5c_authority".to_owned(), json!(made.authority))]);
        let made = Made {
            config: made.config,
            admin_token: made.admin_token,
        };
        PROGRAM.say_made(output, &shared.dir, &made, more)
    }
}

fn refused(output: &Output, error: &InitError) -> CommandError {
    let refused = || CommandError::from_error(Kind::User, error);
    match error {
        InitError::Keys(KeyringError::Folder(FolderError::Exists { .. })) => {
            PROGRAM.made_before(output, refused())
        }
        InitError::Folder(_) | InitError::Keys(_) => refused(),
        InitError::Service(error) => PROGRAM.not_made(output, error),
    }
}

const EXAMPLES: &str = "\
Examples:
  pessoa-issuer init
  pessoa-issuer init --dir /etc/pessoa-issuer --public-url https://id.example.org \\
      --name 'Registry of Example' --listen 127.0.0.1:8001";
