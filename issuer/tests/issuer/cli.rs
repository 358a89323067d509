//! The command line as an operator meets it.

use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;

use crate::harness::ZONE;

fn issuer(folder: &Path) -> Command {
    let mut command = Command::cargo_bin("pessoa-issuer").unwrap();
    command.env_clear().env("LANG", "C").current_dir(folder);
    command
}

/// The text with what differs from run to run taken out.
fn steady(bytes: &[u8], folder: &Path) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.replace(&folder.display().to_string(), "[FOLDER]")
}

fn run(folder: &Path, arguments: &[&str]) -> Value {
    let output = issuer(folder).args(arguments).output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        steady(&output.stderr, folder)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

fn refused(folder: &Path, arguments: &[&str]) -> String {
    let output = issuer(folder).args(arguments).output().unwrap();
    assert!(output.stdout.is_empty());
    let code = output.status.code().unwrap();
    format!("{}exit code: {code}", steady(&output.stderr, folder))
}

#[test]
fn help_has_examples() {
    let place = tempfile::tempdir().unwrap();
    for command in [
        "",
        "init",
        "serve",
        "enrol",
        "revoke",
        "suspend",
        "resume",
        "withdraw",
        "list",
        "tags",
        "keys",
        "scrub",
        "token",
        "openapi",
        "completions",
        "man",
    ] {
        let arguments = [command, "--help"];
        let arguments = if command.is_empty() {
            &arguments[1..]
        } else {
            &arguments
        };
        let output = issuer(place.path()).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        let text = steady(&output.stdout, place.path());
        assert!(text.contains("Examples:"));
        insta::assert_snapshot!(format!("help {command}").trim(), text);
    }
}

#[test]
fn from_init_to_revocation_in_json() {
    let place = tempfile::tempdir().unwrap();
    let made = run(place.path(), &["init", "--json"]);
    assert!(made["admin_token"].as_str().unwrap().len() > 40);
    std::fs::write(place.path().join("zone.txt"), ZONE).unwrap();
    let enrolled = run(place.path(), &["enrol", "--mrz", "zone.txt", "--json"]);
    let handle = enrolled["handle"].as_str().unwrap();
    assert_eq!(enrolled["again"], false);
    let again = run(place.path(), &["enrol", "--mrz", "zone.txt", "--json"]);
    assert_eq!(
        (again["handle"].as_str(), &again["again"]),
        (Some(handle), &Value::Bool(true))
    );
    let listed = run(place.path(), &["list", "--json"]);
    assert_eq!(listed["enrolments"][0]["handle"], handle);
    assert_eq!(listed["enrolments"][0]["state"], "active");
    let revoked = run(place.path(), &["revoke", "--handle", handle, "--json"]);
    assert_eq!(revoked["already"], false);
    let revoked = run(place.path(), &["revoke", "--mrz", "zone.txt", "--json"]);
    assert_eq!(revoked["already"], true);
    let listed = run(place.path(), &["list", "--json"]);
    assert_eq!(listed["enrolments"][0]["state"], "revoked");
    let rotated = run(place.path(), &["tags", "rotate", "--json"]);
    assert_eq!(
        rotated,
        serde_json::json!({
            "key": "tags.1.key", "moved": 3, "resumed": false, "leftovers": "none"
        })
    );
    assert_eq!(
        run(place.path(), &["scrub", "--json"]),
        serde_json::json!({"leftovers": "none"})
    );
    let made = run(place.path(), &["keys", "rotate", "secrets", "--json"]);
    assert_eq!(made["key"], "secrets.1.key");
    let listed = run(place.path(), &["keys", "list", "--json"]);
    let keys = &listed["keys"];
    let states: Vec<&Value> = keys
        .as_array()
        .unwrap()
        .iter()
        .map(|key| &key["state"])
        .collect();
    assert_eq!(states, ["current", "waiting"]);
    assert_eq!(keys[0]["until"], made["before_until"]);
    let complete = run(place.path(), &["keys", "add", "--json"]);
    assert_eq!(complete["keys"], serde_json::json!([]));
    std::fs::remove_file(place.path().join("issuer-data/keys/signing-bbs.key")).unwrap();
    let added = run(place.path(), &["keys", "add", "--json"]);
    assert_eq!(added["keys"], serde_json::json!(["signing-bbs.key"]));
    let words = refused(place.path(), &["keys", "rotate", "secrets"]);
    assert!(
        words.contains("a new key was made before, and begins at"),
        "{words}"
    );
    let left = run(place.path(), &["withdraw", "--mrz", "zone.txt", "--json"]);
    assert_eq!(
        (&left["handle"], &left["already"]),
        (&handle.into(), &Value::Bool(false))
    );
    let left = run(place.path(), &["withdraw", "--handle", handle, "--json"]);
    assert_eq!(left["already"], true);
    let output = issuer(place.path()).arg("list").output().unwrap();
    let listed = String::from_utf8(output.stdout).unwrap();
    assert!(listed.contains("withdrawn  -"), "{listed}");
    assert_eq!(
        run(place.path(), &["openapi"])["info"]["title"],
        "pessoa-issuer"
    );
}

#[cfg(unix)]
#[test]
fn what_init_writes_is_for_the_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = tempfile::tempdir().unwrap();
    run(place.path(), &["init", "--json"]);
    let folder = place.path().join("issuer-data");
    let mut private = vec![folder.join("issuer.toml"), folder.join("admin-tokens")];
    for entry in std::fs::read_dir(folder.join("keys")).unwrap() {
        private.push(entry.unwrap().path());
    }
    let private = private.into_iter().filter(|path| {
        path.extension() != Some("pem".as_ref()) || path.ends_with("x5c-authority.key.pem")
    });
    for path in private {
        let mode = path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", path.display());
    }
}

#[test]
fn enrolling_says_what_to_hand_over_and_what_comes_next() {
    let place = tempfile::tempdir().unwrap();
    run(place.path(), &["init", "--json"]);
    for (language, done, code, next) in [
        (
            "en",
            "Enrolled as",
            "Transaction code:",
            "next: the person runs `pessoa receive",
        ),
        ("zh", "此前已登记", "交易码：", "下一步："),
    ] {
        let output = issuer(place.path())
            .args(["--language", language, "enrol", "--mrz", "-"])
            .write_stdin(ZONE)
            .output()
            .unwrap();
        assert!(output.status.success());
        let (data, remarks) = (
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        );
        assert!(data.contains(done) && data.contains(code), "{data}");
        assert!(data.contains("openid-credential-offer://"), "{data}");
        assert!(data.contains('█'), "no QR code");
        assert!(remarks.contains(next), "{remarks}");
        assert!(!data.contains("ERIKSSON"));
    }
}

#[test]
fn the_desk_says_who_somebody_alike_is() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    run(folder, &["init", "--json"]);
    let record = |number: &str| {
        let record = serde_json::json!({
            "issuing_state": "UTO", "number": number, "surname": "Silva", "given_names": "Joana",
            "nationality": "UTO", "birth_date": "1990-03-14", "sex": "F", "expires_on": "2099-04-15",
        });
        std::fs::write(folder.join(format!("{number}.json")), record.to_string()).unwrap();
    };
    for number in ["A1", "A2", "A3"] {
        record(number);
    }
    let enrol = |more: &[&str]| run(folder, &[&["enrol", "--json", "--record"], more].concat());
    let first = enrol(&["A1.json"]);
    let handle = first["handle"].as_str().unwrap();
    let asked = refused(folder, &["enrol", "--record", "A2.json"]).replace(handle, "[HANDLE]");
    insta::assert_snapshot!("alike", asked);
    let same = enrol(&["A2.json", "--same-as", handle]);
    assert_eq!(
        (&same["handle"], &same["again"]),
        (&first["handle"], &Value::Bool(true))
    );
    let other = enrol(&["A3.json", "--different-person"]);
    assert_ne!(other["handle"], first["handle"]);
}

#[test]
fn errors_say_what_to_do_next() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    insta::assert_snapshot!("no issuer", refused(folder, &["list"]));
    insta::assert_snapshot!(
        "usage",
        refused(folder, &["enrol", "--mrz", "a", "--record", "b"])
    );
    run(folder, &["init", "--json"]);
    insta::assert_snapshot!("init twice", refused(folder, &["init"]));
    insta::assert_snapshot!("no document", refused(folder, &["enrol"]));
    insta::assert_snapshot!("nothing to revoke", refused(folder, &["revoke"]));
    insta::assert_snapshot!(
        "no file",
        refused(folder, &["enrol", "--mrz", "missing.txt"])
    );
    std::fs::write(folder.join("slip.txt"), ZONE.replace("7408122", "7408123")).unwrap();
    insta::assert_snapshot!(
        "check digit",
        refused(folder, &["enrol", "--mrz", "slip.txt"])
    );
    insta::assert_snapshot!(
        "bad handle",
        refused(folder, &["revoke", "--handle", "nobody"])
    );
    insta::assert_snapshot!(
        "unknown handle",
        refused(folder, &["revoke", "--handle", "7k2m-q9rt-0xwe-5hc3"])
    );
    insta::assert_snapshot!("chinese", refused(folder, &["--language", "zh", "enrol"]));
    let file = folder.join("issuer-data/issuer.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("[names]", "bach_size = 1\n[names]")).unwrap();
    insta::assert_snapshot!("unknown key", refused(folder, &["list"]));
}

/// A service that is ended when the test ends, however it ends.
struct Serving(std::process::Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
    }
}

#[cfg(unix)]
#[test]
fn a_service_runs_beside_the_commands_and_stops_when_told() {
    use std::io::{BufRead as _, BufReader, Read as _, Write as _};
    use std::net::TcpStream;
    use std::process::{Command, Stdio};

    let place = tempfile::tempdir().unwrap();
    run(place.path(), &["init", "--json"]);
    std::fs::write(place.path().join("zone.txt"), ZONE).unwrap();
    let child = Command::new(assert_cmd::cargo::cargo_bin!("pessoa-issuer"))
        .args(["serve", "--language", "en"])
        .current_dir(place.path())
        .env("PESSOA_ISSUER_LISTEN", "127.0.0.1:0")
        .stderr(Stdio::piped())
        .spawn();
    let mut serving = Serving(child.unwrap());
    let mut remarks = BufReader::new(serving.0.stderr.take().unwrap());
    let mut line = String::new();
    remarks.read_line(&mut line).unwrap();
    let address = line
        .split(" on ")
        .nth(1)
        .unwrap()
        .split(". ")
        .next()
        .unwrap()
        .to_owned();
    let get = |path: &str| {
        let mut stream = TcpStream::connect(&address).unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    assert!(get("/readyz").starts_with("HTTP/1.1 200"));
    assert!(get("/status/0").contains("application/statuslist+jwt"));
    // The service sees what a command in another process does.
    let enrolled = run(place.path(), &["enrol", "--mrz", "zone.txt", "--json"]);
    let offer = enrolled["offer"]
        .as_str()
        .unwrap()
        .rsplit("%2F")
        .next()
        .unwrap();
    assert!(get(&format!("/offers/{offer}")).contains("pre-authorized_code"));
    run(place.path(), &["revoke", "--mrz", "zone.txt", "--json"]);
    assert!(get(&format!("/offers/{offer}")).starts_with("HTTP/1.1 404"));

    let stopped = Command::new("kill")
        .arg("-TERM")
        .arg(serving.0.id().to_string())
        .status();
    assert!(stopped.unwrap().success());
    assert_eq!(serving.0.wait().unwrap().code(), Some(0));
    let mut logs = String::new();
    remarks.read_to_string(&mut logs).unwrap();
    assert!(
        logs.contains("\"listening\"") && logs.contains("\"stopped\""),
        "{logs}"
    );
    assert!(
        !logs.contains(offer) && !logs.contains("127.0.0.1"),
        "{logs}"
    );
}
