use serde::Deserialize;

use super::*;

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Shared {
    listen: String,
    #[serde(default)]
    dev: bool,
    tls: Option<Tls>,
}

const SHARED: &[&str] = &["listen", "dev", "tls"];

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Tls {
    certificate: String,
    key: String,
}

#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
struct Own {
    batch_size: u32,
    names: Vec<String>,
}

fn read(text: &str, variables: &[(&str, &str)]) -> Result<(Shared, Own), ConfigError> {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("service.toml");
    std::fs::write(&path, text).unwrap();
    let environment = variables
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_string()));
    let sources = Sources::with_environment("PESSOA_TEST", &["CONFIG"], environment);
    let mut document = sources.file(&path).read()?;
    assert_eq!(document.folder(), place.path());
    Ok((document.take(SHARED)?, document.finish()?))
}

fn line(error: &ConfigError) -> Option<usize> {
    match error {
        ConfigError::MisplacedKey {
            place: Place::Line(_, line),
            ..
        }
        | ConfigError::UnknownKey {
            place: Place::Line(_, line),
            ..
        }
        | ConfigError::Value {
            place: Place::Line(_, line),
            ..
        } => Some(*line),
        _ => None,
    }
}

#[test]
fn the_parts_take_their_keys() {
    let text = "listen = 'a'\nbatch_size = 3\n[tls]\ncertificate = 'c'\nkey = 'k'\n";
    let (shared, own) = read(text, &[]).unwrap();
    let tls = Some(Tls {
        certificate: "c".to_owned(),
        key: "k".to_owned(),
    });
    assert_eq!(
        shared,
        Shared {
            listen: "a".to_owned(),
            dev: false,
            tls
        }
    );
    assert_eq!(
        own,
        Own {
            batch_size: 3,
            names: Vec::new()
        }
    );
}

#[test]
fn a_variable_overrides_adds_and_steps_into_tables() {
    let variables = [
        ("PESSOA_TEST_LISTEN", "127.0.0.1:8080"),
        ("PESSOA_TEST_TLS__KEY", "other"),
        ("PESSOA_TEST_TLS__CERTIFICATE", "c"),
        ("PESSOA_TEST_DEV", "true"),
        ("PESSOA_TEST_BATCH_SIZE", "12"),
        ("PESSOA_TEST_NAMES", "['x', 'y']"),
        ("PESSOA_TEST_CONFIG", "/elsewhere"),
        ("PESSOA_TESTER", "somebody else's"),
    ];
    let (shared, own) = read("listen = 'a'\ndev = false\n", &variables).unwrap();
    let tls = Some(Tls {
        certificate: "c".to_owned(),
        key: "other".to_owned(),
    });
    assert_eq!(
        shared,
        Shared {
            listen: "127.0.0.1:8080".to_owned(),
            dev: true,
            tls
        }
    );
    assert_eq!(
        own,
        Own {
            batch_size: 12,
            names: vec!["x".to_owned(), "y".to_owned()]
        }
    );
}

#[test]
fn variables_alone_are_a_configuration() {
    let environment = [("PESSOA_TEST_LISTEN".to_owned(), "a".to_owned())];
    let mut document = Sources::with_environment("PESSOA_TEST", &[], environment)
        .read()
        .unwrap();
    assert_eq!(document.take::<Shared>(SHARED).unwrap().listen, "a");
}

#[test]
fn an_unknown_key_is_refused_with_line_and_nearest_known_key() {
    let error = read("listen = 'a'\n\n# comment\nbatch_sise = 3\n", &[]).unwrap_err();
    assert_eq!(line(&error), Some(4));
    assert!(
        error
            .to_string()
            .ends_with("unknown key `batch_sise`, did you mean `batch_size`?")
    );
    // The nearest may belong to a part that has been taken.
    let error = read("listen = 'a'\nlisten_ = 'b'\n", &[]).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("unknown key `listen_`, did you mean `listen`?")
    );
    // Nothing near: nothing is guessed.
    let error = read("listen = 'a'\nzebra = 1\n", &[]).unwrap_err();
    assert!(
        error.to_string().ends_with("unknown key `zebra`"),
        "{error}"
    );
    // A key of the file that somebody added at its end.
    let error = read("[tls]\ncertificate = ''\nkey = ''\nlisten = 'a'\n", &[]).unwrap_err();
    assert_eq!(line(&error), Some(4));
    let said = "`listen` belongs to no table: put it above the first `[…]`";
    assert!(error.to_string().ends_with(said), "{error}");
    let error = read("listen = 'a'\n[tls]\ncertificate = ''\nkee = ''\n", &[]).unwrap_err();
    assert_eq!(line(&error), Some(4));
    assert!(
        error.to_string().ends_with("did you mean `key`?"),
        "{error}"
    );
}

#[test]
fn an_unknown_variable_is_refused_by_name() {
    let error = read("listen = 'a'\n", &[("PESSOA_TEST_BATCH_SISE", "3")]).unwrap_err();
    let said = "the environment variable PESSOA_TEST_BATCH_SISE: \
                unknown key `batch_sise`, did you mean `batch_size`?";
    assert_eq!(error.to_string(), said);
}

#[test]
fn a_value_that_does_not_fit_is_told_with_its_place() {
    let error = read("listen = 'a'\nbatch_size = 'many'\n", &[]).unwrap_err();
    assert_eq!(line(&error), Some(2), "{error}");
    let error = read("listen = 'a'\n", &[("PESSOA_TEST_BATCH_SIZE", "many")]).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("variable PESSOA_TEST_BATCH_SIZE: "),
        "{error}"
    );
    let error = read("listen = 'a'\n", &[("PESSOA_TEST_LISTEN__DEEP", "x")]).unwrap_err();
    assert!(error.to_string().contains("steps into it"), "{error}");
}

#[test]
fn what_is_no_toml_is_told_with_its_line() {
    let error = read("listen = 'a'\nlisten = 'b'\n", &[]).unwrap_err();
    assert_eq!(line(&error), Some(2), "{error}");
    assert_eq!(line(&read("listen = 'a'\n]\n", &[]).unwrap_err()), Some(2));
}

#[test]
fn a_missing_key_or_file_is_told() {
    let error = read("dev = true\n", &[]).unwrap_err();
    assert!(
        error.to_string().contains("missing field `listen`"),
        "{error}"
    );
    let sources = Sources::with_environment("PESSOA_TEST", &[], []);
    let error = sources
        .file(Path::new("/nowhere/at.toml"))
        .read()
        .unwrap_err();
    assert!(matches!(error, ConfigError::Read { .. }));
}

#[test]
fn debug_shows_no_value() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("service.toml");
    std::fs::write(&path, "database = 'postgres://a:hunter2@b/c'").unwrap();
    let variable = ("PESSOA_TEST_PASSWORD".to_owned(), "hunter2".to_owned());
    let sources = Sources::with_environment("PESSOA_TEST", &[], [variable]).file(&path);
    let shown = format!("{sources:?} {:?}", sources.clone().read().unwrap());
    assert!(shown.contains("PESSOA_TEST_PASSWORD"), "{shown}");
    assert!(!shown.contains("hunter2"), "{shown}");
}
