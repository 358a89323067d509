//! Writes the vectors, with randomness that only looks random.

mod shown;

use std::convert::Infallible;

use rand_core::{TryCryptoRng, TryRng};
use serde_json::{Map, json};
use shown::{presentation, presentations};

use super::*;

#[test]
#[ignore = "it writes the files that the other tests read"]
fn write_the_vectors() {
    let rng = &mut Numbers(0);
    let seed = Seed::from_entropy(&std::array::from_fn(|at| u8::try_from(at).unwrap()));
    let words = seed.words();
    let words = words.as_str();
    let key = EpochKey::generate(rng).unwrap();
    let profile = EpochProfile::new(ISSUER, Schedule::weekly(), 46, "+01:00", &key).unwrap();
    let canonical = std::str::from_utf8(profile.canonical()).unwrap();
    let wallet = HolderSecret::derive(&seed, ISSUER, 0);
    let (anchor, opening) = AnchorOpening::create(&wallet, rng).unwrap();
    let holder = json!({
        "words": words, "domain": ISSUER, "generation": 0,
        "anchor": hex(&anchor.to_bytes()),
        "anchor_blind": hex(opening.expose_secret().as_slice()),
    });

    write("secret", &secrets(&seed));
    write(
        "anchor",
        &with(
            &holder,
            json!({
                "signer_nym_entropy": hex(&anchor.entropy().to_bytes()),
                "anchor_box": hex(&opening.seal(&wallet, &anchor, rng).to_bytes()),
            }),
        ),
    );
    write("profile", &profiles(&key, &profile));
    write("slots", &slot_values());
    write("context", &contexts());
    let pseudonyms = pseudonyms(&wallet, &anchor);
    write("pseudonym", &pseudonyms);
    write(
        "net_number",
        &numbers(text(&pseudonyms["pseudonyms"][0]["net_number"])),
    );
    write("request_digest", &digests());

    let binding = Binding {
        profile: &profile,
        c_nonce: "a-c_nonce-of-the-issuer",
        dpop_jkt: "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I",
    };
    let issuance = json!({
        "profile": canonical, "c_nonce": binding.c_nonce, "dpop_jkt": binding.dpop_jkt,
        "secret_key": hex(key.expose_secret().as_slice()), "anchor": hex(&anchor.to_bytes()),
    });
    let prepared = Prepared::create(&wallet, &opening, rng).unwrap();
    let first =
        IssuanceProof::prove_first(&wallet, &opening, &anchor, &prepared, &binding, rng).unwrap();
    let (proven, sealed) = first.verify_first(&binding).unwrap();
    write(
        "issuance_first",
        &with(
            &issuance,
            json!({"proof": first, "anchor_box": hex(&sealed.to_bytes())}),
        ),
    );
    let renewal = IssuanceProof::prove_renewal(&anchor, &prepared, &binding, rng).unwrap();
    let refused = renewals(&wallet, &renewal.to_wire(), rng);
    write(
        "issuance_renewal",
        &with(&issuance, json!({"proof": renewal, "refused": refused})),
    );
    let session = TokenSession {
        issuer: ISSUER,
        c_nonce: binding.c_nonce,
        dpop_jkt: binding.dpop_jkt,
    };
    let token = TokenBinding::prove(&wallet, &opening, &anchor, &session, rng).unwrap();
    write(
        "token_binding",
        &json!({
            "issuer": ISSUER, "c_nonce": binding.c_nonce, "dpop_jkt": binding.dpop_jkt,
            "anchor": hex(&anchor.to_bytes()), "net_anchor_proof": token,
        }),
    );

    let document = issue(&key, &profile, &read_slots(&person()).unwrap(), &proven).unwrap();
    let certificate = UnverifiedCertificate::parse(&document)
        .unwrap()
        .finish(&profile, &wallet, &opening, &anchor, &prepared)
        .unwrap();
    write(
        "certificate",
        &with(
            &holder,
            json!({
                "profile": canonical,
                "prepared": hex(&prepared.expose_secret()),
                "secret_prover_blind": hex(&certificate.blind.expose_secret().to_bytes()),
                "credential": document,
                "refused": certificates(&document),
            }),
        ),
    );

    let mut presented = Vec::new();
    for (file, context, slots) in [
        (
            "presentation_with_pseudonym",
            Some(shop()),
            &[Slot::AgeOver18][..],
        ),
        (
            "presentation_without_pseudonym",
            None,
            &[Slot::AgeOver18, Slot::Nationality, Slot::NativeName],
        ),
    ] {
        let vector = presentation(&certificate, &wallet, context, slots, rng);
        write(file, &vector);
        presented.push(vector);
    }
    write(
        "refused_presentation",
        &presentations(canonical, &presented),
    );
}

fn secrets(seed: &Seed) -> Value {
    let one = |seed: &Seed, domain: &str, generation: u32| {
        let secret = HolderSecret::derive(seed, domain, generation);
        let nyms = secret.nyms().expose_secret().iter();
        let nyms: Vec<String> = nyms.map(|nym| hex(&nym.to_bytes())).collect();
        json!({
            "words": seed.words().as_str(), "entropy": hex(seed.expose_entropy()),
            "domain": domain, "generation": generation, "prover_nyms": nyms,
            "anchor_box_key": hex(secret.box_key().expose_secret()),
        })
    };
    json!([
        one(seed, ISSUER, 0),
        one(seed, ISSUER, 1),
        one(seed, "union of issuers", 0),
        one(&Seed::from_entropy(&[255; 32]), ISSUER, 0),
    ])
}

fn profiles(key: &EpochKey, profile: &EpochProfile) -> Value {
    let canonical = std::str::from_utf8(profile.canonical()).unwrap();
    json!({
        "secret_key": hex(key.expose_secret().as_slice()),
        "profile": canonical,
        "hash": hex(&profile.hash()),
        "header": hex(&profile.header()),
        "issued_from": profile.renew_from().unwrap().to_string(),
        "valid_from": profile.valid_from().to_string(),
        "switch_at": profile.switch_at().unwrap().to_string(),
        "valid_until": profile.valid_until().to_string(),
        "reference_date": profile.reference_date().to_string(),
        "refused": [
            format!("{canonical} "),
            canonical.replace("\"epoch\":46", "\"epoch\": 46"),
            canonical.replace("nym-03", "nym-04"),
            canonical.replace(",\"spare\"", ""),
            canonical.replace("+01:00", "Europe/Oslo"),
            canonical.replace(ISSUER, "issuer.example"),
            canonical.replace("\"key\":\"z", "\"key\":\"u"),
            canonical.replace("{\"contexts\"", "{\"aaa\":1,\"contexts\""),
        ],
    })
}

fn slot_values() -> Value {
    let valid = [
        json!({}),
        person(),
        json!({"birth_date": "1974", "guardianship": "legal_guardian"}),
    ];
    let valid = valid.map(|subject| {
        let messages = read_slots(&subject).unwrap().messages();
        let messages: Vec<String> = messages.iter().map(|one| hex(one)).collect();
        json!({"subject": subject, "messages": messages})
    });
    json!({
        "valid": valid,
        "refused": [
            {"spare": "x"}, {"spare": true}, {"age_over_18": "true"}, {"age_over_18": 1},
            {"age_over_15": true}, {"nationality": "uto"}, {"nationality": true},
            {"document_type": "licence"}, {"assurance": "total"}, {"guardianship": ""},
            {"given_name": ""}, {"given_name": " A"}, {"given_name": "A  B"},
            {"native_name": "Jose\u{301}"}, {"native_name": "A\u{200b}"},
            {"native_name": "A".repeat(121)}, {"birth_date": "1974-02-30"},
            {"birth_date": "12.08.1974"}, {"document_number": "l898"}, {"id": "urn:x"},
        ],
    })
}

fn contexts() -> Value {
    let response = "https://shop.example/response";
    let client = |id: &str| json!({"client_id": id, "response_uri": response});
    let valid = [
        client("decentralized_identifier:did:web:shop.example"),
        client("x509_san_dns:shop.example"),
        json!({"origin": "https://shop.example"}),
        json!({"origin": "https://shop.example:8443"}),
        json!({"did": "did:web:shop.example%3A8443"}),
        json!({"did": "did:web:host.example:tenants:shop"}),
        json!({"did": "did:web:xn--bcher-kva.example"}),
        json!({"did": "did:web:shop.example", "purpose": "votes"}),
        json!({"did": "did:web:shop.example", "purpose": "votes", "period": "2026"}),
        json!({"did": "did:web:127.0.0.1%3A8080", "loopback": true}),
    ];
    let refused = [
        client("redirect_uri:https://shop.example/response"),
        client("x509_hash:Uvo3HtuIxuhC92rShpgqcT3YXwrqRxWEviRiA0OZszk"),
        client("decentralized_identifier:did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp"),
        client("x509_san_dns:www.shop.example"),
        client("shop.example"),
        json!({"did": "did:web:Shop.example"}),
        json!({"did": "did:web:shop.example."}),
        json!({"did": "did:web:shop"}),
        json!({"did": "did:web:192.0.2.1"}),
        json!({"did": "did:web:127.0.0.1%3A8080"}),
        json!({"did": "did:web:shop.example%3A443"}),
        json!({"did": "did:web:shop.example%3a8443"}),
        json!({"did": "did:web:shop.example%3A08443"}),
        json!({"did": "did:web:host.example:.."}),
        json!({"did": "did:web:host.example:a%2Fb"}),
        json!({"did": "did:web:xn--abc-.example"}),
        json!({"did": "did:web:shop.example", "purpose": "Votes"}),
        json!({"origin": "http://shop.example"}),
        json!({"origin": "https://shop.example/"}),
        json!({"origin": "https://shop.example:443"}),
    ];
    let valid = valid.map(|one| {
        let id = hex(&a_context(&one).unwrap().id());
        with(&one, json!({"context_id": id}))
    });
    let refused = refused.map(|one| {
        let error = format!("{:?}", a_context(&one).unwrap_err());
        with(&one, json!({"error": error}))
    });
    json!({"valid": valid, "refused": refused})
}

fn pseudonyms(wallet: &HolderSecret, anchor: &Anchor) -> Value {
    let secrets = NymSecrets::new(wallet.nyms(), anchor.entropy());
    let nyms = wallet.nyms().expose_secret().iter();
    let nyms: Vec<String> = nyms.map(|nym| hex(&nym.to_bytes())).collect();
    let pseudonyms = contexts()["valid"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let pseudonym = bbs::calculate_pseudonym(&bytes(&one["context_id"]), &secrets).unwrap();
            let number = NetNumber::of(&Pseudonym::of(&pseudonym));
            json!({
                "context_id": one["context_id"], "pseudonym": hex(&pseudonym.to_bytes()),
                "net_number": number.to_string(), "read_aloud": number.grouped(),
            })
        })
        .collect::<Vec<_>>();
    json!({
        "prover_nyms": nyms,
        "signer_nym_entropy": hex(&anchor.entropy().to_bytes()),
        "last_nym_secret": hex(&secrets.expose_secret()[15].to_bytes()),
        "pseudonyms": pseudonyms,
    })
}

fn numbers(number: &str) -> Value {
    let parsed = NetNumber::parse(number).unwrap();
    let at = |place: usize, letter: &str| {
        let mut typed = number.to_owned();
        typed.replace_range(place..=place, letter);
        typed
    };
    let other = |place: usize| match &number[place..=place] {
        "q" => "p",
        _ => "q",
    };
    let mut twice = at(5, other(5));
    twice.replace_range(20..=20, other(20));
    let mut less = number.to_owned();
    less.remove(12);
    let typed = [
        number.to_owned(),
        parsed.grouped(),
        parsed.grouped().to_uppercase(),
        number.replace("nn1", "nn1-"),
        at(3, other(3)),
        at(28, other(28)),
        at(10, "b"),
        at(10, "O"),
        twice,
        less,
        format!("{}q{}", &number[..17], &number[17..]),
        number[..25].to_owned(),
        number.replace("nn1", "nm1"),
        String::new(),
    ];
    let cases = typed.map(|typed| json!({"outcome": outcome(&typed), "typed": typed}));
    json!(cases)
}

fn digests() -> Value {
    let parameters = [
        json!({"nonce": "n"}),
        json!({
            "client_id": "decentralized_identifier:did:web:shop.example",
            "response_type": "vp_token", "response_mode": "direct_post",
            "response_uri": "https://shop.example/response", "nonce": "n-0S6_WzA2Mj",
            "dcql_query": {"credentials": [{
                "id": "person", "format": FORMAT, "meta": {"pseudonym": {}},
                "claims": [{"path": ["credentialSubject", "age_over_18"]}],
            }]},
            "client_metadata": {"client_name": "Bücher & Cø", "n": 1.5},
            "aud": "https://self-issued.me/v2", "exp": 2, "iat": 1, "nbf": 1,
            "iss": "did:web:shop.example", "wallet_nonce": "w",
        }),
    ];
    let cases = parameters.map(|parameters| {
        let digest = crate::request_digest(parameters.as_object().unwrap()).unwrap();
        json!({"parameters": parameters, "digest": hex(&digest)})
    });
    json!(cases)
}

fn renewals(wallet: &HolderSecret, wire: &IssuanceProofWire, rng: &mut Numbers) -> Value {
    let mut scalars = wallet.nyms().expose_secret().to_vec();
    scalars.push(Scalar::ZERO);
    let nyms = ProverNyms::new(Zeroizing::new(scalars)).unwrap();
    let (longer, _) = bbs::nym_commit(&[[0; 0]; 0], &nyms, rng).unwrap();
    let mut identity = [0; 48];
    identity[0] = 0xc0;
    let cases = [
        (
            IssuanceProofWire {
                commitment: base64url::encode(longer.to_bytes()),
                ..wire.clone()
            },
            "Lengths",
        ),
        (
            IssuanceProofWire {
                anchor: base64url::encode(identity),
                ..wire.clone()
            },
            "Malformed(Anchor, Identity)",
        ),
        (
            IssuanceProofWire {
                delta_proof: base64url::encode([0; 64]),
                ..wire.clone()
            },
            "Malformed(DeltaProof, Scalar)",
        ),
        (
            IssuanceProofWire {
                delta_proof: base64url::encode([1; 64]),
                ..wire.clone()
            },
            "Delta",
        ),
        (
            IssuanceProofWire {
                epoch: 47,
                ..wire.clone()
            },
            "Epoch",
        ),
    ];
    json!(cases.map(|(proof, error)| json!({"proof": proof, "error": error})))
}

fn certificates(document: &Value) -> Value {
    let changed = |pointer: &str, value: Value| {
        let mut document = document.clone();
        *document.pointer_mut(pointer).unwrap() = value;
        document
    };
    let cases = [
        (
            changed("/validUntil", json!("2026-12-01T00:00:01Z")),
            "Deviates",
        ),
        (
            changed(
                "/proof/verificationMethod",
                json!("did:web:issuer.example#you"),
            ),
            "Deviates",
        ),
        (
            changed("/credentialSubject/given_name", json!("ANNE")),
            "Signature",
        ),
        (
            changed("/credentialSubject/given_name", json!("")),
            "Slot(Length(GivenName))",
        ),
        (changed("/proof/proofValue", json!("z")), "Shape"),
    ];
    json!(cases.map(|(credential, error)| json!({"credential": credential, "error": error})))
}

fn person() -> Value {
    json!({
        "age_over_14": true, "age_over_16": true, "age_over_18": true, "age_over_21": true,
        "age_over_60": false, "nationality": "UTO", "document_type": "passport",
        "assurance": "substantial", "stable_12_months": false, "given_name": "ANNA MARIA",
        "family_name": "ERIKSSON", "native_name": "Анна Мария Эрикссон",
        "birth_date": "1974-08-12", "document_number": "L898902C3",
    })
}

fn shop() -> Value {
    json!({
        "client_id": "decentralized_identifier:did:web:shop.example",
        "response_uri": "https://shop.example/response",
    })
}

fn with(value: &Value, more: Value) -> Value {
    let mut members: Map<String, Value> = value.as_object().unwrap().clone();
    members.extend(more.as_object().unwrap().clone());
    Value::Object(members)
}

fn write(name: &str, vector: &Value) {
    let mut text = serde_json::to_string_pretty(vector).unwrap();
    text.push('\n');
    std::fs::write(folder().join(format!("{name}.json")), text).unwrap();
}

const ISSUER: &str = "did:web:issuer.example";

/// SHA-256 of a counter.
struct Numbers(u64);

impl TryRng for Numbers {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        rand_core::utils::next_word_via_fill(self)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        rand_core::utils::next_word_via_fill(self)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(32) {
            self.0 += 1;
            let block = keys::sha256(&self.0.to_be_bytes());
            for (to, from) in chunk.iter_mut().zip(block) {
                *to = from;
            }
        }
        Ok(())
    }
}

impl TryCryptoRng for Numbers {}
