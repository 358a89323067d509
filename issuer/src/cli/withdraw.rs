use clap::Args;
use host::{Clock as _, CommandError, Output};

use crate::cli::Shared;
use crate::cli::revoke::{Chosen, failed, warn_of_net_certificate};

/// Let a person leave: keeps only what makes them known again
///
/// Revokes everything, and keeps keyed tags, the anchor and the day from which the person may
/// enrol again, so that leaving and coming back does not make two persons of one. Whoever comes back
/// proves the same anchor: with the backup file, since its sealed copy here is deleted.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Withdraw {
    #[command(flatten)]
    chosen: Chosen,
}

impl Withdraw {
    pub(super) async fn run(self, shared: &Shared, output: &Output) -> Result<(), CommandError> {
        let now = host::SystemClock.now();
        let chosen = self.chosen.read(output, "issuer-hint-revoke", now)?;
        let app = shared.open(output).await?;
        let withdrawn = match chosen.handle(&app).await {
            Ok(handle) => app.withdraw(&handle).await,
            Err(error) => Err(error),
        };
        app.close().await;
        let withdrawn = withdrawn.map_err(|error| failed(&error, output))?;
        output.data(&withdrawn, || {
            let id = if withdrawn.already {
                "issuer-withdraw-already"
            } else {
                "issuer-withdraw-done"
            };
            let (handle, until) = (withdrawn.handle.clone(), withdrawn.until.clone());
            output.text(id, &[("handle", handle.into()), ("until", until.into())])
        })?;
        output.remark("issuer-withdraw-next", &[]);
        warn_of_net_certificate(withdrawn.net_certificates_until.as_deref(), output);
        if let Some(message) = withdrawn.leftovers.message() {
            output.remark(message, &[]);
        }
        Ok(())
    }
}

const EXAMPLES: &str = "\
Examples:
  pessoa-issuer withdraw --handle 7k2m-q9rt-0xwe-5hc3
  pessoa-issuer withdraw --mrz passport.txt";
