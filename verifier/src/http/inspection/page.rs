use catalogue::{Catalogue, Language};
use inspect::{Entry, Finding, Report, Section, Severity, Shown, Verdict};
use maud::{DOCTYPE, Markup, html};

/// The page with the form alone.
pub(super) fn form(catalogue: &Catalogue) -> Markup {
    let text = |id| catalogue.text(id, &[]);
    let content = html! {
        p.intro { (text("inspect-page-intro")) }
        (field(catalogue))
    };
    frame(catalogue, "inspect", &content)
}

/// The page with a report, and the form for another text below it.
///
/// The text itself is not repeated: it may hold a secret.
pub(super) fn report(report: &Report, catalogue: &Catalogue) -> Markup {
    let text = |id| catalogue.text(id, &[]);
    let content = html! {
        (whole(report, catalogue, 0))
        p.evidence { (text("inspect-page-evidence")) }
        h2 #again { (text("inspect-page-again")) }
        (field(catalogue))
    };
    frame(catalogue, "inspect", &content)
}

/// The page when too many wait.
pub(super) fn busy(catalogue: &Catalogue) -> Markup {
    let content = html! {
        p.verdict.undecided role="alert" { (catalogue.text("inspect-page-busy", &[])) }
        (field(catalogue))
    };
    frame(catalogue, "inspect", &content)
}

/// The page when a text was longer than the field.
pub(super) fn too_long(catalogue: &Catalogue) -> Markup {
    let most = [("most", MOST_CHARACTERS.into())];
    let content = html! {
        p.verdict.undecided role="alert" { (catalogue.text("inspect-page-too-large", &most)) }
        (field(catalogue))
    };
    frame(catalogue, "inspect", &content)
}

/// What the page looks like.
pub(super) const STYLE: &str = include_str!("style.css");

fn frame(catalogue: &Catalogue, address: &str, content: &Markup) -> Markup {
    let title = catalogue.text("inspect-page-title", &[]);
    html! {
        (DOCTYPE)
        html lang=(catalogue.language().tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (title) " · Pessoa" }
                link rel="stylesheet" href="inspect.css";
            }
            body {
                header {
                    a.brand href=(address) { "Pessoa" }
                    nav aria-label=(catalogue.text("inspect-page-language", &[])) {
                        @for (language, name) in [(Language::English, "English"), (Language::Chinese, "中文")] {
                            @let current = (language == catalogue.language()).then_some("true");
                            a href={ (address) "?lang=" (language.tag()) } lang=(language.tag())
                                hreflang=(language.tag()) aria-current=[current] { (name) }
                        }
                    }
                }
                main {
                    h1 { (title) }
                    (content)
                }
            }
        }
    }
}

fn field(catalogue: &Catalogue) -> Markup {
    let text = |id| catalogue.text(id, &[]);
    html! {
        form action="inspect" method="post" enctype="text/plain" autocomplete="off" {
            input type="hidden" name="lang" value=(catalogue.language().tag());
            label for="text" { (text("inspect-page-label")) }
            textarea #text name="text" rows="8" required spellcheck="false" autocapitalize="off"
                autocomplete="off" maxlength=(MOST_CHARACTERS) aria-describedby="hint" {}
            p #hint.hint { (text("inspect-page-hint")) }
            button type="submit" { (text("inspect-page-button")) }
        }
    }
}

fn whole(report: &Report, catalogue: &Catalogue, depth: usize) -> Markup {
    let text = |id| catalogue.text(id, &[]);
    html! {
        article .report .inner[depth > 0] {
            div.verdict.(report.verdict.name()) role=[(depth == 0).then_some("status")] {
                span.sign aria-hidden="true" { (verdict_sign(report.verdict)) }
                div {
                    (heading(depth, &report.kind.words(catalogue)))
                    p.judgement { (report.verdict.words(catalogue)) }
                }
            }
            p.about { (report.kind.explanation(catalogue)) }
            @if !report.findings.is_empty() {
                (heading(depth + 1, &text("inspect-page-found")))
                ul.findings {
                    @for finding in &report.findings { (found(finding, catalogue)) }
                }
            }
            @for section in &report.sections { (said(section, catalogue, depth + 1)) }
            @if !report.inside.is_empty() {
                (heading(depth + 1, &text("inspect-page-inside")))
                @for inside in &report.inside { (whole(inside, catalogue, depth + 2)) }
            }
        }
    }
}

fn found(finding: &Finding, catalogue: &Catalogue) -> Markup {
    html! {
        li.(finding.severity.name()) {
            span.sign aria-hidden="true" { (sign(finding.severity)) }
            span {
                span.severity { (finding.severity.words(catalogue)) ": " }
                (finding.words(catalogue))
                @if let Some(pointer) = &finding.pointer { " " code { (pointer) } }
            }
        }
    }
}

fn said(section: &Section, catalogue: &Catalogue, depth: usize) -> Markup {
    html! {
        section {
            (heading(depth, &section.title.words(catalogue)))
            (entries(&section.entries, catalogue))
        }
    }
}

fn entries(entries: &[Entry], catalogue: &Catalogue) -> Markup {
    html! {
        dl {
            @for entry in entries {
                div.entry .nested[is_nested(&entry.value)] {
                    dt {
                        @match entry.meaning.map(|meaning| meaning.words(catalogue)) {
                            Some(words) if words != entry.name => {
                                span.meaning { (words) } " " code { (entry.name) }
                            }
                            _ => span.name { (entry.name) }
                        }
                    }
                    dd { (value(entry, catalogue)) }
                }
            }
        }
    }
}

fn value(entry: &Entry, catalogue: &Catalogue) -> Markup {
    let mark = html! {
        @if entry.disclosed {
            " " span.mark { (catalogue.text("inspect-mark-disclosed", &[])) }
        }
    };
    match &entry.value {
        Shown::Items(inner) if entry.value.is_flat() => html! {
            ul.values {
                @for one in inner { li { bdi { (one.value.words(catalogue).unwrap_or_default()) } } }
            }
            (mark)
        },
        Shown::Items(inner) | Shown::Members(inner) => html! {
            (mark) (entries(inner, catalogue))
        },
        Shown::Hidden(hidden) => html! { span.hidden { (hidden.words(catalogue)) } },
        Shown::Nothing | Shown::Opaque(_) => html! {
            span.machine { (entry.value.words(catalogue).unwrap_or_default()) } (mark)
        },
        Shown::Flag(_) | Shown::Number(_) | Shown::Text(_) | Shown::Time(_) => html! {
            // Text of strangers keeps its direction to itself.
            bdi { (entry.value.words(catalogue).unwrap_or_default()) } (mark)
        },
    }
}

fn is_nested(value: &Shown) -> bool {
    matches!(value, Shown::Items(_) | Shown::Members(_)) && !value.is_flat()
}

/// A heading one level below the page's own, and deeper with every level of the report.
fn heading(depth: usize, words: &str) -> Markup {
    match depth {
        0 => html! { h2 { (words) } },
        1 => html! { h3 { (words) } },
        2 => html! { h4 { (words) } },
        3 => html! { h5 { (words) } },
        _ => html! { h6 { (words) } },
    }
}

const fn verdict_sign(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Bad => "✗",
        Verdict::Good => "✓",
        Verdict::Secret => "!",
        Verdict::Undecided => "?",
    }
}

const fn sign(severity: Severity) -> &'static str {
    match severity {
        Severity::Bad => "✗",
        Severity::Good => "✓",
        Severity::Note => "i",
        Severity::Open => "?",
        Severity::Secret | Severity::Warning => "!",
    }
}

/// As many as the field takes, of UTF-16 as browsers count. `inspect` reads all of it.
pub(super) const MOST_CHARACTERS: usize = 62_000;
