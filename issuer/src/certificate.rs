//! The certificates behind `x5c`: an authority of the issuer's own, and one leaf under it.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use keys::{PublicKey, base64url};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, KeyPair,
    KeyUsagePurpose, PublicKeyData, SanType, SignatureAlgorithm,
};
use url::Url;

/// A fresh authority and the certificate that it gave to the issuer's key.
#[derive(Debug)]
pub(crate) struct Certificates {
    /// The leaf, PEM: what credentials carry.
    pub leaf: String,
    /// The authority, PEM: what verifiers trust.
    pub authority: String,
    /// The authority's private key, PEM: renews the leaf, and is not needed by the service.
    pub authority_key: String,
}

impl Certificates {
    /// Certifies that the P-256 key speaks for `public_url` (as URI and host of the subject's
    /// alternative names).
    ///
    /// # Errors
    /// [`CertificateError`] if the key is of another kind or the address has no host.
    pub(crate) fn make(
        name: &str,
        public_url: &Url,
        key: &PublicKey,
        now: Timestamp,
    ) -> Result<Self, CertificateError> {
        let leaf_key = Point::of(key)?;
        let mut authority = CertificateParams::default();
        authority.distinguished_name = named(&format!("{name} authority"));
        authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        validity(&mut authority, now, AUTHORITY_YEARS);
        let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;

        let host = public_url.host_str().ok_or(CertificateError::NoHost)?;
        let mut leaf = CertificateParams::new(vec![host.to_owned()])?;
        let uri = public_url.as_str().trim_end_matches('/');
        leaf.subject_alt_names.push(SanType::URI(uri.try_into()?));
        leaf.distinguished_name = named(name);
        leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        leaf.use_authority_key_identifier_extension = true;
        validity(&mut leaf, now, LEAF_YEARS);
        let leaf = leaf.signed_by(&leaf_key, &authority)?;
        Ok(Self {
            leaf: leaf.pem(),
            authority: authority.pem(),
            authority_key: authority.key().serialize_pem(),
        })
    }
}

/// Why no certificate could be made.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// The key is not on P-256.
    #[error("the key is not on P-256")]
    KeyKind,
    /// The certificate could not be written.
    #[error("the certificate cannot be made: {0}")]
    Making(#[from] rcgen::Error),
    /// The address has no host.
    #[error("the address has no host")]
    NoHost,
}

/// An uncompressed point (SEC 1, section 2.3.3).
struct Point(Vec<u8>);

impl Point {
    fn of(key: &PublicKey) -> Result<Self, CertificateError> {
        let jwk = key.jwk();
        let y = jwk
            .y
            .filter(|_| jwk.crv == "P-256")
            .ok_or(CertificateError::KeyKind)?;
        let coordinate =
            |text: &str| base64url::decode_array::<32>(text).map_err(|_| CertificateError::KeyKind);
        Ok(Self(
            [&[UNCOMPRESSED][..], &coordinate(&jwk.x)?, &coordinate(&y)?].concat(),
        ))
    }
}

impl PublicKeyData for Point {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &rcgen::PKCS_ECDSA_P256_SHA256
    }
}

fn named(name: &str) -> DistinguishedName {
    let mut names = DistinguishedName::new();
    names.push(DnType::CommonName, name);
    names
}

fn validity(certificate: &mut CertificateParams, now: Timestamp, years: i32) {
    let today = now.to_zoned(TimeZone::UTC).date();
    // A day earlier, for verifiers whose clocks are behind; no 29 February, for other years.
    let first = today.yesterday().unwrap_or(today);
    let (year, month) = (i32::from(first.year()), first.month().unsigned_abs());
    let day = first.day().unsigned_abs().min(28);
    certificate.not_before = rcgen::date_time_ymd(year, month, day);
    certificate.not_after = rcgen::date_time_ymd(year + years, month, day);
}

const UNCOMPRESSED: u8 = 4;
const AUTHORITY_YEARS: i32 = 10;
const LEAF_YEARS: i32 = 2;
