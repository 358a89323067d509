//! However the issuer's key is found, the story holds.

use std::sync::Arc;

use issuer::Identification;
use keys::seed::Seed;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use vault::{Cost, Passphrase};
use verifier::TrustedIssuer;
use wallet::{NewVault, Wallet};

use crate::harness::{Town, code, log_in};

async fn identified_by(identification: Identification, trusted: impl Fn(&Town) -> TrustedIssuer) {
    let town = Town::with(|config| config.issuer.identification = identification).await;
    let issuer = trusted(&town);
    let platform = town.platform_with("agora", |config| config.verifier.issuers = vec![issuer]);
    let platform = platform.await;
    let (_, mut holder) = town.enrolled_holder().await;
    for policy in ["age-over-18", "adult-jwt"] {
        log_in(&platform, policy, &mut holder.wallet).await;
    }
}

#[tokio::test]
async fn by_its_metadata() {
    let trusted = |town: &Town| TrustedIssuer::new(town.office.app.identifier());
    identified_by(Identification::JwtVcIssuer, trusted).await;
}

#[tokio::test]
async fn by_its_did() {
    let trusted = |town: &Town| TrustedIssuer::new(town.office.app.did());
    identified_by(Identification::Did, trusted).await;
}

#[tokio::test]
async fn by_its_certificate() {
    let town = Town::with(|config| {
        config.issuer.identification = Identification::X5c;
        // The certificate is for the key of the other format.
        config.issuer.credentials.truncate(1);
    });
    let town = town.await;
    let authority = town.office.folder().join("keys/x5c-authority.pem");
    let pem = std::fs::read(&authority).unwrap();
    let anchor = CertificateDer::from_pem_slice(&pem).unwrap().to_vec();
    let trusted = TrustedIssuer {
        x5c_anchors: Some(authority),
        ..TrustedIssuer::new(town.office.app.identifier())
    };
    let platform = town.platform_with("agora", |config| config.verifier.issuers = vec![trusted]);
    let platform = platform.await;
    let settings = wallet::Settings {
        dev_loopback: true,
        trust_anchors: vec![anchor],
        ..wallet::Settings::default()
    };
    let place = NewVault {
        path: &town.place.path().join("vault"),
        passphrase: &Passphrase::from("p".to_owned()),
        cost: Cost::insecure_for_tests(),
    };
    let seed = Seed::generate(&mut host::system_rng());
    let clock = Arc::new(town.clock.clone());
    let mut wallet = Wallet::create(&place, &seed, settings, clock).unwrap();
    let enrolled = town.enrol().await;
    let review = wallet.review_offer(enrolled.link.expose()).await.unwrap();
    wallet.accept_offer(review, code(&enrolled)).await.unwrap();
    log_in(&platform, "age-over-18", &mut wallet).await;
}
