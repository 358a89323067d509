use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use fetch::Client;
use host::{Clock as _, SystemClock, system_rng};
use keys::token::BearerToken;
use keys::{Algorithm, SigningKey};
use openid4vci::wallet::{AccessGrant, Discovery, Options, Progress, Received};
use serde_json::Value;

use crate::programs::{self, Running};

/// The issuer's process is killed (SIGKILL) after every answer of an issuance, and started again.
#[tokio::test]
async fn an_issuer_that_is_killed_after_every_answer_loses_nothing_and_gives_nothing_twice() {
    let place = tempfile::tempdir().unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let options = issuer::InitOptions {
        public_url: format!("http://{address}").parse().unwrap(),
        ..issuer::InitOptions::default()
    };
    issuer::init(place.path(), &options, &SystemClock).unwrap();
    let zone = demo::passport::Specimen::of_doc_9303(SystemClock.now()).unwrap();
    let passport = place.path().join("passport.txt");
    std::fs::write(&passport, zone.zone()).unwrap();
    let enrol = issuer(place.path())
        .args(["enrol", "--json", "--mrz"])
        .arg(&passport)
        .output();
    let offer: Value = serde_json::from_slice(&enrol.unwrap().stdout).unwrap();

    let wallet = Wallet::new();
    let grant = {
        let _issuer = serve(place.path(), address);
        wallet.redeem(&offer).await.unwrap()
    };
    {
        let _issuer = serve(place.path(), address);
        assert!(
            wallet.redeem(&offer).await.is_err(),
            "the offer is redeemed again"
        );
        let received = wallet.order(&grant).await;
        assert_eq!(received.credentials.len(), 2);
    }
    let _issuer = serve(place.path(), address);
    assert_eq!(wallet.order(&grant).await.credentials.len(), 2);
    let list = issuer(place.path())
        .args(["list", "--json"])
        .output()
        .unwrap();
    let list: Value = serde_json::from_slice(&list.stdout).unwrap();
    assert_eq!(list["enrolments"].as_array().unwrap().len(), 1);
    assert_eq!(list["enrolments"][0]["copies"], 4);
}

/// The wallet's side of the protocol, step by step.
struct Wallet {
    client: Client,
    dpop: SigningKey,
}

impl Wallet {
    fn new() -> Self {
        let options = fetch::Options {
            dev_loopback: true,
            ..fetch::Options::default()
        };
        Self {
            client: Client::new(options).unwrap(),
            dpop: SigningKey::generate(Algorithm::Es256, &mut system_rng()),
        }
    }

    async fn redeem(&self, offer: &Value) -> Result<AccessGrant, Box<dyn std::error::Error>> {
        let options = Options {
            allow_http_loopback: true,
        };
        // A connection to a process that was killed is of no use.
        let client = self.client.fresh()?;
        let mut stage = Discovery::start(offer["offer_by_value"].as_str().unwrap(), options)?;
        let review = loop {
            let answer = client.send(stage.request()).await?;
            match stage.receive(&answer)? {
                Progress::Done(review) => break review,
                Progress::More(next) => stage = next,
            }
        };
        let code = BearerToken::from(offer["transaction_code"].as_str().unwrap());
        let mut stage = review.accept(Some(code))?;
        loop {
            let request = stage.request(&self.dpop, SystemClock.now(), &mut system_rng())?;
            let answer = client.send(request).await?;
            match stage.receive(&answer, SystemClock.now())? {
                Progress::Done(grant) => return Ok(grant),
                Progress::More(next) => stage = next,
            }
        }
    }

    async fn order(&self, grant: &AccessGrant) -> Received {
        let client = self.client.fresh().unwrap();
        let keys = [(); 2].map(|()| SigningKey::generate(Algorithm::Es256, &mut system_rng()));
        let publics = keys.iter().map(|key| key.public().clone()).collect();
        let keys: Vec<&SigningKey> = keys.iter().collect();
        let mut stage = grant.order("person", publics).unwrap();
        loop {
            let rng = &mut system_rng();
            let request = stage
                .request(&keys, &self.dpop, SystemClock.now(), rng)
                .unwrap();
            let answer = client.send(request).await.unwrap();
            match stage.receive(&answer).unwrap() {
                Progress::Done(received) => return received,
                Progress::More(next) => stage = next,
            }
        }
    }
}

fn serve(folder: &Path, address: std::net::SocketAddr) -> Running {
    let running = Running::start(issuer(folder).arg("serve").stderr(Stdio::null()));
    let began = Instant::now();
    while TcpStream::connect(address).is_err() {
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "the issuer does not serve"
        );
        std::thread::sleep(Duration::from_millis(10));
    }
    running
}

fn issuer(folder: &Path) -> Command {
    let mut issuer = Command::new(programs::folder().join("pessoa-issuer"));
    issuer.arg("--dir").arg(folder);
    issuer
}
