//! Failures in the person's words: what happened, why, and what to do next.

use fetch::FetchError;
use host::{CommandError, Kind};
use openid4vci::wallet::{DiscoveryError, EpochError, IssuanceError, RedemptionError};
use openid4vp::request::RequestFault;
use openid4vp::wallet::Error as PresentationError;
use vault::VaultError;
use wallet::{DOOR_MEMORY, PresentError, ReceiveError, WalletError};

use crate::session::Session;
use crate::view::moment;

/// The vault does not open, or cannot be written.
pub(crate) fn vault(session: &Session<'_>, error: &VaultError) -> CommandError {
    let failed =
        CommandError::new(Kind::User, session.text("vault-unusable", &[])).because(Some(error));
    match error {
        VaultError::Locked { .. } => failed.hint(session.text("vault-locked-hint", &[])),
        VaultError::Missing { .. } => failed.hint(session.text("vault-missing-hint", &[])),
        VaultError::WrongPassphrase => failed.hint(session.text("passphrase-wrong-hint", &[])),
        VaultError::Damaged { .. }
        | VaultError::EmptyPassphrase
        | VaultError::Exists { .. }
        | VaultError::Io { .. }
        | VaultError::NotABackup { .. }
        | VaultError::NotAVault { .. }
        | VaultError::UnsupportedVersion { .. }
        | VaultError::WrongKey { .. } => failed,
    }
}

/// The wallet itself fails.
pub(crate) fn wallet(session: &Session<'_>, error: &WalletError) -> CommandError {
    match error {
        WalletError::Vault(error) => vault(session, error),
        WalletError::Contents(_) | WalletError::NoSuchCredential => {
            CommandError::new(Kind::User, session.text("failure-wallet", &[])).because(Some(error))
        }
    }
}

/// A backup was not written, or not read.
pub(crate) fn backup(session: &Session<'_>, error: &WalletError) -> CommandError {
    let say = |hint| {
        CommandError::new(Kind::User, session.text("backup-unusable", &[]))
            .because(Some(error))
            .hint(session.text(hint, &[]))
    };
    match error {
        WalletError::Vault(
            VaultError::Damaged { .. }
            | VaultError::Missing { .. }
            | VaultError::NotABackup { .. }
            | VaultError::WrongKey { .. },
        )
        | WalletError::Contents(_) => say("backup-unusable-hint"),
        WalletError::Vault(VaultError::Exists { .. }) => say("backup-exists-hint"),
        other => wallet(session, other),
    }
}

/// There is no such credential in the wallet.
pub(crate) fn unknown(session: &Session<'_>, id: &str) -> CommandError {
    let id = crate::foreign::plain(id);
    let message = session.text("held-unknown", &[("id", id.into())]);
    CommandError::new(Kind::User, message).hint(session.text("held-unknown-hint", &[]))
}

/// The link asks for credentials instead of offering one.
pub(crate) fn not_an_offer(session: &Session<'_>) -> CommandError {
    CommandError::new(Kind::User, session.text("link-not-offer", &[]))
        .hint(session.text("failure-link-offer-hint", &[]))
}

/// The link offers a credential instead of asking for one.
pub(crate) fn not_a_request(session: &Session<'_>) -> CommandError {
    CommandError::new(Kind::User, session.text("link-not-request", &[]))
        .hint(session.text("failure-link-request-hint", &[]))
}

/// Credentials were not received.
pub(crate) fn receive(session: &Session<'_>, error: &ReceiveError) -> CommandError {
    let say = |kind, id| CommandError::new(kind, session.text(id, &[])).because(Some(error));
    let hint = |id| session.text(id, &[]);
    match error {
        ReceiveError::Discovery(fault) => discovery(session, fault, error),
        ReceiveError::Fetch(fault) => network(session, fault),
        ReceiveError::Redemption(RedemptionError::Discovery(fault)) => {
            discovery(session, fault, error)
        }
        ReceiveError::Redemption(
            RedemptionError::InvalidGrant
            | RedemptionError::TxCodeForm
            | RedemptionError::TxCodeMissing
            | RedemptionError::TxCodeUnexpected,
        ) => say(Kind::User, "failure-offer").hint(hint("failure-offer-code-hint")),
        ReceiveError::AnotherSecret | ReceiveError::Issuance(IssuanceError::AnotherAnchor) => {
            say(Kind::User, "failure-another-secret").hint(hint("failure-another-secret-hint"))
        }
        ReceiveError::NetFault(_) | ReceiveError::SecondAnchor => {
            say(Kind::Peer, "failure-mark").hint(hint("failure-mark-hint"))
        }
        ReceiveError::Epochs(EpochError::Clock { .. }) => {
            say(Kind::User, "failure-clock").hint(hint("failure-clock-hint"))
        }
        ReceiveError::Epochs(EpochError::NotCurrent { .. }) => {
            say(Kind::Peer, "failure-issuer").hint(hint("failure-epochs-hint"))
        }
        ReceiveError::NotRenewable => {
            say(Kind::User, "failure-issuer").hint(hint("failure-renew-none-hint"))
        }
        ReceiveError::NothingPrepared => {
            say(Kind::User, "failure-wallet").hint(hint("failure-renew-unlock-hint"))
        }
        ReceiveError::NotRefillable => {
            say(Kind::User, "failure-issuer").hint(hint("failure-refill-none-hint"))
        }
        ReceiveError::Issuance(_) => {
            say(Kind::Peer, "failure-issuer").hint(hint("failure-offer-new-hint"))
        }
        ReceiveError::Anchor(_)
        | ReceiveError::CopiesDiffer
        | ReceiveError::Epochs(_)
        | ReceiveError::ForeignKey(_)
        | ReceiveError::KeyNotFound(_)
        | ReceiveError::Nothing
        | ReceiveError::NotTheSame
        | ReceiveError::OtherType
        | ReceiveError::Redemption(_)
        | ReceiveError::Unbound
        | ReceiveError::Verification(_) => say(Kind::Peer, "failure-issuer"),
        ReceiveError::Key(_) | ReceiveError::Proof => say(Kind::Defect, "failure-wallet"),
        ReceiveError::Wallet(error) => wallet(session, error),
    }
}

/// Fresh copies were not fetched.
pub(crate) fn refill(session: &Session<'_>, error: &ReceiveError) -> CommandError {
    match error {
        // The ticket is used, expired or withdrawn: there is no code to look at again.
        ReceiveError::Redemption(RedemptionError::InvalidGrant) => {
            CommandError::new(Kind::Peer, session.text("failure-issuer", &[]))
                .because(Some(error))
                .hint(session.text("failure-refill-none-hint", &[]))
        }
        ReceiveError::Wallet(WalletError::NoSuchCredential) => {
            CommandError::new(Kind::User, session.text("failure-wallet", &[])).because(Some(error))
        }
        other => receive(session, other),
    }
}

/// A net certificate was not renewed.
pub(crate) fn renew(session: &Session<'_>, error: &ReceiveError) -> CommandError {
    match error {
        // Withdrawn, revoked, or the document was shown again since.
        ReceiveError::Issuance(IssuanceError::Denied)
        | ReceiveError::Redemption(RedemptionError::InvalidGrant) => {
            CommandError::new(Kind::Peer, session.text("failure-renew-refused", &[]))
                .because(Some(error))
                .hint(session.text("failure-renew-refused-hint", &[]))
        }
        other => receive(session, other),
    }
}

/// A request was not answered; `sent` tells whether an answer was on its way.
pub(crate) fn present(
    session: &Session<'_>,
    link: &str,
    sent: bool,
    error: &PresentError,
) -> CommandError {
    let say = |kind, id| CommandError::new(kind, session.text(id, &[])).because(Some(error));
    let hint = |id| session.text(id, &[]);
    match error {
        PresentError::Door(_) => say(Kind::Peer, "failure-request").hint(hint("failure-door-hint")),
        PresentError::DoorOutdated { seen_at } => {
            let about = [
                ("time", moment(*seen_at).into()),
                ("days", (DOOR_MEMORY.as_hours() / 24).to_string().into()),
            ];
            let message = session.text("failure-door-outdated", &about);
            CommandError::new(Kind::User, message).hint(hint("failure-door-outdated-hint"))
        }
        PresentError::DoorUnknown => {
            CommandError::new(Kind::User, session.text("failure-door-unknown", &[]))
                .hint(hint("failure-door-unknown-hint"))
        }
        PresentError::Expired { id } | PresentError::NoCopies { id } => used_up(session, id),
        PresentError::FewBesideNumber => {
            CommandError::new(Kind::Refused, session.text("consent-few-number", &[]))
                .hint(hint("consent-named-number-hint"))
        }
        PresentError::NameBesideNumber => {
            CommandError::new(Kind::Refused, session.text("consent-named-number", &[]))
                .hint(hint("consent-named-number-hint"))
        }
        PresentError::NotAnAnswer { id } => {
            let id = crate::foreign::plain(id);
            let message = session.text("consent-not-an-answer", &[("id", id.into())]);
            CommandError::new(Kind::User, message).hint(hint("consent-not-an-answer-hint"))
        }
        PresentError::Fetch(_) if sent => {
            say(Kind::Peer, "failure-sent").hint(hint("failure-sent-hint"))
        }
        PresentError::Fetch(error) => network(session, error),
        PresentError::Holding(_)
        | PresentError::Key(_)
        | PresentError::Number
        | PresentError::Presentation(PresentationError::Holding(_)) => {
            say(Kind::Defect, "failure-wallet")
        }
        PresentError::Presentation(PresentationError::Link(_)) => {
            let failed = say(Kind::User, "failure-request");
            or_dev_hint(session, failed, is_plain_http(link), "link-none-hint")
        }
        PresentError::Presentation(
            PresentationError::Refused { .. } | PresentationError::Reply,
        ) => say(Kind::Peer, "failure-verifier").hint(hint("failure-sent-hint")),
        PresentError::Presentation(PresentationError::Request(fault)) => {
            let address = matches!(fault, RequestFault::RequestUri | RequestFault::ResponseUri);
            let failed = say(Kind::Peer, "failure-request");
            or_dev_hint(session, failed, address, "failure-sent-hint")
        }
        PresentError::Selection(_) => say(Kind::User, "failure-request"),
        PresentError::Verifier(_) => {
            let failed = say(Kind::Peer, "failure-request");
            or_dev_hint(session, failed, true, "failure-network-hint")
        }
        PresentError::Wallet(error) => wallet(session, error),
    }
}

/// A net certificate has run out.
pub(crate) fn ran_out(session: &Session<'_>, id: &str) -> CommandError {
    let message = session.text("net-expired", &[("id", id.into())]);
    let hint = session.text("net-expired-hint", &[("id", id.into())]);
    CommandError::new(Kind::User, message).hint(hint)
}

/// No copy of a credential can be shown.
pub(crate) fn used_up(session: &Session<'_>, id: &str) -> CommandError {
    let message = session.text("consent-used-up", &[("id", id.into())]);
    let hint = session.text("consent-used-up-hint", &[("id", id.into())]);
    CommandError::new(Kind::User, message).hint(hint)
}

fn discovery(session: &Session<'_>, fault: &DiscoveryError, error: &ReceiveError) -> CommandError {
    let kind = match fault {
        DiscoveryError::Link(_) => Kind::User,
        _ => Kind::Peer,
    };
    let failed = CommandError::new(kind, session.text("failure-offer", &[])).because(Some(error));
    match fault {
        DiscoveryError::Link(_) => failed.hint(session.text("link-none-hint", &[])),
        DiscoveryError::EndpointAddress | DiscoveryError::Identifier => {
            or_dev_hint(session, failed, true, "failure-offer-new-hint")
        }
        DiscoveryError::Response(_) => failed.hint(session.text("failure-offer-new-hint", &[])),
        _ => failed,
    }
}

fn network(session: &Session<'_>, error: &FetchError) -> CommandError {
    let say =
        |kind| CommandError::new(kind, session.text("failure-network", &[])).because(Some(error));
    match error {
        FetchError::Refused(_) => {
            or_dev_hint(session, say(Kind::User), true, "failure-network-hint")
        }
        FetchError::Proxy | FetchError::Setup(_) => say(Kind::User),
        FetchError::Connect(_) if session.has_proxy() => {
            let config = session.config_path().display().to_string();
            let hint = session.text("failure-proxy-hint", &[("config", config.into())]);
            say(Kind::Peer).hint(hint)
        }
        FetchError::Connect(_)
        | FetchError::Interrupted(_)
        | FetchError::TimedOut
        | FetchError::TooLarge { .. } => {
            say(Kind::Peer).hint(session.text("failure-network-hint", &[]))
        }
    }
}

/// Hints at development mode where that is off and could be the reason; else at what is given.
fn or_dev_hint(
    session: &Session<'_>,
    failed: CommandError,
    possible: bool,
    otherwise: &str,
) -> CommandError {
    if possible && !session.config.dev {
        let config = session.config_path().display().to_string();
        return failed.hint(session.text("failure-dev-hint", &[("config", config.into())]));
    }
    failed.hint(session.text(otherwise, &[]))
}

fn is_plain_http(link: &str) -> bool {
    link.trim_start().starts_with("http:")
}
