use std::collections::HashMap;

use jiff::Timestamp;
use keys::SignatureBatch;
use rand_core::CryptoRng;

use crate::credential::{Credential, Verified};
use crate::data_integrity::Leniency;
use crate::door::UnverifiedCredential;
use crate::error::VerificationError;
use crate::issuer_key::IssuerKey;
use crate::judge::Judge;
use crate::key_source::KeySource;

/// Verifies many Credentials, each with the result that
/// [`UnverifiedCredential::verify_with`] has for it alone, in its place.
///
/// Ed25519 signatures are verified together ([`SignatureBatch`], which says how strictness is
/// kept); all else one by one. From some hundreds on, that takes three fifths of the time.
/// A bad signature is told from the others by its place.
///
/// Nothing here starts a thread. A host with several cores splits the work, which is good wherever
/// it is cut:
///
/// ```
/// use credential::data_integrity::Leniency;
/// use credential::{Credential, IssuerKey, UnverifiedCredential, VerificationError, Verified};
/// use credential::verify_all;
///
/// type Results = Vec<Result<Verified<Credential>, VerificationError>>;
///
/// fn on_two_cores(
///     mut first: Vec<UnverifiedCredential>,
///     issuers: &[IssuerKey],
///     now: jiff::Timestamp,
/// ) -> Results {
///     let verify = |some| {
///         let mut rng = rand_core::UnwrapErr(getrandom::SysRng);
///         verify_all(some, issuers, Leniency::None, now, &mut rng)
///     };
///     let second = first.split_off(first.len() / 2);
///     std::thread::scope(|scope| {
///         let second = scope.spawn(|| verify(second));
///         let mut results = verify(first);
///         results.extend(second.join().expect("no panic"));
///         results
///     })
/// }
/// # let now = jiff::Timestamp::UNIX_EPOCH;
/// # assert!(on_two_cores(Vec::new(), &[], now).is_empty());
/// ```
pub fn verify_all(
    credentials: Vec<UnverifiedCredential>,
    issuers: &[IssuerKey],
    leniency: Leniency,
    now: Timestamp,
    rng: &mut (impl CryptoRng + ?Sized),
) -> Vec<Result<Verified<Credential>, VerificationError>> {
    // Of two for one source, the first: as one by one.
    let mut evidence: HashMap<&KeySource, &IssuerKey> = HashMap::with_capacity(issuers.len());
    for issuer in issuers {
        evidence.entry(issuer.source()).or_insert(issuer);
    }
    let mut batch = SignatureBatch::new();
    let mut owners = Vec::with_capacity(credentials.len());
    let mut results: Vec<_> = credentials
        .into_iter()
        .enumerate()
        .map(|(place, credential)| {
            let fault = credential.signature_fault();
            let mut judge = Judge::of_many(&evidence, leniency, now, &mut batch);
            let result = credential.judge(&mut judge).map(Verified::new);
            owners.resize(batch.len(), (place, fault));
            result
        })
        .collect();
    // One by one, a wrong signature is found before all that was judged after it.
    for signature in batch.verify(rng).err().into_iter().flatten() {
        if let Some((place, fault)) = owners.get(signature)
            && let Some(result) = results.get_mut(*place)
        {
            *result = Err(fault.clone());
        }
    }
    results
}
