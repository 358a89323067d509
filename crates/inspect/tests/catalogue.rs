//! Everything that can be found has words in every language.

use catalogue::{Catalogue, Language};
use inspect::{Code, Kind, Meaning, Title};

#[test]
fn every_code_has_words() {
    let kinds = Kind::ALL.iter().map(|kind| kind.name());
    let kinds: Vec<&str> = kinds.collect();
    let named = |prefix: &str, names: Vec<&str>| -> Vec<String> {
        names
            .into_iter()
            .map(|name| format!("inspect-{prefix}-{name}"))
            .collect()
    };
    let ids = [
        named("kind", kinds.clone()),
        named("about", kinds),
        named("title", Title::ALL.iter().map(|one| one.name()).collect()),
        named("finding", Code::ALL.iter().map(|one| one.name()).collect()),
        named("member", Meaning::all().map(Meaning::name).collect()),
    ]
    .concat();
    for language in Language::ALL {
        let catalogue = Catalogue::new(language);
        for id in &ids {
            assert!(catalogue.knows(id), "{id} is missing");
        }
    }
}

/// In JSON, a code has the name that the catalogue knows it by.
#[test]
fn codes_have_one_name() {
    for code in Code::ALL {
        let json = serde_json::to_value(code).unwrap();
        assert_eq!(json, code.name());
    }
    for kind in Kind::ALL {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
    }
    for title in Title::ALL {
        assert_eq!(serde_json::to_value(title).unwrap(), title.name());
    }
}
