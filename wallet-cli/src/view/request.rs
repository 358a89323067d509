use catalogue::Catalogue;

use super::style::{notice, strong, warning};
use super::{columns, moment, value};
use crate::foreign::plain;
use crate::shape::request::{Lack, NearMiss, Request, Share};

/// Who asks, how that is known, why, what would be shared and what stays hidden.
pub(crate) fn request(request: &Request, say: &Catalogue, colours: bool) -> String {
    let mut lines = who(request, say, colours);
    for ask in request
        .asks
        .iter()
        .filter(|ask| request.missing.contains(&ask.query))
    {
        let wanted = [
            ("types", plain(&ask.types.join(", ")).into()),
            ("claims", plain(&ask.claims.join(", ")).into()),
        ];
        lines.push(String::new());
        lines.push(say.text("consent-asks-for", &wanted));
        lines.extend(ask.near_misses.iter().map(|miss| near_miss(miss, say)));
    }
    for (claim, until) in request.asks.iter().flat_map(|ask| &ask.resting) {
        let about = [
            ("claim", plain(claim).into()),
            ("time", moment(*until).into()),
        ];
        lines.push(notice(&say.text("consent-resting", &about), colours));
    }
    for share in &request.would_share {
        lines.push(String::new());
        lines.extend(sharing(share, say, colours));
    }
    if !request.could_share_instead.is_empty() {
        let ids = request.could_share_instead.join(", ");
        lines.push(String::new());
        lines.push(say.text("consent-others", &[("ids", ids.into())]));
    }
    lines.join("\n")
}

/// Why what the Holder would think of first does not do.
fn near_miss(miss: &NearMiss, say: &Catalogue) -> String {
    let (message, claim) = match &miss.lack {
        Lack::Authority => ("consent-near-authority", ""),
        Lack::Claim(claim) => ("consent-near-claim", claim.as_str()),
        Lack::HolderBinding => ("consent-near-binding", ""),
        Lack::Value(claim) => ("consent-near-value", claim.as_str()),
    };
    let about = [
        ("id", miss.id.as_str().into()),
        ("name", plain(&miss.name).into()),
        ("claim", plain(claim).into()),
    ];
    format!("  {}", say.text(message, &about))
}

fn who(request: &Request, say: &Catalogue, colours: bool) -> Vec<String> {
    let verifier = &request.verifier;
    let asks = match &verifier.name {
        Some(name) => say.text("consent-asks", &[("name", plain(name).into())]),
        None => say.text("consent-asks-nameless", &[]),
    };
    let identity = match &verifier.did {
        Some(did) => say.text("consent-identity-did", &[("did", plain(did).into())]),
        None => warning(&say.text("consent-identity-nobody", &[]), colours),
    };
    let mut lines = vec![
        strong(&asks, colours),
        format!("  {}", plain(&verifier.client_id)),
        format!("  {identity}"),
    ];
    if let Some(purpose) = &request.purpose {
        let why = say.text("consent-purpose", &[("purpose", plain(purpose).into())]);
        lines.push(format!("  {why}"));
    }
    let to = match verifier.response_uri.as_str() {
        "" => say.text("consent-door", &[]),
        uri => say.text("consent-answer-to", &[("address", plain(uri).into())]),
    };
    lines.push(format!("  {to}"));
    lines
}

fn sharing(share: &Share, say: &Catalogue, colours: bool) -> Vec<String> {
    let from = [
        ("id", share.id.as_str().into()),
        ("name", plain(&share.name).into()),
        ("issuer", plain(&share.issuer_name).into()),
    ];
    let mut lines = vec![strong(&say.text("consent-sharing", &from), colours)];
    let rows: Vec<_> = share
        .claims
        .iter()
        .map(|(name, claim)| (plain(name), value(claim)))
        .collect();
    lines.extend(columns(&rows));
    lines.push(if share.hidden.is_empty() {
        say.text("consent-stays-hidden-nothing", &[])
    } else {
        let hidden: Vec<_> = share.hidden.iter().map(|name| plain(name)).collect();
        say.text(
            "consent-stays-hidden",
            &[("claims", hidden.join(", ").into())],
        )
    });
    for (name, identifier) in &share.identifiers {
        let unique = [
            ("name", plain(name).into()),
            ("value", value(identifier).into()),
        ];
        lines.push(notice(&say.text("consent-unique", &unique), colours));
    }
    if let Some(net) = &share.net {
        lines.extend(super::net::net(share, net, say, colours));
        return lines;
    }
    if share.whole {
        lines.push(notice(&say.text("consent-whole", &[]), colours));
    }
    lines.push(copies(share, say));
    lines.push(notice(
        &say.text("consent-label-recognisable", &[]),
        colours,
    ));
    lines
}

fn copies(share: &Share, say: &Catalogue) -> String {
    if share.expired {
        say.text("consent-expired", &[])
    } else if share.copies_left == 0 {
        say.text("consent-copies-none", &[])
    } else {
        say.text("consent-copies", &[("copies", share.copies_left.into())])
    }
}

#[cfg(test)]
mod tests {
    use catalogue::Language;
    use insta::assert_snapshot;
    use serde_json::json;

    use super::*;
    use crate::shape::request::{Ask, Verifier};

    fn example() -> Request {
        let claims = json!({"age_over_18": true, "address.country": "UTO"});
        Request {
            verifier: Verifier {
                client_id: "decentralized_identifier:did:web:shop.example".to_owned(),
                name: Some("Example Shop".to_owned()),
                did: Some("did:web:shop.example".to_owned()),
                response_uri: "https://shop.example/oid4vp/response/1".to_owned(),
            },
            purpose: Some("To sell you wine".to_owned()),
            asks: vec![Ask {
                query: "person".to_owned(),
                types: vec!["urn:example:person".to_owned()],
                claims: vec!["age_over_18".to_owned(), "address.country".to_owned()],
                resting: std::collections::BTreeMap::new(),
                near_misses: Vec::new(),
            }],
            would_share: vec![Share {
                id: "3k9xm".to_owned(),
                name: "Person".to_owned(),
                issuer_name: "Utopia Passports".to_owned(),
                claims: claims.as_object().unwrap().clone(),
                identifiers: serde_json::Map::new(),
                hidden: vec!["birth_date".to_owned(), "family_name".to_owned()],
                whole: false,
                expired: false,
                copies_left: 10,
                net: None,
            }],
            could_share_instead: vec!["7q2ab".to_owned()],
            missing: Vec::new(),
        }
    }

    fn english(example: &Request) -> String {
        request(example, &Catalogue::new(Language::English), false)
    }

    #[test]
    fn a_signed_request_says_who_why_what_and_what_stays_hidden() {
        assert_snapshot!(english(&example()));
    }

    #[test]
    fn a_request_that_nobody_vouches_for_says_so_loudly() {
        let mut example = example();
        example.verifier.did = None;
        example.verifier.name = Some("Bank\n  signed by did:web:bank.example".to_owned());
        example.verifier.client_id = "redirect_uri:https://shop.example/r".to_owned();
        example.purpose = None;
        example.could_share_instead.clear();
        assert_snapshot!(english(&example));
        let colours = request(&example, &Catalogue::new(Language::English), true);
        assert!(colours.contains("\u{1b}[1;31mWARNING"));
    }

    #[test]
    fn the_last_copy_none_and_a_whole_credential_are_told() {
        let mut example = example();
        if let Some(share) = example.would_share.first_mut() {
            share.copies_left = 1;
            share.whole = true;
            share.hidden.clear();
        }
        let last = english(&example);
        assert!(last.contains("This is the last one-time copy."), "{last}");
        assert!(last.contains("cannot hide anything"), "{last}");
        assert!(last.contains("Nothing stays hidden."), "{last}");
        if let Some(share) = example.would_share.first_mut() {
            share.copies_left = 0;
        }
        assert!(english(&example).contains("No unused copy is left."));
        if let Some(share) = example.would_share.first_mut() {
            share.expired = true;
        }
        assert!(english(&example).contains("Its copies have expired."));
    }

    #[test]
    fn what_names_the_credential_itself_is_told() {
        let mut example = example();
        assert!(!english(&example).contains("unique"));
        if let Some(share) = example.would_share.first_mut() {
            share.identifiers.insert("jti".to_owned(), "4711".into());
        }
        let told = english(&example);
        assert!(
            told.contains("Shows its unique identifier as well (jti"),
            "{told}"
        );
        assert!(told.contains("4711"), "{told}");
    }

    #[test]
    fn what_nearly_answers_is_told_with_what_it_lacks() {
        let mut example = example();
        example.missing = vec!["person".to_owned()];
        let miss = |lack| NearMiss {
            id: "3k9xm".to_owned(),
            name: "Person\n".to_owned(),
            lack,
        };
        let claim = || "address.country".to_owned();
        let lacks = [
            (Lack::Authority, "not from an authority"),
            (Lack::Claim(claim()), "does not say address.country"),
            (Lack::HolderBinding, "not bound to its holder"),
            (Lack::Value(claim()), "what it says of address.country"),
        ];
        for (lack, expected) in lacks {
            if let Some(ask) = example.asks.first_mut() {
                ask.near_misses = vec![miss(lack)];
            }
            let told = english(&example);
            let mut lines = told
                .lines()
                .filter(|line| line.starts_with("  3k9xm (Person"));
            assert!(lines.any(|line| line.contains(expected)), "{told}");
        }
    }

    #[test]
    fn a_request_speaks_chinese() {
        let chinese = request(&example(), &Catalogue::new(Language::Chinese), false);
        assert_snapshot!(chinese);
    }
}
