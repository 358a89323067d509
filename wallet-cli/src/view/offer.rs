use catalogue::Catalogue;

use super::style::{notice, strong};
use crate::foreign::plain;
use crate::shape::offer::Offer;

/// Who offers what, and what the issuer learns when it is accepted.
pub(crate) fn offer(offer: &Offer, say: &Catalogue, colours: bool) -> String {
    let issuer = &offer.issuer;
    let host = issuer.host.as_deref().unwrap_or(&issuer.identifier);
    let who = [
        ("name", plain(&issuer.name).into()),
        ("host", plain(host).into()),
    ];
    let mut lines = vec![strong(&say.text("offer-offers", &who), colours)];
    for one in &offer.credentials {
        let named = [
            ("name", plain(&one.name).into()),
            ("format", one.format.into()),
            ("types", plain(&one.types.join(", ")).into()),
        ];
        lines.push(String::new());
        lines.push(say.text("offer-credential", &named));
        if !one.claims.is_empty() {
            let claims = plain(&one.claims.join(", "));
            lines.push(format!(
                "  {}",
                say.text("offer-claims", &[("claims", claims.into())])
            ));
        }
        let copies = match one.format {
            netcert::FORMAT => say.text("offer-net", &[]),
            _ => say.text("offer-copies", &[("copies", one.copies.into())]),
        };
        lines.push(format!("  {copies}"));
    }
    lines.push(String::new());
    if !offer.unsupported.is_empty() {
        let ids = plain(&offer.unsupported.join(", "));
        lines.push(say.text("offer-unsupported", &[("ids", ids.into())]));
    }
    lines.push(notice(&say.text("offer-learns", &[]), colours));
    if let Some(code) = &offer.tx_code {
        let asked = [
            ("length", code.length.unwrap_or_default().into()),
            ("host", plain(&code.sent_to).into()),
        ];
        lines.push(say.text("offer-code", &asked));
        if let Some(text) = &code.description {
            let described = [("description", plain(text).into())];
            lines.push(say.text("offer-code-described", &described));
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use catalogue::Language;
    use insta::assert_snapshot;

    use super::*;
    use crate::shape::offer::{OfferIssuer, Offered, TxCode};

    fn example() -> Offer {
        Offer {
            issuer: OfferIssuer {
                identifier: "https://id.utopia.example".to_owned(),
                host: Some("id.utopia.example".to_owned()),
                name: "Utopia\u{1b}[2J Passports".to_owned(),
            },
            credentials: vec![Offered {
                configuration: "person".to_owned(),
                name: "Person".to_owned(),
                format: "dc+sd-jwt",
                types: vec!["https://id.utopia.example/types/person".to_owned()],
                claims: vec!["given_name".to_owned(), "age_over_18".to_owned()],
                copies: 10,
            }],
            unsupported: vec!["mdl".to_owned()],
            tx_code: Some(TxCode {
                numeric: true,
                length: Some(6),
                description: Some("by letter".to_owned()),
                sent_to: "id.utopia.example".to_owned(),
            }),
        }
    }

    #[test]
    fn an_offer_says_who_what_how_often_and_what_the_issuer_learns() {
        let english = offer(&example(), &Catalogue::new(Language::English), false);
        assert_snapshot!(english);
    }

    #[test]
    fn an_offer_speaks_chinese() {
        let chinese = offer(&example(), &Catalogue::new(Language::Chinese), false);
        assert_snapshot!(chinese);
    }
}
