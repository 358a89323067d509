use clap::Args;
use host::{CommandError, Kind};
use serde_json::json;
use wallet::{LockedRenewal, ReceiveError, Renewed, Wallet, WalletError, Which};

use crate::foreign::plain;
use crate::session::{Session, block_on};
use crate::timer::{self, Units};
use crate::{failure, session};

/// Renew net certificates, or have them renewed by a timer
///
/// A certificate is good for one epoch, a week unless the issuer says otherwise. A timer renews at a
/// moment of chance in each epoch, whether you use the certificate or not: so the moment tells
/// nobody anything. It needs no passphrase: what it needs lies in a file of its own, with a key that
/// you alone can read, and that file holds no secret of your numbers.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Renew {
    /// The certificate, as `pessoa list` names it [default: all]
    id: Option<String>,
    /// Renew without being asked
    #[arg(long, short)]
    yes: bool,
    /// Install a timer of systemd, for you alone, that renews while the wallet is locked
    #[arg(long, conflicts_with_all = ["id", "scheduled", "uninstall"])]
    install: bool,
    /// With --install: print a line for cron instead
    #[arg(long, requires = "install")]
    cron: bool,
    /// Remove the timer, and what lies ready for it
    #[arg(long, conflicts_with_all = ["id", "scheduled"])]
    uninstall: bool,
    /// What the timer runs: renew what is due, and do nothing else
    #[arg(long, conflicts_with = "id")]
    scheduled: bool,
}

impl Renew {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<(), CommandError> {
        if self.install {
            return install(session, self.cron);
        }
        if self.uninstall {
            return uninstall(session);
        }
        let path = session.vault_path();
        if !path.exists() {
            return Err(session.missing());
        }
        let clock = session.machine.clock.clone();
        let locked = LockedRenewal::open(&path, session.settings()?, clock);
        let locked = match locked {
            // The wallet makes it anew when it is opened.
            Err(WalletError::Vault(vault::VaultError::Damaged { .. })) => None,
            locked => locked.map_err(|error| failure::wallet(session, &error))?,
        };
        match locked {
            Some(locked) if self.scheduled => self.run_locked(session, locked, Which::Due),
            None if self.scheduled => session.data(&json!({"renewed": []}), |session| {
                session.text("renew-nothing-due", &[])
            }),
            Some(locked) if self.id.is_none() && !locked.is_empty() => {
                self.ask(session, locked.issuers().map(str::to_owned).collect())?;
                self.run_locked(session, locked, Which::All)
            }
            _ => self.run_open(session),
        }
    }

    /// Says what issuers learn by a renewal at this moment, and asks.
    fn ask(&self, session: &mut Session<'_>, issuers: Vec<String>) -> Result<(), CommandError> {
        let issuers: Vec<String> = issuers.iter().map(|issuer| plain(issuer)).collect();
        let learns = session.text("renew-learns", &[("issuer", issuers.join(", ").into())]);
        session.review(self.yes, &learns);
        let question = session.text("renew-ask", &[]);
        if session.consents(self.yes, &question)? {
            return Ok(());
        }
        let message = session.text("refill-declined", &[]);
        Err(CommandError::new(Kind::Refused, message))
    }

    fn run_locked(
        &self,
        session: &mut Session<'_>,
        mut locked: LockedRenewal,
        which: Which,
    ) -> Result<(), CommandError> {
        let renewing = session.text("progress-renew", &[]);
        let progress = session.progress(&renewing);
        let reports = block_on(locked.run(which))?;
        drop(progress);
        let reports = reports.map_err(|error| failure::wallet(session, &error))?;
        let reports: Vec<_> = reports
            .into_iter()
            .map(|report| (report.id, report.issuer_name, report.outcome))
            .collect();
        tell(session, reports, true)
    }

    fn run_open(&self, session: &mut Session<'_>) -> Result<(), CommandError> {
        let mut wallet = session.open()?;
        let held = wallet.net_certificates().iter();
        let wanted: Vec<(String, String)> = held
            .filter(|held| self.id.as_ref().is_none_or(|id| *id == held.id))
            .map(|held| (held.id.clone(), held.issuer_name.clone()))
            .collect();
        if let (Some(id), true) = (&self.id, wanted.is_empty()) {
            return Err(failure::unknown(session, id));
        }
        if wanted.is_empty() {
            return session.data(&json!({"renewed": []}), |session| {
                session.text("renew-nothing", &[])
            });
        }
        self.ask(
            session,
            wanted.iter().map(|(_, issuer)| issuer.clone()).collect(),
        )?;
        let mut reports = Vec::new();
        for (id, issuer) in wanted {
            let outcome = fetch(session, &mut wallet, &id)?;
            reports.push((id, issuer, outcome));
        }
        tell(session, reports, false)
    }
}

/// Renews one certificate with the wallet open.
pub(super) fn fetch(
    session: &mut Session<'_>,
    wallet: &mut Wallet,
    id: &str,
) -> Result<Result<Renewed, ReceiveError>, CommandError> {
    let renewing = session.text("progress-renew", &[]);
    let progress = session.progress(&renewing);
    let outcome = session::block_on(wallet.renew(id));
    drop(progress);
    outcome
}

type Report = (String, String, Result<Renewed, ReceiveError>);

/// Tells what came of it; ends with the first failure, once all are told.
fn tell(session: &mut Session<'_>, reports: Vec<Report>, locked: bool) -> Result<(), CommandError> {
    let mut lines = Vec::new();
    let mut renewed = Vec::new();
    let mut failure = None;
    for (id, issuer, outcome) in reports {
        let issuer = plain(&issuer);
        match outcome {
            Ok(done) => {
                let epoch = match done {
                    Renewed::Already => None,
                    Renewed::UpTo(epoch) => Some(epoch),
                };
                let about = [
                    ("issuer", issuer.as_str().into()),
                    ("epoch", epoch.unwrap_or_default().to_string().into()),
                ];
                let message = match epoch {
                    None => "renew-already",
                    Some(_) => "renew-done",
                };
                lines.push(session.text(message, &about));
                renewed.push(json!({"id": id, "issuer": issuer, "epoch": epoch}));
            }
            Err(error) => {
                let failed = failure::renew(session, &error);
                if failure.is_none() {
                    failure = Some(failed);
                } else {
                    let text = failed.render(session.catalogue());
                    session.terminal.say(text.trim_end());
                }
            }
        }
    }
    if lines.is_empty() && failure.is_none() {
        lines.push(session.text("renew-nothing-due", &[]));
    }
    let unblinded_later = locked && !renewed.is_empty();
    if !lines.is_empty() {
        session.data(&json!({"renewed": renewed}), |_| lines.join("\n"))?;
    }
    if unblinded_later {
        let later = session.text("renew-later", &[]);
        session.remark(&later);
    }
    failure.map_or(Ok(()), Err)
}

fn install(session: &mut Session<'_>, cron: bool) -> Result<(), CommandError> {
    let Some(program) = session.machine.program.clone() else {
        let message = session.text("renew-no-place", &[]);
        return Err(CommandError::new(Kind::User, message));
    };
    let mut wallet = session.open()?;
    wallet
        .renew_by_itself()
        .map_err(|error| failure::wallet(session, &error))?;
    let folder = std::path::absolute(session.folder())
        .map_err(|error| CommandError::from_error(Kind::User, &error))?;
    if cron {
        let line = timer::cron_line(&program, &folder);
        session.data(&json!({"cron": line}), |_| line.clone())?;
        let next = session.text("renew-cron-next", &[]);
        session.remark(&next);
        return Ok(());
    }
    let Some(config) = session.machine.config_folder.clone() else {
        let message = session.text("renew-no-place", &[]);
        let hint = session.text("renew-no-place-hint", &[]);
        return Err(CommandError::new(Kind::User, message).hint(hint));
    };
    let timer = Units::below(&config)
        .install(&program, &folder)
        .map_err(|error| CommandError::from_error(Kind::User, &error))?;
    let path = timer.display().to_string();
    session.data(&json!({"timer": timer}), |session| {
        session.text("renew-installed", &[("timer", path.into())])
    })?;
    let next = session.text("renew-installed-next", &[]);
    session.remark(&next);
    Ok(())
}

fn uninstall(session: &mut Session<'_>) -> Result<(), CommandError> {
    let mut wallet = session.open()?;
    wallet
        .stop_renewing_by_itself()
        .map_err(|error| failure::wallet(session, &error))?;
    if let Some(config) = session.machine.config_folder.clone() {
        Units::below(&config)
            .remove()
            .map_err(|error| CommandError::from_error(Kind::User, &error))?;
    }
    session.data(&json!({"uninstalled": true}), |session| {
        session.text("renew-uninstalled", &[])
    })
}

const EXAMPLES: &str = "\
Examples:
  pessoa renew                                 now, after showing what the issuer learns by that
  pessoa renew --install                       from now on, at a moment of chance in each epoch
  pessoa renew --install --cron                the same for cron: prints the line to add
  pessoa renew --uninstall";
