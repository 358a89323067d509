use catalogue::Catalogue;
use wallet::Crowd;

use super::moment;
use super::style::{notice, strong, warning};
use crate::foreign::plain;
use crate::shape::request::{NetShare, NumberShare, Seen, Share};

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
        lines.push(crowd(net, say, colours));
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

fn crowd(net: &NetShare, say: &Catalogue, colours: bool) -> String {
    let claims = ("claims", net.narrowing.join(", ").into());
    match net.crowd {
        Some(Crowd::FewerThan(bound)) => {
            let variables = [claims, ("people", thousands(bound).into())];
            match Crowd::FewerThan(bound).is_small() {
                true => warning(&say.text("consent-crowd-few", &variables), colours),
                false => notice(&say.text("consent-crowd", &variables), colours),
            }
        }
        Some(Crowd::Unknown) => warning(&say.text("consent-crowd-unknown", &[claims]), colours),
        Some(Crowd::Unbounded) | None => notice(&say.text("consent-narrowing", &[claims]), colours),
    }
}

/// A number with commas between its thousands, as both languages write it.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
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
    if let Some(before) = &number.before {
        let before = [("before", plain(before).into())];
        lines.push(warning(
            &say.text("consent-number-list-was", &before),
            colours,
        ));
    } else if number.list_changed {
        let said = match number.is_new {
            true => "consent-number-list-new",
            false => "consent-number-list-changed",
        };
        lines.push(notice(&say.text(said, &[]), colours));
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

#[cfg(test)]
mod tests {
    use catalogue::Language;

    use super::*;

    fn told(crowd: Crowd, language: Language) -> String {
        let net = NetShare {
            epoch: 1,
            late: false,
            naming: Vec::new(),
            narrowing: vec!["nationality".to_owned(), "document_type".to_owned()],
            crowd: Some(crowd),
            number: None,
            to_issuer: false,
        };
        super::crowd(&net, &Catalogue::new(language), false)
    }

    #[test]
    fn a_crowd_is_told_by_its_bound_in_both_languages() {
        let large = Crowd::FewerThan(100_000_000);
        let text = told(large, Language::English);
        assert!(text.contains("nationality, document_type"), "{text}");
        assert!(text.contains("fewer than 100,000,000 people"), "{text}");
        assert!(!text.contains("WARNING"), "{text}");
        let text = told(large, Language::Chinese);
        assert!(text.contains("不到 100,000,000 人"), "{text}");
        let small = told(Crowd::FewerThan(10_000), Language::English);
        assert!(
            small.contains("WARNING") && small.contains("fewer than 10,000 people"),
            "{small}"
        );
        let small = told(Crowd::FewerThan(1_000), Language::Chinese);
        assert!(
            small.contains("警告") && small.contains("不到 1,000 人"),
            "{small}"
        );
    }

    #[test]
    fn a_change_of_purposes_is_told() {
        let told = |before: Option<&str>, is_new: bool| {
            let number = NumberShare {
                number: "nn1".to_owned(),
                grouped: "nn1".to_owned(),
                platform: "shop.example".to_owned(),
                purpose: Some("jury".to_owned()),
                period: Some("2026-12".to_owned()),
                list_changed: true,
                before: before.map(str::to_owned),
                is_new,
                seen: Seen::First,
                last_shown: None,
                shares_host: false,
                development: false,
            };
            self::number(&number, &Catalogue::new(Language::English), false).join("\n")
        };
        let was = told(Some("jury (2026-11)"), false);
        assert!(was.contains("This one was: jury (2026-11)."), "{was}");
        assert!(told(None, true).contains("This one is new."));
        assert!(told(None, false).contains("This one is as it was."));
    }

    #[test]
    fn what_cannot_be_estimated_is_told_as_such() {
        let unknown = told(Crowd::Unknown, Language::English);
        assert!(
            unknown.contains("WARNING") && unknown.contains("cannot estimate"),
            "{unknown}"
        );
        assert!(told(Crowd::Unknown, Language::Chinese).contains("无法估计"));
        let unbounded = told(Crowd::Unbounded, Language::English);
        assert!(unbounded.contains("cannot know"), "{unbounded}");
    }
}
