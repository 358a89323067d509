//! Examples printed in RFCs.

#![expect(clippy::unwrap_used, reason = "tests")]

use keys::jws::{self, JwsError, UnverifiedJws};
use keys::{Algorithm, Jwk, PublicKey, SigningKey, base64url, sha256};
use serde_json::json;

fn ed25519() -> SigningKey {
    secret(
        Algorithm::EdDsa,
        "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
    )
}

fn secret(algorithm: Algorithm, d: &str) -> SigningKey {
    SigningKey::from_secret(algorithm, &base64url::decode(d).unwrap()).unwrap()
}

fn p256_public() -> PublicKey {
    let jwk: Jwk = serde_json::from_value(json!({
        "kty": "EC", "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
    }))
    .unwrap();
    PublicKey::from_jwk(&jwk).unwrap()
}

#[test]
fn rfc8037_a2_public_key() {
    let jwk = ed25519().public().jwk();
    let expected = json!({
        "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    });
    assert_eq!(serde_json::to_value(jwk).unwrap(), expected);
}

#[test]
fn rfc8037_a3_thumbprint() {
    let expected = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";
    assert_eq!(ed25519().public().thumbprint(), expected);
}

#[test]
fn rfc8037_a4_signing_and_a5_validation() {
    let expected = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.\
                    hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt\
                    9g7sVvpAr_MuM0KAg";
    let jws = jws::sign(
        &json!({ "alg": "EdDSA" }),
        b"Example of Ed25519 signing",
        &ed25519(),
    );
    assert_eq!(jws.unwrap(), expected);
    let read = UnverifiedJws::parse(expected, 1024).unwrap();
    let verified = read.verify(ed25519().public(), &[]).unwrap();
    assert_eq!(verified.payload(), b"Example of Ed25519 signing");
}

/// The claims of RFC 7515, appendix A.1, as they are signed in A.1, A.3 and A.5.
const CLAIMS: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt\
                      cGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

#[test]
fn rfc7515_a1_keyed_hash_is_refused() {
    let header = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9";
    let jws = format!("{header}.{CLAIMS}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    assert_eq!(
        UnverifiedJws::parse(&jws, 1024).unwrap_err(),
        JwsError::AlgorithmUnsupported
    );
}

#[test]
fn rfc7515_a3_es256() {
    let jws = format!(
        "eyJhbGciOiJFUzI1NiJ9.{CLAIMS}.\
         DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
    );
    let verified = UnverifiedJws::parse(&jws, 1024)
        .unwrap()
        .verify(&p256_public(), &[])
        .unwrap();
    assert!(verified.payload().starts_with(b"{\"iss\":\"joe\",\r\n"));
    let key = secret(
        Algorithm::Es256,
        "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI",
    );
    assert_eq!(*key.public(), p256_public());
}

#[test]
fn rfc7515_a5_unsecured_is_refused() {
    let jws = format!("eyJhbGciOiJub25lIn0.{CLAIMS}.");
    assert_eq!(
        UnverifiedJws::parse(&jws, 1024).unwrap_err(),
        JwsError::AlgorithmUnsupported
    );
}

#[test]
fn rfc9449_4_and_6_thumbprint_of_a_p256_key() {
    let jwk: Jwk = serde_json::from_value(json!({
        "kty": "EC", "crv": "P-256",
        "x": "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
        "y": "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA"
    }))
    .unwrap();
    let expected = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";
    assert_eq!(PublicKey::from_jwk(&jwk).unwrap().thumbprint(), expected);
}

#[test]
fn rfc8410_10_1_subject_public_key_info() {
    // The example's key, with the prefix that section 10.1 prints.
    let der = "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE";
    let der = base64url::decode(der).unwrap();
    let key = PublicKey::from_spki(&der).unwrap();
    assert_eq!(key.jwk().x, "Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE");
}

#[test]
fn fips180_sha256_of_abc() {
    let expected = "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0";
    assert_eq!(base64url::encode(sha256(b"abc")), expected);
}
