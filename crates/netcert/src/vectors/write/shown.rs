//! Presentations, and those that must be refused.

use super::*;

pub(super) fn presentation(
    certificate: &Certificate,
    wallet: &HolderSecret,
    context: Option<Value>,
    slots: &[Slot],
    rng: &mut Numbers,
) -> Value {
    let parsed = context.as_ref().map(|one| a_context(one).unwrap());
    let header = PresentationHeader {
        nonce: "n-0S6_WzA2Mj",
        client_id: "decentralized_identifier:did:web:shop.example",
        response_uri: "https://shop.example/response",
        request_digest: keys::sha256(b"a request"),
    };
    let disclosure = Disclosure {
        slots,
        context: parsed.as_ref(),
        name_beside_number: false,
    };
    let shown = certificate
        .present(wallet, &disclosure, &header, rng)
        .unwrap();
    let canonical = std::str::from_utf8(certificate.profile.canonical()).unwrap();
    let vector = json!({
        "profile": canonical,
        "now": "2026-11-25T12:00:00Z",
        "presentation_header": {
            "nonce": header.nonce, "client_id": header.client_id,
            "response_uri": header.response_uri,
            "request_digest": hex(&header.request_digest),
            "bytes": hex(&header.bytes(parsed.as_ref())),
        },
        "shown": shown.unverified_slots().subject(),
        "presentation": shown.to_json(&certificate.profile).unwrap(),
        "cbor": hex(&shown.to_cbor()),
    });
    match (context, shown.unverified_pseudonym()) {
        (Some(context), Some(pseudonym)) => {
            let more = json!({"context": context, "pseudonym": hex(pseudonym.as_bytes())});
            with(&vector, more)
        }
        _ => vector,
    }
}

pub(super) fn presentations(canonical: &str, presented: &[Value]) -> Value {
    let [with_pseudonym, without] = presented else {
        panic!("two presentations");
    };
    let case = |from: &Value, why: &str, error: &str, change: &dyn Fn(&mut Value)| {
        let mut one = json!({
            "why": why, "error": error, "now": from["now"],
            "presentation_header": from["presentation_header"],
            "presentation": from["presentation"],
        });
        if let Some(context) = from.get("context") {
            one["context"] = context.clone();
        }
        one["presentation_header"]
            .as_object_mut()
            .unwrap()
            .remove("bytes");
        change(&mut one);
        one
    };
    let put = |pointer: &'static str, value: Value| {
        move |one: &mut Value| *one.pointer_mut(pointer).unwrap() = value.clone()
    };
    let cbor = |from: &Value, change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = bytes(&from["cbor"]);
        change(&mut bytes);
        hex(&bytes)
    };
    let as_cbor = |cbor: String| {
        move |one: &mut Value| {
            one.as_object_mut().unwrap().remove("presentation");
            one["cbor"] = json!(cbor);
        }
    };
    let identity = cbor(with_pseudonym, &|bytes| {
        bytes[41..89].fill(0);
        bytes[41] = 0xc0;
    });
    let longer = cbor(with_pseudonym, &|bytes| bytes.push(0));
    let zero = cbor(without, &|bytes| {
        let end = bytes.len();
        bytes[end - 32..].fill(0);
    });
    let refused = json!([
        case(
            with_pseudonym,
            "another nonce",
            "Proof",
            &put("/presentation_header/nonce", json!("x"))
        ),
        case(
            with_pseudonym,
            "relayed to another Verifier",
            "Proof",
            &put(
                "/presentation_header/client_id",
                json!("x509_san_dns:evil.example")
            )
        ),
        case(
            with_pseudonym,
            "another response_uri",
            "Proof",
            &put(
                "/presentation_header/response_uri",
                json!("https://evil.example/")
            )
        ),
        case(
            with_pseudonym,
            "another request",
            "Proof",
            &put("/presentation_header/request_digest", json!(hex(&[0; 32])))
        ),
        case(
            with_pseudonym,
            "another context",
            "Proof",
            &put("/context/client_id", json!("x509_san_dns:shop.example"))
        ),
        case(
            with_pseudonym,
            "no pseudonym was asked for",
            "PseudonymUnasked",
            &|one| {
                one.as_object_mut().unwrap().remove("context");
            }
        ),
        case(
            without,
            "a pseudonym was asked for",
            "PseudonymMissing",
            &|one| one["context"] = shop()
        ),
        case(
            without,
            "a value that was not signed",
            "Proof",
            &put("/presentation/credentialSubject/nationality", json!("XXA"))
        ),
        case(without, "a slot less", "Lengths", &|one| {
            let subject = one.pointer_mut("/presentation/credentialSubject").unwrap();
            subject.as_object_mut().unwrap().remove("nationality");
        }),
        case(
            without,
            "a false flag",
            "Slot(FalseFlag(AgeOver18))",
            &put("/presentation/credentialSubject/age_over_18", json!(false))
        ),
        case(without, "a mark", "Deviates", &|one| one["presentation"]
            ["id"] =
            json!("urn:x")),
        case(
            without,
            "another validUntil",
            "Deviates",
            &put("/presentation/validUntil", json!("2026-12-02T00:00:00Z"))
        ),
        case(
            without,
            "before the epoch",
            "NotYetValid",
            &put("/now", json!("2026-11-22T23:59:59Z"))
        ),
        case(
            without,
            "after the epoch",
            "Expired",
            &put("/now", json!("2026-12-01T00:00:01Z"))
        ),
        case(
            with_pseudonym,
            "the identity as pseudonym",
            "Malformed",
            &as_cbor(identity)
        ),
        case(
            with_pseudonym,
            "a byte after the end",
            "Shape",
            &as_cbor(longer)
        ),
        case(without, "a challenge of zero", "Malformed", &as_cbor(zero)),
    ]);
    json!({"profile": canonical, "refused": refused})
}
