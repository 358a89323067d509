use std::net::SocketAddr;

use clap::Args;
use host::{CommandError, FolderError, Kind, Output};
use serde_json::Map;
use url::Url;

use crate::cli::{PROGRAM, Shared};
use crate::setup::{InitError, InitOptions};

/// Write a commented configuration and a new key, and show the admin token once
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
    /// An issuer to believe: its address or did:web; may be repeated [default, where the verifier
    /// is on loopback: http://127.0.0.1:8001]
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
        PROGRAM.say_made(output, &shared.dir, &made, Map::new())
    }
}

fn refused(output: &Output, error: &InitError) -> CommandError {
    let refused = || CommandError::from_error(Kind::User, error);
    match error {
        InitError::Folder(FolderError::Exists { .. }) => PROGRAM.made_before(output, refused()),
        InitError::Folder(FolderError::Io { .. }) => refused(),
        InitError::HttpIssuer => refused().hint(output.text("verifier-hint-https-issuer", &[])),
        InitError::Issuer => refused().hint(output.text("verifier-hint-issuer", &[])),
        InitError::Service(error) => PROGRAM.not_made(output, error),
    }
}

const EXAMPLES: &str = "\
Examples:
  pessoa-verifier init
  pessoa-verifier init --dir forum --public-url http://127.0.0.1:8003 --name Forum
  pessoa-verifier init --dir /etc/pessoa-verifier --public-url https://shop.example.org \\
      --name 'Example shop' --listen 127.0.0.1:8002 --trust-issuer https://id.example.org";
