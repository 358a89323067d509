//! The wallet's process is killed (SIGKILL) while it is at work on net certificates: whatever the
//! moment, vault and compartment open, hold the old or the new, and the next run goes on, with the
//! same number.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use demo::stage::{Holder, PASSPHRASE, Platform};
use evidence::IdentityDocument;
use host::{Clock as _, SystemClock};
use issuer::Enrolled;
use jiff::SignedDuration;
use rand_core::Rng as _;
use serde_json::json;
use vault::Cost;
use wallet::{LockedRenewal, Settings, Wallet};

use crate::harness::{Town, number, request};
use crate::programs::{self, PATIENCE, Running};

#[tokio::test(flavor = "multi_thread")]
async fn while_it_renews() {
    let scene = Scene::a_week_later(|_| {}).await;
    let id = scene.certificate();
    let renew = async || words(&["renew", &id, "--yes"]);
    scene.kill(renew, &[], Epochs::OneMore).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_timer_renews() {
    let scene = Scene::a_week_later(|wallet| wallet.renew_by_itself().unwrap()).await;
    // It finds the compartment, and does not open the vault.
    let renew = async || words(&["renew", "--yes"]);
    scene.kill(renew, &["list"], Epochs::OneMore).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_it_takes_in_what_the_timer_fetched() {
    let scene = Scene::a_week_later(|wallet| wallet.renew_by_itself().unwrap()).await;
    scene.device.runs(&words(&["renew", "--yes"]));
    assert_eq!(scene.newest(), scene.old, "it is in the compartment");
    let list = async || words(&["list"]);
    scene.kill(list, &[], Epochs::OneMore).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_it_presents() {
    let scene = Scene::a_week_later(|_| {}).await;
    let present = async || {
        let created = request(&scene.platform, "login").await;
        words(&["present", created.link.expose(), "--yes"])
    };
    scene.kill(present, &[], Epochs::Same).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_it_binds_its_ticket_to_a_new_device() {
    let mut scene = Scene::a_week_later(|_| {}).await;
    let backup = scene.town.place.path().join("backup");
    let holder = scene.device.holder(&scene.town);
    holder.wallet.back_up(&backup).unwrap();
    scene.device = Device::new(scene.town.place.path(), "second");
    drop(
        holder
            .restored(&scene.device.vault(), Some(&backup))
            .unwrap(),
    );
    let id = scene.certificate();
    let renew = async || words(&["renew", &id, "--yes"]);
    scene.kill(renew, &[], Epochs::OneMore).await;
}

/// Each time it is another person: only a first receipt makes an anchor.
#[tokio::test(flavor = "multi_thread")]
async fn while_it_receives() {
    let town = Town::at(SystemClock.now(), often).await;
    let platform = town
        .platform_with("agora", |config| config.service.limits.burst = OFTEN)
        .await;
    let whole = receive(&town, &platform, 0, None).await;
    let mut people = 1;
    let mut killed = 0;
    for moment in whole.moments() {
        let seen = receive(&town, &platform, people, Some(moment)).await;
        killed += usize::from(seen.killed);
        people += 1;
    }
    assert!(killed > 0);
    let accounts = platform.app.accounts(None, 99).await.unwrap().accounts;
    assert_eq!(accounts.len(), people);
}

/// A new wallet receives, or is killed at it and goes on.
async fn receive(town: &Town, platform: &Platform, person: usize, moment: Option<Moment>) -> Seen {
    let device = Device::new(town.place.path(), &format!("person-{person}"));
    drop(device.holder(town));
    town.clock.set(SystemClock.now());
    let offer = words_of(&enrol(town, person).await);
    let seen = device.start(&offer).watch(&device, platform, town, moment);
    let (held, pending) = {
        let wallet = device.holder(town).wallet;
        let pending = wallet.pending().map(|(id, _)| id.to_owned()).next();
        (wallet.net_certificates().len(), pending)
    };
    match (held, pending) {
        (1, None) => {}
        // What was granted is fetched; what was not is offered again.
        (_, Some(id)) => device.runs(&words(&["refill", &id, "--yes"])),
        (_, None) => device.runs(&words_of(&enrol(town, person).await)),
    }
    let known = number(platform, &mut device.holder(town).wallet).await;
    // The anchor that the issuer has is the wallet's.
    device.runs(&words_of(&enrol(town, person).await));
    let wallet = &mut device.holder(town).wallet;
    assert_eq!(wallet.net_certificates().len(), 1, "{moment:?}");
    assert_eq!(number(platform, wallet).await, known, "{moment:?}");
    seen
}

/// Somebody whose wallet holds a certificate, the next of which can be had.
struct Scene {
    town: Town,
    platform: Platform,
    device: Device,
    /// The newest epoch of which there is a certificate.
    old: u64,
    /// On the platform.
    number: String,
}

/// What a command does to the epochs of which there are certificates.
#[derive(Clone, Copy, Debug)]
enum Epochs {
    OneMore,
    Same,
}

impl Scene {
    async fn a_week_later(change: impl FnOnce(&mut Wallet)) -> Self {
        let town = Town::at(SystemClock.now() - WEEK, often).await;
        let platform = town
            .platform_with("agora", |config| config.service.limits.burst = OFTEN)
            .await;
        let device = Device::new(town.place.path(), "first");
        let mut holder = device.holder(&town);
        let enrolled = enrol(&town, 0).await;
        let review = holder.wallet.review_offer(enrolled.link.expose()).await;
        let code = crate::harness::code(&enrolled);
        let received = holder.wallet.accept_offer(review.unwrap(), code).await;
        received.unwrap();
        let number = number(&platform, &mut holder.wallet).await;
        change(&mut holder.wallet);
        drop(holder);
        town.later(&[&platform], WEEK).await;
        let mut scene = Self {
            town,
            platform,
            device,
            old: 0,
            number,
        };
        scene.old = scene.newest();
        scene
    }

    /// Runs a command to its end, and then again and again from the same state, killed at another
    /// moment each time; `then` is run where it is needed to see the result.
    async fn kill(&self, command: impl AsyncFn() -> Vec<String>, then: &[&str], epochs: Epochs) {
        let before = self.device.files();
        let compartment = self.compartment();
        let new = match epochs {
            Epochs::OneMore => self.old + 1,
            Epochs::Same => self.old,
        };
        let mut killed = 0;
        let mut moments = vec![None];
        let mut place = 0;
        while let Some(moment) = moments.get(place).copied() {
            self.device.back_to(&before);
            self.town.clock.set(SystemClock.now());
            let running = self.device.start(&command().await);
            let seen = running.watch(&self.device, &self.platform, &self.town, moment);
            if moment.is_none() {
                moments.extend(seen.moments().map(Some));
            }
            killed += usize::from(seen.killed);
            assert_eq!(self.compartment(), compartment, "{moment:?}");
            let newest = self.newest();
            assert!(newest == self.old || newest == new, "{moment:?}: {newest}");

            self.device.runs(&command().await);
            if !then.is_empty() {
                self.device.runs(&words(then));
            }
            assert_eq!(self.newest(), new, "{moment:?}");
            let wallet = &mut self.device.holder(&self.town).wallet;
            let number = number(&self.platform, wallet).await;
            assert_eq!(number, self.number, "{moment:?}");
            place += 1;
        }
        assert!(killed > 0);
        let accounts = self.platform.app.accounts(None, 9).await.unwrap();
        assert_eq!(accounts.accounts.len(), 1);
    }

    /// The newest epoch of which the vault has a certificate. It opens.
    fn newest(&self) -> u64 {
        let wallet = self.device.holder(&self.town).wallet;
        let [held] = wallet.net_certificates() else {
            panic!("there is one certificate");
        };
        held.newest_epoch().unwrap()
    }

    fn certificate(&self) -> String {
        let wallet = self.device.holder(&self.town).wallet;
        wallet.net_certificates()[0].id.clone()
    }

    /// Whether there is a compartment. It opens.
    fn compartment(&self) -> bool {
        let settings = Settings {
            dev_loopback: true,
            ..Settings::default()
        };
        let clock = Arc::new(self.town.clock.clone());
        let opened = LockedRenewal::open(&self.device.vault(), settings, clock);
        opened.unwrap().is_some()
    }
}

/// The folder in which `pessoa` keeps a wallet.
struct Device(PathBuf);

impl Device {
    fn new(place: &Path, name: &str) -> Self {
        let folder = place.join(name);
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("wallet.toml"), "dev = true\n").unwrap();
        fs::write(folder.join("passphrase"), PASSPHRASE).unwrap();
        Self(folder)
    }

    fn vault(&self) -> PathBuf {
        self.0.join("wallet.vault")
    }

    /// Opens the wallet in this process, making it where there is none.
    fn holder(&self, town: &Town) -> Holder {
        let cost = Cost::insecure_for_tests();
        let clock = Arc::new(town.clock.clone());
        Holder::open(&self.vault(), "en", cost, clock).unwrap()
    }

    fn start(&self, command: &[String]) -> Running {
        let mut pessoa = Command::new(programs::folder().join("pessoa"));
        pessoa
            .env_clear()
            .arg("--dir")
            .arg(&self.0)
            .arg("--passphrase-file")
            .arg(self.0.join("passphrase"))
            .args(command)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(self.log()).unwrap());
        Running::start(&mut pessoa)
    }

    /// Runs a command, which must succeed.
    fn runs(&self, command: &[String]) {
        let status = self.start(command).0.wait().unwrap();
        assert!(status.success(), "{command:?}: {}", self.said());
    }

    fn said(&self) -> String {
        fs::read_to_string(self.log()).unwrap()
    }

    /// Beside the folder, so that it is no part of the state.
    fn log(&self) -> PathBuf {
        self.0.with_extension("log")
    }

    fn files(&self) -> BTreeMap<OsString, Vec<u8>> {
        let files = fs::read_dir(&self.0).unwrap().map(|entry| {
            let entry = entry.unwrap();
            (entry.file_name(), fs::read(entry.path()).unwrap())
        });
        files.collect()
    }

    fn back_to(&self, files: &BTreeMap<OsString, Vec<u8>>) {
        for entry in fs::read_dir(&self.0).unwrap() {
            fs::remove_file(entry.unwrap().path()).unwrap();
        }
        for (name, bytes) in files {
            let mut options = OpenOptions::new();
            let file = options.write(true).create_new(true).mode(0o600);
            let mut file = file.open(self.0.join(name)).unwrap();
            file.write_all(bytes).unwrap();
        }
    }
}

/// When a process is killed.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// When it has run for so long.
    After(Duration),
    /// When so many requests have come in.
    Request(usize),
    /// When the new file of this one shows: in the middle of a save.
    Save(&'static str),
}

/// What was seen of a process.
struct Seen {
    killed: bool,
    requests: usize,
    took: Duration,
}

impl Seen {
    /// Moments to kill another process at that does the same.
    fn moments(&self) -> impl Iterator<Item = Moment> + use<> {
        let chance = || f64::from(host::system_rng().next_u32()) / f64::from(u32::MAX);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            clippy::cast_sign_loss,
            reason = "a few requests"
        )]
        let request = || Moment::Request((self.requests as f64 * chance()).ceil() as usize);
        let time = || Moment::After(self.took.mul_f64(chance()));
        let times = [(); CHANCES].map(|()| time());
        let others = [(); CHANCES].map(|()| match self.requests {
            0 => time(),
            _ => request(),
        });
        let saves = ["wallet.vault", "wallet.vault.renewal"].map(Moment::Save);
        saves.into_iter().chain(others).chain(times)
    }
}

impl Running {
    /// Kills the process at a moment, unless it ends before; without one, it must do its work.
    fn watch(
        mut self,
        device: &Device,
        platform: &Platform,
        town: &Town,
        moment: Option<Moment>,
    ) -> Seen {
        let began = Instant::now();
        let mut requests = 0;
        for log in [&platform.log, &town.office.log] {
            // What was before.
            let _ = log.take();
        }
        let ended = loop {
            requests += platform.log.take().len() + town.office.log.take().len();
            let due = match moment {
                None => false,
                Some(Moment::After(time)) => began.elapsed() >= time,
                Some(Moment::Request(number)) => requests >= number,
                Some(Moment::Save(file)) => device.0.join(format!("{file}.new")).exists(),
            };
            if due {
                self.0.kill().unwrap();
            }
            match self.0.try_wait().unwrap() {
                Some(status) => break status,
                None if due => break self.0.wait().unwrap(),
                None => sleep(LOOK_EVERY),
            }
            assert!(began.elapsed() < PATIENCE, "{}", device.said());
        };
        let killed = ended.code().is_none();
        println!("{moment:?}: killed: {killed}, requests: {requests}");
        assert!(killed || ended.success(), "{}", device.said());
        Seen {
            killed,
            requests,
            took: began.elapsed(),
        }
    }
}

async fn enrol(town: &Town, person: usize) -> Enrolled {
    let name = char::from(b'A' + u8::try_from(person).unwrap());
    let record = json!({
        "issuing_state": "UTO", "number": format!("L{person:08}"), "surname": "Eriksson",
        "given_names": format!("Anna {name}"), "nationality": "UTO", "birth_date": "1974-08-12",
        "sex": "F", "expires_on": "2099-04-15",
    });
    let record = serde_json::from_value(record).unwrap();
    let document = IdentityDocument::from_record(&record).unwrap();
    let document = document.judge(town.clock.now()).unwrap();
    town.office.app.enrol(&document).await.unwrap()
}

fn words_of(enrolled: &Enrolled) -> Vec<String> {
    let code = enrolled.tx_code.as_ref().unwrap();
    let link = enrolled.link.expose();
    words(&["receive", link, "--tx-code", code.expose(), "--yes"])
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

fn often(config: &mut issuer::Config) {
    config.service.limits.burst = OFTEN;
}

/// Requests at once: the limit knows no other clock than the machine's.
const OFTEN: u32 = 1000;
/// Shorter than a save takes.
const LOOK_EVERY: Duration = Duration::from_micros(50);
/// Moments of chance, of each kind.
const CHANCES: usize = 3;
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
