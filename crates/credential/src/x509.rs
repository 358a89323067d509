//! Certificate chains in `x5c` (RFC 7515, section 4.1.6; SD-JWT VC, section 3.5; RFC 5280).

use std::time::Duration;

use jiff::Timestamp;
use keys::{PublicKey, base64url};
use pki_types::{CertificateDer, IpAddr, ServerName, UnixTime};
use url::{Host, Url};
use webpki::{EndEntityCert, ExtendedKeyUsageValidator, KeyPurposeIdIter};
use x509_cert::Certificate;
use x509_cert::der::Decode as _;
use x509_cert::ext::pkix::{AuthorityKeyIdentifier, KeyUsage};

use crate::issuer_key::IssuerKeyError;

/// What a valid chain proves about its first certificate.
pub(crate) struct Leaf {
    pub(crate) key: PublicKey,
    pub(crate) window: (Timestamp, Timestamp),
    pub(crate) authority_key_ids: Vec<String>,
}

/// The subject of the first certificate, as RFC 4514 writes it. Nothing is verified.
pub(crate) fn subject(chain: &[Vec<u8>]) -> Option<String> {
    let leaf = Certificate::from_der(chain.first()?).ok()?;
    let subject = leaf.tbs_certificate().subject();
    (!subject.is_empty()).then(|| subject.to_string())
}

/// Verifies that the chain leads to an anchor now, and that its subject is the Issuer.
pub(crate) fn verify(
    issuer: &str,
    chain: &[Vec<u8>],
    anchors: &[Vec<u8>],
    now: Timestamp,
) -> Result<Leaf, IssuerKeyError> {
    let (first, rest) = chain.split_first().ok_or(IssuerKeyError::Malformed)?;
    let der = CertificateDer::from(first.as_slice());
    let leaf = EndEntityCert::try_from(&der).map_err(|_| IssuerKeyError::Malformed)?;
    let certificates = verify_path(&leaf, rest, anchors, now)?;
    check_usage(&certificates)?;
    if subject(chain).as_deref() != Some(issuer) && !names(&leaf, issuer) {
        return Err(IssuerKeyError::OtherIssuer);
    }
    Ok(Leaf {
        key: PublicKey::from_spki(leaf.subject_public_key_info().as_ref())
            .map_err(|_| IssuerKeyError::NoSuchKey)?,
        window: window(&certificates).ok_or(IssuerKeyError::Malformed)?,
        authority_key_ids: certificates.iter().filter_map(authority_key_id).collect(),
    })
}

/// Returns the certificates that lead to the anchor, the leaf first. What else is in `x5c` proves
/// nothing: nobody answers for it.
fn verify_path(
    leaf: &EndEntityCert<'_>,
    rest: &[Vec<u8>],
    anchors: &[Vec<u8>],
    now: Timestamp,
) -> Result<Vec<Certificate>, IssuerKeyError> {
    let anchors: Vec<CertificateDer<'_>> = anchors
        .iter()
        .map(|der| CertificateDer::from(der.as_slice()))
        .collect();
    let anchors = anchors
        .iter()
        .map(|der| webpki::anchor_from_trusted_cert(der).map_err(|_| IssuerKeyError::Malformed))
        .collect::<Result<Vec<_>, _>>()?;
    let rest: Vec<CertificateDer<'_>> = rest
        .iter()
        .map(|der| CertificateDer::from(der.as_slice()))
        .collect();
    let seconds = u64::try_from(now.as_second()).map_err(|_| IssuerKeyError::Chain)?;
    let path = leaf
        .verify_for_usage(
            webpki::ALL_VERIFICATION_ALGS,
            &anchors,
            &rest,
            UnixTime::since_unix_epoch(Duration::from_secs(seconds)),
            AnyPurpose,
            None,
            None,
        )
        .map_err(|_| IssuerKeyError::Chain)?;
    let intermediates = path.intermediate_certificates().map(|one| one.der());
    std::iter::once(leaf.der())
        .chain(intermediates)
        .map(|der| Certificate::from_der(&der).map_err(|_| IssuerKeyError::Malformed))
        .collect()
}

/// No extended key usage is defined for issuing Credentials.
struct AnyPurpose;

impl ExtendedKeyUsageValidator for AnyPurpose {
    fn validate(&self, purposes: KeyPurposeIdIter<'_, '_>) -> Result<(), webpki::Error> {
        for purpose in purposes {
            purpose?;
        }
        Ok(())
    }
}

/// A key usage, if stated, must permit signatures (RFC 5280, section 4.2.1.3).
fn check_usage(certificates: &[Certificate]) -> Result<(), IssuerKeyError> {
    let Some(leaf) = certificates.first() else {
        return Err(IssuerKeyError::Malformed);
    };
    match leaf.tbs_certificate().get_extension::<KeyUsage>() {
        Ok(None) => Ok(()),
        Ok(Some((_, usage))) if usage.digital_signature() => Ok(()),
        Ok(Some(_)) => Err(IssuerKeyError::Chain),
        Err(_) => Err(IssuerKeyError::Malformed),
    }
}

/// Whether the certificate's alternative names include the Issuer, or the host of its URL.
fn names(leaf: &EndEntityCert<'_>, issuer: &str) -> bool {
    if leaf.valid_uri_names().any(|uri| uri == issuer) {
        return true;
    }
    let Ok(url) = Url::parse(issuer) else {
        return false;
    };
    let name = match url.host() {
        Some(Host::Domain(domain)) => ServerName::try_from(domain.to_owned()).ok(),
        Some(Host::Ipv4(address)) => Some(ServerName::IpAddress(IpAddr::from(
            std::net::IpAddr::V4(address),
        ))),
        Some(Host::Ipv6(address)) => Some(ServerName::IpAddress(IpAddr::from(
            std::net::IpAddr::V6(address),
        ))),
        None => None,
    };
    name.is_some_and(|name| leaf.verify_is_valid_for_subject_name(&name).is_ok())
}

/// The time in which all of them are valid.
fn window(certificates: &[Certificate]) -> Option<(Timestamp, Timestamp)> {
    let mut from = Timestamp::MIN;
    let mut until = Timestamp::MAX;
    for certificate in certificates {
        let validity = certificate.tbs_certificate().validity();
        from = from.max(instant(validity.not_before.to_unix_duration())?);
        until = until.min(instant(validity.not_after.to_unix_duration())?);
    }
    Some((from, until))
}

fn instant(since_1970: Duration) -> Option<Timestamp> {
    let seconds = i64::try_from(since_1970.as_secs()).ok()?;
    Timestamp::from_second(seconds).ok()
}

fn authority_key_id(certificate: &Certificate) -> Option<String> {
    let (_, identifier) = certificate
        .tbs_certificate()
        .get_extension::<AuthorityKeyIdentifier>()
        .ok()??;
    identifier
        .key_identifier
        .map(|bytes| base64url::encode(bytes.as_bytes()))
}
