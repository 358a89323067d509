use catalogue::Catalogue;

use super::moment;
use super::style::{notice, strong, warning};
use crate::foreign::plain;
use crate::shape::{NetShare, NumberShare, Seen, Share};

/// What showing a net certificate means: the number, who could link it, and what to think about.
pub(super) fn net(share: &Share, net: &NetShare, say: &Catalogue, colours: bool) -> Vec<String> {
    let mut lines = Vec::new();
    match &net.number {
        Some(number) => lines.extend(self::number(number, say, colours)),
        None => lines.push(say.text("consent-no-number", &[])),
    }
    if !net.naming.is_empty() {
        let claims = [("claims", net.naming.join(", ").into())];
        lines.push(warning(&say.text("consent-naming", &claims), colours));
    }
    if !net.narrowing.is_empty() {
        let claims = [("claims", net.narrowing.join(", ").into())];
        lines.push(notice(&say.text("consent-narrowing", &claims), colours));
    }
    if net.to_issuer {
        lines.push(notice(&say.text("consent-to-issuer", &[]), colours));
    }
    if share.expired {
        lines.push(notice(&say.text("consent-net-expired", &[]), colours));
    } else if net.late {
        lines.push(notice(&say.text("consent-late", &[]), colours));
    }
    lines.push(match &net.number {
        Some(_) => say.text("consent-label-number", &[]),
        None => say.text("consent-label-unlinkable", &[]),
    });
    lines
}

fn number(number: &NumberShare, say: &Catalogue, colours: bool) -> Vec<String> {
    let shown = [
        ("number", number.grouped.as_str().into()),
        ("platform", plain(&number.platform).into()),
    ];
    let mut lines = vec![strong(&say.text("consent-number", &shown), colours)];
    let last = number.last_shown.map(moment).unwrap_or_default();
    let last = [("time", last.into())];
    lines.push(match number.seen {
        Seen::Another => warning(&say.text("consent-number-another", &last), colours),
        Seen::First => say.text("consent-number-first", &[]),
        Seen::Same => say.text("consent-number-same", &last),
    });
    if let Some(purpose) = &number.purpose {
        let scope = [("purpose", plain(purpose).into())];
        lines.push(match &number.period {
            None => say.text("consent-number-scope", &scope),
            Some(period) => {
                let [purpose] = scope;
                let scope = [purpose, ("period", plain(period).into())];
                say.text("consent-number-period", &scope)
            }
        });
    }
    if number.shares_host {
        lines.push(notice(&say.text("consent-number-host", &[]), colours));
    }
    if number.development {
        lines.push(notice(
            &say.text("consent-number-development", &[]),
            colours,
        ));
    }
    lines
}
