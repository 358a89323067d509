use clap::Args;
use host::{CommandError, Kind, Output};
use service::{Listener, Stop};

use crate::cli::Shared;

/// Serve wallets and verifiers until told to stop (SIGTERM, Ctrl-C)
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Serve {}

impl Serve {
    pub(super) async fn run(self, shared: &Shared, output: &Output) -> Result<(), CommandError> {
        let app = shared.open(output).await?;
        let config = app.service_config();
        service::start_logs(&config.log);
        let failed = |error: &dyn std::error::Error| CommandError::from_error(Kind::User, error);
        let stop = Stop::on_signals().map_err(|error| failed(&error))?;
        let listener = Listener::bind(config)
            .await
            .map_err(|error| failed(&error).hint(output.text("issuer-hint-listen", &[])))?;
        output.remark(
            "issuer-serving",
            &[
                ("url", app.identifier().to_owned().into()),
                ("address", listener.address().to_string().into()),
            ],
        );
        crate::serve::run_on(listener, app, &stop)
            .await
            .map_err(|error| failed(&error))
    }
}

const EXAMPLES: &str = "\
Examples:
  pessoa-issuer serve
  PESSOA_ISSUER_LISTEN=0.0.0.0:8001 pessoa-issuer serve --dir /etc/pessoa-issuer";
