//! The guide for a real machine (`docs/guides/deploy.md`), typed as far as it goes without root,
//! without systemd and without a name of one's own.
//!
//! What lies in `/etc`, `/run`, `/usr` and `/var` lies in a folder of the test, where there is one
//! account. The service is started by the line of its unit, with the unit's mask and environment,
//! and listens on a free port. Blocks that are marked `root` are left out, and those for nginx.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;
use url::Url;

use crate::guides::{blocks, get, get_with, guide_called, wait_until_ready};
use crate::programs::{self, Terminal, without_pictures};

#[test]
fn a_service_is_deployed_by_the_guide() {
    let mut operator = Operator::new();
    for (kind, text) in blocks(&guide_called("deploy")) {
        operator.follow(kind, text);
    }
    let issuer = operator.path("/var/lib/pessoa-issuer");
    assert_eq!(mode(&issuer), 0o700);
    for secret in ["issuer.toml", "issuer.db", "keys/signing-es256.key"] {
        assert_eq!(mode(&issuer.join(secret)), 0o600, "{secret}");
    }

    // On SQLite, as the guide began, with all settings of the guide.
    fs::remove_file(operator.path("/etc/pessoa-issuer.env")).unwrap();
    let (service, address) = operator.serve();
    let metadata = get(&address, "/.well-known/openid-credential-issuer");
    assert!(metadata.contains("\"credential_issuer\":\"https://id.example.org\""));

    // The proxy is believed, and metrics are for the one who is named.
    let metrics = |headers| get_with(&address, "/metrics", headers);
    assert!(metrics("X-Forwarded-For: 10.0.0.5\r\n").starts_with("HTTP/1.1 200"));
    for others in ["", "X-Forwarded-For: 10.0.0.6\r\n"] {
        assert!(metrics(others).starts_with("HTTP/1.1 404"), "{others}");
    }

    // A web server can read the lists, although new files are the service's alone.
    let lists = operator.path("/var/lib/pessoa-status");
    assert_eq!(mode(&lists), 0o755);
    for (list, route) in [
        ("0.jwt", "/status/0"),
        ("0.revocation.jwt", "/status/0/revocation.jwt"),
    ] {
        assert_eq!(mode(&lists.join(list)), 0o644, "{list}");
        let published = fs::read_to_string(lists.join(list)).unwrap();
        assert!(get(&address, route).ends_with(&published), "{list}");
    }
    assert!(service.stop());

    // The person who was enrolled is there, and in the backup.
    let backup = operator.path("/var/backups/pessoa-issuer/issuer.db");
    for database in [issuer.join("issuer.db"), backup] {
        let database = format!("PESSOA_ISSUER_DATABASE=sqlite://{}", database.display());
        let listed = operator.said(&format!("{database} {LIST}"));
        assert!(listed.contains("One enrolment"), "{listed}");
    }
    let verifier = operator.path("/var/lib/pessoa-verifier/verifier.toml");
    let settings = fs::read_to_string(verifier).unwrap();
    assert!(settings.contains("\nidentifier = \"https://id.example.org\"\n"));
    assert!(settings.contains("\nlisten = \"127.0.0.1:8002\"\n"));
}

/// Somebody with a machine.
struct Operator {
    place: TempDir,
    unit: Option<String>,
    database: Option<Database>,
}

impl Operator {
    fn new() -> Self {
        for tool in ["sqlite3", "psql"] {
            let found = Command::new(tool).arg("--version").output();
            assert!(found.is_ok(), "the guide uses {tool}: install it");
        }
        let place = tempfile::tempdir().unwrap();
        for folder in ["etc", "run", "usr/local/bin", "var/backups", "var/lib"] {
            fs::create_dir_all(place.path().join(folder)).unwrap();
        }
        for program in ["pessoa-issuer", "pessoa-verifier"] {
            let installed = place.path().join("usr/local/bin").join(program);
            symlink(programs::folder().join(program), installed).unwrap();
        }
        fs::write(place.path().join("passport"), PASSPORT).unwrap();
        Self {
            place,
            unit: None,
            database: None,
        }
    }

    fn follow(&mut self, kind: &str, text: &str) {
        match kind {
            "sh root" | "nginx" => {}
            "sh" => _ = self.said(text),
            "sh postgres" => {
                let database = self.database.get_or_insert_with(Database::new);
                let text = text.replace("pessoa_issuer", &database.name);
                self.said(&text);
            }
            "ini unit" => self.unit = Some(text.to_owned()),
            "ini environment" => self.move_to_postgres(text),
            "ini tls" => {
                for file in ["certificate.pem:", "key.pem:"] {
                    assert!(text.contains(&format!("LoadCredential={file}")), "{file}");
                }
            }
            "toml tls" => self.end_tls(text),
            "toml" => self.configure(text),
            other => panic!("a block of the unknown kind {other}"),
        }
    }

    /// Types commands that must succeed, and returns what they said.
    fn said(&self, commands: &str) -> String {
        let output = self.shell(commands).output().unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        println!("$ {commands}\n{}", without_pictures(&said));
        assert!(output.status.success(), "{commands}");
        said
    }

    /// Changes settings that stand in the file, commented out or not.
    fn configure(&self, settings: &str) {
        let file = self.path(SETTINGS);
        let mut text = fs::read_to_string(&file).unwrap();
        let settings = self.here(settings);
        for setting in settings.lines().filter(|line| !line.is_empty()) {
            let name = setting.split_inclusive('=').next().unwrap();
            let stands = |line: &&str| line.trim_start_matches("# ").starts_with(name);
            let before = text.lines().find(stands);
            let before = before.unwrap_or_else(|| panic!("no {name} stands in the file"));
            text = text.replace(&format!("\n{before}\n"), &format!("\n{setting}\n"));
        }
        fs::write(file, text).unwrap();
    }

    /// Has the service end TLS: it looks for the certificate where the unit puts it, and the
    /// commands, which need none, still work. Takes that back.
    fn end_tls(&self, settings: &str) {
        let before = fs::read(self.path(SETTINGS)).unwrap();
        self.configure(settings);
        let refused = self.shell(&self.start()).output().unwrap();
        let said = String::from_utf8(refused.stderr).unwrap();
        let certificate = self.path("/run/credentials/pessoa-issuer.service/certificate.pem");
        assert!(said.contains(&*certificate.to_string_lossy()), "{said}");
        self.said(LIST);
        fs::write(self.path(SETTINGS), before).unwrap();
    }

    /// Serves on PostgreSQL, from a database in which nobody is.
    fn move_to_postgres(&mut self, variables: &str) {
        let database = self.database.as_ref().unwrap();
        let (name, given) = variables.split_once('=').unwrap();
        let guides = "postgres://pessoa_issuer:PASSWORD@db.example.org/pessoa_issuer";
        assert!(given.starts_with(guides), "{given}");
        let variables = format!("{name}='{}'\n", database.address());
        fs::write(self.path("/etc/pessoa-issuer.env"), variables).unwrap();
        let (service, _) = self.serve();
        let environment = "--property=EnvironmentFile=-/etc/pessoa-issuer.env";
        let listed = self.said(&format!("systemd-run {environment} {LIST}"));
        assert!(listed.contains("No enrolments"), "{listed}");
        assert!(service.stop());
    }

    /// Starts the service by its unit, and says where it listens.
    fn serve(&self) -> (Terminal, String) {
        let log = self.place.path().join("log");
        let mut terminal = Terminal::open(self.shell(&self.start()), &log);
        let said = terminal.said_until(|said| said.contains("\"listening\""));
        let listens = said
            .split(" on ")
            .nth(1)
            .unwrap_or_else(|| panic!("{said}"));
        let address = listens.split(". ").next().unwrap().to_owned();
        wait_until_ready(&address);
        (terminal, address)
    }

    /// What the unit tells systemd to do.
    fn start(&self) -> String {
        let unit = self.unit.as_deref().unwrap();
        let line = |name| {
            let mut lines = unit.lines();
            lines.find_map(|line| line.strip_prefix(name)).unwrap()
        };
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        format!(
            "umask {}\nread_environment {}\nPESSOA_ISSUER_LISTEN={} exec {}",
            line("UMask="),
            line("EnvironmentFile="),
            free.local_addr().unwrap(),
            line("ExecStart="),
        )
    }

    fn shell(&self, commands: &str) -> Command {
        let commands = format!("{MACHINE}\n{}", self.here(commands));
        let mut shell = programs::shell(self.place.path(), &commands);
        if let Some(database) = &self.database {
            shell.envs(database.variables());
        }
        shell
    }

    /// The same, in the folder of the test.
    fn here(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for folder in ["/etc/", "/run/", "/usr/local/", "/var/"] {
            let there = format!("{}/", self.path(folder).display());
            // What follows these is a path from the root, and no part of an address.
            for before in [' ', '"', '\'', '=', '-', '\n'] {
                let from = format!("{before}{folder}");
                text = text.replace(&from, &format!("{before}{there}"));
            }
        }
        text
    }

    fn path(&self, path: &str) -> PathBuf {
        self.place.path().join(path.trim_matches('/'))
    }
}

/// An account and a database of the test's own, at the server that the tests are given.
struct Database {
    name: String,
    server: Url,
}

impl Database {
    fn new() -> Self {
        Self {
            name: format!("guide_{}", std::process::id()),
            server: programs::postgres().parse().unwrap(),
        }
    }

    /// Where the server is, for PostgreSQL's own programs.
    fn variables(&self) -> Vec<(&'static str, String)> {
        let mut query = self.server.query_pairs();
        let socket = query.find(|(name, _)| name == "host");
        let host = match socket {
            Some((_, folder)) => folder.into_owned(),
            None => self.server.host_str().unwrap().to_owned(),
        };
        let mut variables = vec![
            ("PGHOST", host),
            ("PGUSER", self.server.username().to_owned()),
        ];
        let port = self.server.port().map(|port| port.to_string());
        variables.extend(port.map(|port| ("PGPORT", port)));
        let password = self.server.password().map(str::to_owned);
        variables.extend(password.map(|password| ("PGPASSWORD", password)));
        variables
    }

    /// The address of the database, with its own account.
    fn address(&self) -> String {
        let mut address = self.server.clone();
        address.set_username(&self.name).unwrap();
        address.set_password(Some(PASSWORD)).unwrap();
        address.set_path(&self.name);
        address.into()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        for remove in ["dropdb", "dropuser"] {
            let mut command = Command::new(remove);
            command.args(["--if-exists", &self.name]);
            // What a failed test leaves behind does no harm.
            let _ = command.envs(self.variables()).output();
        }
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

const SETTINGS: &str = "/var/lib/pessoa-issuer/issuer.toml";
const LIST: &str = "pessoa-issuer list --dir /var/lib/pessoa-issuer";
/// Where nobody tries things out, the specimen's state is refused.
const PASSPORT: &str = "P<SWEERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n\
                        L898902C36SWE7408122F3504152ZE184226B<<<<<16\n";
const PASSWORD: &str = "Gans-Wort";
/// What only a whole machine has: other accounts, a terminal that is asked for a password twice
/// (without one it is standard input), systemd, and somebody who types what a passport says.
const MACHINE: &str = r#"
sudo() {
  if [[ $1 = -u ]]; then shift 2; fi
  case "$1" in
    createuser) printf 'Gans-Wort\nGans-Wort\n' | setsid --wait "$@" ;;
    install) install_for_nobody_else "${@:2}" ;;
    *) "$@" ;;
  esac
}
install_for_nobody_else() {
  local kept=()
  while (($#)); do
    case "$1" in -o | -g) shift 2 ;; *) kept+=("$1"); shift ;; esac
  done
  install "${kept[@]}"
}
read_environment() {
  if [[ -e ${1#-} ]]; then set -a; source "${1#-}"; set +a; fi
}
systemd-run() (
  while [[ $1 = --* ]]; do
    if [[ $1 = --property=EnvironmentFile=* ]]; then read_environment "${1#*=*=}"; fi
    shift
  done
  "$@" < "$HOME/passport"
)"#;
