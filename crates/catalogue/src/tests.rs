use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser;

use super::*;

#[test]
fn both_languages_have_the_same_ids_and_variables() {
    assert_eq!(messages(Language::English), messages(Language::Chinese));
}

#[test]
fn a_message_is_said_in_the_language_chosen() {
    let variables = [("count", 1.into()), ("issuer", "Utopia".into())];
    let say = |language| Catalogue::new(language).text("consent-received", &variables);
    assert_eq!(
        say(Language::English),
        "Received one credential from Utopia."
    );
    assert_eq!(say(Language::Chinese), "已从 Utopia 收到 1 份凭证。");
}

#[test]
fn an_unknown_id_is_given_back() {
    let catalogue = Catalogue::new(Language::English);
    assert_eq!(catalogue.text("no-such-message", &[]), "no-such-message");
    assert!(!catalogue.knows("no-such-message"));
    assert!(catalogue.knows("shared-hint"));
}

#[test]
fn a_setting_wins_over_the_locale() {
    use Language::{Chinese, English};
    for (setting, locale, language) in [
        (Some(English), Some("zh_CN.UTF-8"), English),
        (None, Some("zh_CN.UTF-8"), Chinese),
        (None, Some("zh"), Chinese),
        (None, Some("en_GB"), English),
        (None, Some("C.UTF-8"), English),
        (None, Some("pt_BR"), English),
        (None, Some(""), English),
        (None, None, English),
    ] {
        assert_eq!(Language::choose(setting, locale), language, "{locale:?}");
    }
}

#[test]
fn a_browser_says_what_it_prefers() {
    use Language::{Chinese, English};
    for (accepted, language) in [
        ("zh-CN,zh;q=0.9,en;q=0.8", Some(Chinese)),
        ("de,en;q=0.7,zh;q=0.3", Some(English)),
        ("en;q=0.2, zh-Hans;q=0.25", Some(Chinese)),
        ("zh;q=0, en;q=0.001", Some(English)),
        ("en, zh", Some(English)),
        ("fr-CH, fr;q=0.9, *;q=0.5", None),
        ("zh;q=2, en;q=0.1", Some(English)),
        ("", None),
    ] {
        assert_eq!(Language::prefer(accepted), language, "{accepted}");
    }
}

/// The ids of a language, each with its variables; panics on whatever is not a message, and on an
/// id that is given twice.
fn messages(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let mut messages = BTreeMap::new();
    for source in sources::of(language) {
        let resource = parser::parse(*source).unwrap();
        for entry in resource.body {
            match entry {
                Entry::Message(message) => {
                    let mut variables = BTreeSet::new();
                    let pattern = message.value.expect("a message has a text");
                    pattern_variables(&pattern, &mut variables);
                    let earlier = messages.insert(message.id.name.to_owned(), variables);
                    assert_eq!(earlier, None, "{} is given twice", message.id.name);
                    assert!(message.attributes.is_empty(), "attributes are not used");
                }
                Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => {}
                Entry::Term(_) | Entry::Junk { .. } => panic!("neither message nor comment"),
            }
        }
    }
    messages
}

fn pattern_variables(pattern: &Pattern<&str>, variables: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            expression_variables(expression, variables);
        }
    }
}

fn expression_variables(expression: &Expression<&str>, variables: &mut BTreeSet<String>) {
    match expression {
        Expression::Inline(inline) => inline_variables(inline, variables),
        Expression::Select { selector, variants } => {
            inline_variables(selector, variables);
            for variant in variants {
                pattern_variables(&variant.value, variables);
            }
        }
    }
}

fn inline_variables(inline: &InlineExpression<&str>, variables: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            variables.insert(id.name.to_owned());
        }
        InlineExpression::Placeable { expression } => expression_variables(expression, variables),
        InlineExpression::StringLiteral { .. } | InlineExpression::NumberLiteral { .. } => {}
        _ => panic!("the catalogue uses text, variables and choices only"),
    }
}
