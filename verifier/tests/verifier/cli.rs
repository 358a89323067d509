//! The command line as an operator meets it.

use std::path::Path;
use std::sync::Arc;

use assert_cmd::Command;
use axum::Router;
use credential::Challenge;
use host::Clock as _;
use keys::{Algorithm, SigningKey};
use serde_json::{Value, json};

use crate::harness::{answer_request, bind, body, parameters, send};
use crate::issuer::Issuer;
use crate::net::{Epoch, Person};

fn verifier(folder: &Path) -> Command {
    let mut command = Command::cargo_bin("pessoa-verifier").unwrap();
    command.env_clear().env("LANG", "C").current_dir(folder);
    command
}

/// The text with what differs from run to run taken out.
fn steady(bytes: &[u8], folder: &Path) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.replace(&folder.display().to_string(), "[FOLDER]")
}

fn run(folder: &Path, arguments: &[&str]) -> Value {
    let output = verifier(folder).args(arguments).output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        steady(&output.stderr, folder)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

fn refused(folder: &Path, arguments: &[&str]) -> String {
    let output = verifier(folder).args(arguments).output().unwrap();
    assert!(output.stdout.is_empty());
    let code = output.status.code().unwrap();
    format!("{}exit code: {code}", steady(&output.stderr, folder))
}

/// The service as a router, on the machine's clock as the commands are.
async fn beside(folder: &Path) -> Router {
    let config = verifier::Config::read(&folder.join("verifier-data")).unwrap();
    let app = verifier::App::open(config, Arc::new(host::SystemClock))
        .await
        .unwrap();
    app.refresh_due().await;
    verifier::router(app)
}

#[test]
fn help_has_examples() {
    let place = tempfile::tempdir().unwrap();
    for command in [
        "",
        "init",
        "serve",
        "request",
        "result",
        "policies",
        "accounts",
        "refresh",
        "door",
        "check",
        "token",
        "openapi",
        "completions",
        "man",
    ] {
        let arguments = [command, "--help"];
        let arguments = &arguments[usize::from(command.is_empty())..];
        let output = verifier(place.path()).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        let text = steady(&output.stdout, place.path());
        assert!(text.contains("Examples:"));
        insta::assert_snapshot!(format!("help {command}").trim(), text);
    }
}

#[test]
fn errors_say_what_to_do_next() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    let request = ["request", "--policy", "none"];
    insta::assert_snapshot!("no verifier", refused(folder, &request));
    insta::assert_snapshot!("no policy named", refused(folder, &["request"]));
    let untrusted = ["init", "--trust-issuer", "did:key:z6Mk"];
    insta::assert_snapshot!("not an issuer", refused(folder, &untrusted));
    // The default is an issuer for trying out, which nobody elsewhere can ask.
    let away = ["init", "--public-url", "https://shop.example"];
    insta::assert_snapshot!("an issuer on loopback", refused(folder, &away));
    run(folder, &["init", "--json"]);
    insta::assert_snapshot!("init twice", refused(folder, &["init"]));
    insta::assert_snapshot!("unknown policy", refused(folder, &request));
    let same_device = ["request", "--policy", "identity", "--same-device"];
    insta::assert_snapshot!("no return url", refused(folder, &same_device));
    let unknown = ["result", "AAAAAAAAAAAAAAAAAAAAAA", "--token", "x"];
    insta::assert_snapshot!("unknown request", refused(folder, &unknown));
    let unknown = ["result", "AAAAAAAAAAAAAAAAAAAAAA", "--token", "-h"];
    insta::assert_snapshot!("unknown request", refused(folder, &unknown));
    let created = run(folder, &["request", "--policy", "identity", "--json"]);
    let (id, token) = (&created["id"], &created["result_token"]);
    let result = [
        "result",
        id.as_str().unwrap(),
        "--token",
        token.as_str().unwrap(),
    ];
    insta::assert_snapshot!("not answered", refused(folder, &result));
    insta::assert_snapshot!(
        "chinese",
        refused(folder, &["--language", "zh", "request", "--policy", "none"])
    );
    let file = folder.join("verifier-data/verifier.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("\"age_over_18\"", "{}")).unwrap();
    insta::assert_snapshot!("bad query", refused(folder, &["policies"]));
    std::fs::write(&file, text.replace("[names]", "polices = 1\n[names]")).unwrap();
    insta::assert_snapshot!("unknown key", refused(folder, &["policies"]));
    let other = "issuers = ['https://b.example']\nquery";
    std::fs::write(
        &file,
        text.replacen("query = '''", &format!("{other} = '''"), 1),
    )
    .unwrap();
    insta::assert_snapshot!("policy without issuer", refused(folder, &request));
}

#[cfg(unix)]
#[test]
fn what_init_writes_is_for_the_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = tempfile::tempdir().unwrap();
    let made = run(place.path(), &["init", "--json"]);
    let token = made["admin_token"].as_str().unwrap();
    assert!(token.len() > 40);
    let folder = place.path().join("verifier-data");
    for name in ["verifier.toml", "admin-tokens", "keys/request-signing.key"] {
        let path = folder.join(name);
        let mode = path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{name}");
        assert!(!std::fs::read_to_string(path).unwrap().contains(token));
    }
}

#[test]
fn the_policies_and_the_api_are_described() {
    let place = tempfile::tempdir().unwrap();
    run(place.path(), &["init", "--json"]);
    let listed = run(place.path(), &["policies", "--json"]);
    assert_eq!(listed["policies"][0]["name"], "login");
    let output = verifier(place.path())
        .args(["policies", "--language", "zh"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("4 项策略") && text.contains("确认您已年满 18 岁"),
        "{text}"
    );
    assert_eq!(
        run(place.path(), &["openapi"])["info"]["title"],
        "pessoa-verifier"
    );
}

#[test]
fn a_request_is_a_link_and_a_picture_and_says_what_comes_next() {
    let place = tempfile::tempdir().unwrap();
    run(place.path(), &["init", "--json"]);
    for (language, link, token, next) in [
        (
            "en",
            "Request, until",
            "result token:",
            "next: the holder runs `pessoa present",
        ),
        ("zh", "请求，有效期至", "结果令牌：", "下一步："),
    ] {
        let output = verifier(place.path())
            .args(["--language", language, "request", "--policy", "age-over-18"])
            .output()
            .unwrap();
        assert!(output.status.success());
        let data = String::from_utf8(output.stdout).unwrap();
        let remarks = String::from_utf8(output.stderr).unwrap();
        assert!(data.contains(link) && data.contains(token), "{data}");
        assert!(data.contains("openid4vp://?client_id="), "{data}");
        assert!(data.contains('█'), "no QR code");
        assert!(remarks.contains(next), "{remarks}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_result_is_shown_once() {
    let (place, issuer) = (tempfile::tempdir().unwrap(), Issuer::start());
    let now = host::SystemClock.now();
    issuer.publish_list(0, &[], now);
    run(
        place.path(),
        &["init", "--json", "--trust-issuer", &issuer.base],
    );
    let router = beside(place.path()).await;
    let created = run(place.path(), &["request", "--policy", "identity", "--json"]);
    let id = created["id"].as_str().unwrap();

    let asked = parameters(&router, id).await;
    let key = SigningKey::generate(Algorithm::Es256, &mut host::system_rng());
    let times = json!({"iat": now.as_second() - 60, "exp": now.as_second() + 3600});
    let credential = issuer.sd_jwt(&key, (0, 1), times);
    let challenge = Challenge {
        audience: asked["client_id"].as_str().unwrap().to_owned(),
        nonce: asked["nonce"].as_str().unwrap().to_owned(),
    };
    let claims = ["given_name", "family_name", "birth_date"];
    let presentation = bind(&credential, &key, &challenge, &claims, now);
    let form = body(&asked, "person", &presentation);
    let reply = send(&router, answer_request(id, form.as_bytes())).await;
    assert_eq!(reply.status(), 200);

    let token = created["result_token"].as_str().unwrap();
    let take = || {
        verifier(place.path())
            .args(["result", id])
            .env("PESSOA_VERIFIER_RESULT_TOKEN", token)
            .output()
            .unwrap()
    };
    let text = String::from_utf8(take().stdout)
        .unwrap()
        .replace(&issuer.base, "[ISSUER]");
    insta::assert_snapshot!("result", text);
    let again = take();
    assert_eq!(again.status.code(), Some(1));
    insta::assert_snapshot!("result taken", steady(&again.stderr, place.path()));
}

/// Accounts, a block, and a door, as an operator meets them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_come_in_by_the_door_are_listed_and_blocked() {
    let (place, issuer) = (tempfile::tempdir().unwrap(), Issuer::start());
    let folder = place.path();
    let now = host::SystemClock.now();
    let epoch = Epoch::at(&issuer, now);
    issuer.publish_epochs(&[&epoch]);
    run(folder, &["init", "--json", "--trust-issuer", &issuer.base]);
    let router = beside(folder).await;
    assert_eq!(
        run(folder, &["accounts", "list", "--json"]),
        json!({"accounts": []})
    );

    let person = Person::new(&epoch);
    let code = run(folder, &["door", "--json"]);
    let code = code["code"].as_str().unwrap();
    let text = crate::door::answer(&router, code, &person, now).await;
    let checked = run(folder, &["check", &text, "--json"]);
    assert_eq!(checked["freshness"], "fresh");
    let shown = &checked["answer"]["credentials"][0]["net_certificate"];
    assert_eq!(shown["first_visit"], true);
    let again = refused(folder, &["check", &text]);
    insta::assert_snapshot!("shown before", again);
    let wrong = refused(folder, &["check", "NC1:HELLO"]);
    insta::assert_snapshot!("no answer", wrong);

    let number = shown["net_number"].as_str().unwrap();
    let listed = verifier(folder)
        .args(["accounts", "list"])
        .output()
        .unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let grouped = netcert::NetNumber::parse(number).unwrap().grouped();
    assert!(
        listed.starts_with("One account:\n") && listed.contains(&grouped),
        "{listed}"
    );
    // As it is read aloud, in several arguments.
    let words: Vec<&str> = grouped.split(' ').collect();
    let blocked = run(
        folder,
        &[&["accounts", "block", "--json"], words.as_slice()].concat(),
    );
    assert!(blocked["accounts"][0]["blocked_since"].is_string());
    let code = run(folder, &["door", "--json"]);
    let text = crate::door::answer(&router, code["code"].as_str().unwrap(), &person, now).await;
    let output = verifier(folder).args(["check", &text]).output().unwrap();
    assert_eq!(output.status.code(), Some(4));
    insta::assert_snapshot!("blocked", steady(&output.stderr, folder));
    let mut typo = number.to_owned();
    typo.replace_range(9..10, if &typo[9..10] == "q" { "p" } else { "q" });
    let hinted = refused(folder, &["accounts", "unblock", &typo]);
    assert!(hinted.contains("character 10 is mistyped"), "{hinted}");
    assert!(
        hinted.contains(&format!("did you mean {grouped}?")),
        "{hinted}"
    );
    let back = run(folder, &["accounts", "unblock", "--json", number]);
    assert!(back["accounts"][0].get("blocked_since").is_none());
}

#[test]
fn a_refresh_needs_a_service_that_runs() {
    let place = tempfile::tempdir().unwrap();
    // Nobody listens there.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    run(place.path(), &["init", "--json", "--public-url", &url]);
    let text = refused(place.path(), &["refresh", "--token", "wrong"]);
    assert!(
        text.contains("hint: `pessoa-verifier serve` must be running"),
        "{text}"
    );
    assert!(text.contains("exit code: 1"), "{text}");
}

/// A process that is ended when the test ends, however it ends.
#[cfg(unix)]
struct Running(std::process::Child);

#[cfg(unix)]
impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
    }
}

#[cfg(unix)]
impl Running {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        use std::process::{Command, Stdio};
        let child = Command::new(assert_cmd::cargo::cargo_bin!("pessoa-verifier"))
            .args(arguments)
            .current_dir(folder)
            .env("PESSOA_VERIFIER_LISTEN", "127.0.0.1:0")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        Self(child.unwrap())
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_waits_learns_that_the_holder_declined() {
    use std::io::Read as _;

    let place = tempfile::tempdir().unwrap();
    run(place.path(), &["init", "--json"]);
    let router = beside(place.path()).await;
    let arguments = [
        "--language",
        "en",
        "request",
        "--policy",
        "identity",
        "--wait",
        "--json",
    ];
    let mut waiting = Running::start(place.path(), &arguments);
    let mut said = String::new();
    let mut stdout = waiting.0.stdout.take().unwrap();
    let created: Value = loop {
        let mut byte = [0];
        stdout.read_exact(&mut byte).unwrap();
        said.push(byte[0].into());
        if let Ok(created) = serde_json::from_str(&said) {
            break created;
        }
    };
    let id = created["id"].as_str().unwrap();
    let state = parameters(&router, id).await["state"]
        .as_str()
        .unwrap()
        .to_owned();
    let form = format!("error=access_denied&state={state}");
    let reply = send(&router, answer_request(id, form.as_bytes())).await;
    assert_eq!(reply.status(), 200);
    assert_eq!(waiting.0.wait().unwrap().code(), Some(4));
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    let result: Value = serde_json::from_str(&rest).unwrap();
    assert_eq!(
        result,
        json!({"phase": "failed", "failure": "holder_declined"})
    );
    let mut error = String::new();
    waiting
        .0
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut error)
        .unwrap();
    assert_eq!(error, "error: the holder declined\n");
}

#[cfg(unix)]
#[test]
fn a_service_runs_beside_the_commands_and_stops_when_told() {
    use std::io::{BufRead as _, BufReader, Read as _, Write as _};
    use std::net::TcpStream;
    use std::process::Command;
    use std::time::Duration;

    let (place, issuer) = (tempfile::tempdir().unwrap(), Issuer::start());
    issuer.publish_list(0, &[], host::SystemClock.now());
    run(
        place.path(),
        &["init", "--json", "--trust-issuer", &issuer.base],
    );
    let mut serving = Running::start(place.path(), &["serve", "--language", "en"]);
    let mut remarks = BufReader::new(serving.0.stderr.take().unwrap());
    let mut line = String::new();
    remarks.read_line(&mut line).unwrap();
    assert!(line.contains("did:web:127.0.0.1%3A8002"), "{line}");
    let address = line
        .split(" on ")
        .nth(1)
        .unwrap()
        .split(". ")
        .next()
        .unwrap()
        .to_owned();
    let ask = |path: &str, token: &str| {
        let mut stream = TcpStream::connect(&address).unwrap();
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\
             connection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        stream
    };
    let get = |path: &str| {
        let mut answer = String::new();
        ask(path, "none").read_to_string(&mut answer).unwrap();
        answer
    };
    let ready = || get("/readyz").starts_with("HTTP/1.1 200");
    let ready = (0..100).any(|_| {
        ready() || {
            std::thread::sleep(Duration::from_millis(50));
            false
        }
    });
    assert!(ready, "{}", get("/readyz"));
    // The service sees what a command in another process does.
    let created = run(place.path(), &["request", "--policy", "identity", "--json"]);
    let (id, token) = (
        created["id"].as_str().unwrap(),
        created["result_token"].as_str().unwrap(),
    );
    assert!(get(&format!("/oid4vp/requests/{id}")).contains("oauth-authz-req+jwt"));
    // Somebody who waits does not keep it from stopping.
    let mut events = BufReader::new(ask(&format!("/requests/{id}/events"), token));
    let mut line = String::new();
    while !line.contains("requested") {
        line.clear();
        assert_ne!(events.read_line(&mut line).unwrap(), 0);
    }
    let begun = std::time::Instant::now();
    let stopped = Command::new("kill")
        .arg("-TERM")
        .arg(serving.0.id().to_string())
        .status();
    assert!(stopped.unwrap().success());
    assert_eq!(serving.0.wait().unwrap().code(), Some(0));
    assert!(
        begun.elapsed() < Duration::from_secs(8),
        "{:?}",
        begun.elapsed()
    );
    let mut logs = String::new();
    remarks.read_to_string(&mut logs).unwrap();
    assert!(
        logs.contains("\"listening\"") && logs.contains("\"stopped\""),
        "{logs}"
    );
    for secret in [id, token, "127.0.0.1:8002"] {
        assert!(!logs.contains(secret), "{logs}");
    }
}
