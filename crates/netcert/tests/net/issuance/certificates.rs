//! What a Wallet takes for its certificate.

use keys::base64url;
use netcert::{CertificateError, UnverifiedCertificate};
use serde_json::{Value, json};

use super::other_profiles;
use crate::harness::*;

/// Whatever an Issuer changes for one person, the Wallet notices.
#[test]
fn a_certificate_that_deviates_is_refused() {
    let issuer = Issuer::new();
    let wallet = Wallet::new();
    let (document, prepared) = wallet.issued(&issuer, &person());
    let finish = |document: &Value| {
        wallet
            .finish(document, &issuer.profile, &prepared)
            .map(|_| ())
    };
    assert_eq!(finish(&document), Ok(()));

    let changed = |pointer: &str, value: Value| {
        let mut document = document.clone();
        *document.pointer_mut(pointer).unwrap() = value;
        document
    };
    // One second more for one person; a context, type, key or URL of their own.
    let marks = [
        changed("/validUntil", json!("2026-12-01T00:00:01Z")),
        changed("/validUntil", json!("2026-12-01T00:00:00.000Z")),
        changed("/validFrom", json!("2026-11-23T00:00:01Z")),
        changed("/issuer", json!("did:web:issuer.example.")),
        changed("/issuer", json!({"id": ISSUER})),
        changed(
            "/@context/1",
            json!("https://pessoa.id/ns/net-certificate/v1?you"),
        ),
        changed("/type/1", json!("NetCertificate2")),
        changed("/type", json!(["NetCertificate", "VerifiableCredential"])),
        changed("/credentialSubject/type", json!("You")),
        changed(
            "/proof/verificationMethod",
            json!("did:web:issuer.example#you"),
        ),
        changed("/proof/cryptosuite", json!("bbs-2023")),
        changed("/proof/proofPurpose", json!("authentication")),
        changed("/proof/type", json!("DataIntegrityProof2")),
    ];
    for document in &marks {
        assert_eq!(finish(document), Err(CertificateError::Deviates));
    }
    for (object, member) in [
        ("", "id"),
        ("", "name"),
        ("/proof", "created"),
        ("/proof", "id"),
    ] {
        let mut document = document.clone();
        let object = document.pointer_mut(object).unwrap();
        object[member] = json!("urn:you");
        assert_eq!(finish(&document), Err(CertificateError::Deviates));
    }
    for (pointer, member) in [("", "validUntil"), ("/proof", "proofPurpose")] {
        let mut document = document.clone();
        let object = document.pointer_mut(pointer).unwrap();
        object.as_object_mut().unwrap().remove(member);
        assert_eq!(finish(&document), Err(CertificateError::Deviates));
    }
    // Slots: another value, swapped values, one more, one less.
    let given = document["credentialSubject"]["given_name"].clone();
    let family = document["credentialSubject"]["family_name"].clone();
    let mut swapped = changed("/credentialSubject/given_name", family);
    swapped["credentialSubject"]["family_name"] = given;
    let mut more = document.clone();
    more["credentialSubject"]["guardianship"] = json!("legal_guardian");
    let mut less = document.clone();
    let subject = less["credentialSubject"].as_object_mut().unwrap();
    subject.remove("nationality");
    for document in [
        changed("/credentialSubject/age_over_60", json!(true)),
        changed("/credentialSubject/given_name", json!("ANNE")),
        swapped,
        more,
        less,
    ] {
        assert_eq!(finish(&document), Err(CertificateError::Signature));
    }
    // What is no slot, or not a slot's value.
    for (member, value) in [
        ("id", json!("urn:you")),
        ("spare", json!("you")),
        ("age_over_18", json!("true")),
        ("nationality", json!("uto")),
        ("given_name", json!("ANNA\u{200b}MARIA")),
        ("assurance", json!("you")),
    ] {
        let mut document = document.clone();
        document["credentialSubject"][member] = value;
        assert!(matches!(
            UnverifiedCertificate::parse(&document),
            Err(CertificateError::Slot(_))
        ));
    }
}

#[test]
fn a_certificate_under_another_profile_or_for_another_secret_is_refused() {
    let issuer = Issuer::new();
    let [wallet, other] = [Wallet::new(), Wallet::new()];
    let (document, prepared) = wallet.issued(&issuer, &person());
    for profile in other_profiles(&issuer) {
        assert_eq!(
            wallet.finish(&document, &profile, &prepared).map(|_| ()),
            Err(CertificateError::Deviates)
        );
    }
    assert_eq!(
        other
            .finish(&document, &issuer.profile, &prepared)
            .map(|_| ()),
        Err(CertificateError::Signature)
    );
    assert_eq!(
        wallet
            .finish(&document, &issuer.profile, &wallet.prepared())
            .map(|_| ()),
        Err(CertificateError::Signature)
    );
}

/// The profile's key signs nothing that another key made.
#[test]
fn another_epochs_key_does_not_pass() {
    let [one, two] = [Issuer::new(), Issuer::at(EPOCH + 1)];
    let wallet = Wallet::new();
    let (document, prepared) = wallet.issued(&two, &person());
    // The certificate of the next epoch, dressed up as one of this.
    let (mut dressed, _) = wallet.issued(&one, &person());
    let signature = base64url::decode(&document["proof"]["proofValue"].as_str().unwrap()[1..]);
    let mut bytes =
        base64url::decode(&dressed["proof"]["proofValue"].as_str().unwrap()[1..]).unwrap();
    let end = bytes.len() - 80;
    bytes[end..].copy_from_slice(&signature.unwrap()[end..]);
    dressed["proof"]["proofValue"] = json!(format!("u{}", base64url::encode(bytes)));
    assert_eq!(
        wallet.finish(&dressed, &one.profile, &prepared).map(|_| ()),
        Err(CertificateError::Signature)
    );
}

#[test]
fn a_certificate_is_kept_and_read_again() {
    let issuer = Issuer::new();
    let wallet = Wallet::new();
    let certificate = wallet.renew(&issuer);
    let kept = serde_json::to_string(&certificate.to_record()).unwrap();
    let record = serde_json::from_str(&kept).unwrap();
    let read = netcert::Certificate::from_record(&record).unwrap();
    read.verify(&wallet.secret).unwrap();
    assert_eq!(read.profile(), certificate.profile());
    assert_eq!(read.slots(), certificate.slots());
    assert_eq!(read.secret_of(), (ISSUER, 0));
    let shown = wallet.show(&read, &[], None);
    assert!(verify(&shown, &issuer, None).is_ok());
}
