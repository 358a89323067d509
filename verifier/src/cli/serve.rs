use clap::Args;
use host::{CommandError, Output};

use crate::cli::{PROGRAM, Shared};

/// Serve wallets and platforms until told to stop (SIGTERM, Ctrl-C)
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Serve {}

impl Serve {
    pub(super) async fn run(self, shared: &Shared, output: &Output) -> Result<(), CommandError> {
        let app = shared.open(output).await?;
        let served = app.clone();
        PROGRAM
            .serve(output, app.service_config(), async |listener, stop| {
                let variables = [
                    ("url", app.public_url().to_owned().into()),
                    ("did", app.did().to_owned().into()),
                    ("address", listener.address().to_string().into()),
                ];
                output.remark("verifier-serving", &variables);
                crate::serve::run_on(listener, served, stop).await
            })
            .await
    }
}

const EXAMPLES: &str = "\
Examples:
  pessoa-verifier serve
  PESSOA_VERIFIER_LISTEN=0.0.0.0:8002 pessoa-verifier serve --dir /etc/pessoa-verifier";
