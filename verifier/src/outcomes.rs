//! How presentations ended, for `/metrics`: outcomes and their numbers, and nothing of who or what.

use openid4vp::verifier::Failure;

/// Counts an answer that was judged and committed.
pub(crate) fn count(outcome: Result<(), Failure>) {
    metrics::counter!(PRESENTATIONS, "outcome" => name(outcome)).increment(1);
}

/// Says what the numbers are.
pub(crate) fn describe() {
    metrics::describe_counter!(PRESENTATIONS, "Answers judged, by outcome");
}

const fn name(outcome: Result<(), Failure>) -> &'static str {
    match outcome {
        Ok(()) => "accepted",
        Err(Failure::Blocked) => "blocked",
        Err(Failure::CredentialRefused) => "credential_refused",
        Err(Failure::HolderDeclined) => "holder_declined",
        Err(Failure::IssuerNotTrusted) => "issuer_not_trusted",
        Err(Failure::MessageRefused) => "message_refused",
        Err(Failure::NotAnAnswer) => "not_an_answer",
        Err(Failure::Revoked) => "revoked",
        Err(Failure::StatusMissing) => "status_missing",
        Err(Failure::Suspended) => "suspended",
        Err(Failure::WalletFailed) => "wallet_failed",
    }
}

const PRESENTATIONS: &str = "pessoa_presentations_total";
