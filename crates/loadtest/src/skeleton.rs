//! What the same flows cost a server that is nothing but them: the floor that a service can be held
//! against.
//!
//! **What it does**, on the same runtime, allocator and cores as the service: the same requests of
//! an issuance (enrolment, offer, token, `c_nonce`, credential) and of a presentation (request,
//! Request Object, `direct_post`), answered so that the same wallets accept them; real JSON and forms;
//! every signature made and verified that the service makes and verifies, with what they sign
//! compared (type, key, address, time, audience, `c_nonce`, access token, digests of claims); an
//! SD-JWT VC with as many claims and decoys; durable commits where the service has them, three and
//! two, through one writer that commits in groups (or in one statement on PostgreSQL); what may be
//! used once written down as used.
//!
//! **What it leaves out**, which is what a product adds: rules of strangers' JSON, machine-readable
//! zones and people known again; claims sealed and padded; tokens that need no table; keys that are
//! replaced; policies, DCQL, trust and status lists judged; revocation, suspension, withdrawal;
//! records that expire; limits, metrics, logs, header fields for browsers; errors in words; several
//! formats, batches, several processes on one database.

mod asking;
mod issuing;
mod jwt;
mod kept;

use std::error::Error;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::{hmac, rand};
use axum::Router;
use axum::routing::{get, post};
use axum::serve::ListenerExt as _;
use http::header::AUTHORIZATION;
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

use crate::skeleton::jwt::{Jwk, Key, encode};
use crate::skeleton::kept::{Kept, Name};

/// What the skeleton says first.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Bare {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// The token of its admin API.
    pub(crate) admin: String,
}

/// Issuer and verifier in one, bound and yet to answer.
pub(crate) struct Skeleton {
    tcp: TcpListener,
    parts: Arc<Parts>,
}

impl Skeleton {
    /// Binds any port, and makes keys and a table: of the PostgreSQL database, or of a new file in
    /// the folder.
    ///
    /// # Errors
    /// Whatever goes wrong: the parent shows it.
    pub(crate) async fn open(
        folder: &Path,
        postgres: Option<&str>,
    ) -> Result<(Self, Bare), Box<dyn Error>> {
        let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = tcp.local_addr()?;
        let admin = random().ok_or("no randomness")?;
        let parts = Parts {
            admin: admin.clone(),
            base: format!("http://{address}"),
            copies: AtomicU64::new(0),
            kept: Kept::open(folder, postgres).await?,
            key: Key::generate().ok_or("no key")?,
            nonces: hmac::Key::generate(hmac::HMAC_SHA256, &rand::SystemRandom::new())
                .map_err(|_| "no key")?,
        };
        let skeleton = Self {
            tcp,
            parts: Arc::new(parts),
        };
        Ok((skeleton, Bare { address, admin }))
    }

    /// Answers requests until the process ends.
    ///
    /// # Errors
    /// If the socket fails.
    pub(crate) async fn serve(self) -> io::Result<()> {
        let routes = Router::new()
            .route("/readyz", get(async || "ready\n"))
            .route("/.well-known/jwt-vc-issuer", get(issuing::metadata))
            .route("/admin/enrolments", post(issuing::enrol))
            .route("/offers/{code}", get(issuing::offer))
            .route("/token", post(issuing::token))
            .route("/nonce", post(issuing::nonce))
            .route("/credential", post(issuing::credential))
            .route("/requests", post(asking::create))
            .route("/requests/{id}/object", get(asking::object))
            .route("/requests/{id}/response", post(asking::response))
            .route("/requests/{id}/result", post(asking::result))
            .with_state(self.parts);
        let tcp = self.tcp.tap_io(|stream| {
            // A connection without it is slower, and not wrong.
            let _ = stream.set_nodelay(true);
        });
        axum::serve(tcp, routes).await
    }
}

struct Parts {
    admin: String,
    base: String,
    copies: AtomicU64,
    kept: Kept,
    key: Key,
    nonces: hmac::Key,
}

impl Parts {
    fn admit(&self, headers: &HeaderMap) -> Result<(), StatusCode> {
        let known = bearer(headers, "Bearer ") == Some(&self.admin);
        known.then_some(()).ok_or(StatusCode::UNAUTHORIZED)
    }

    /// Judges a DPoP proof (RFC 9449, section 4.3), and says whose it is and what is used up.
    fn possession(
        &self,
        headers: &HeaderMap,
        path: &str,
        token: Option<&str>,
    ) -> Option<(String, Name)> {
        #[derive(Deserialize)]
        struct Claims {
            jti: String,
            htm: String,
            htu: String,
            iat: i64,
            ath: Option<String>,
        }
        let proof = headers.get("dpop")?.to_str().ok()?;
        let (key, claims): (Jwk, Claims) = jwt::open(proof, "dpop+jwt")?;
        let here = claims.htu.strip_prefix(&self.base) == Some(path);
        let hash = token.map(|token| encode(digest(&SHA256, token.as_bytes())));
        let good = claims.htm == "POST" && here && recent(claims.iat) && claims.ath == hash;
        let thumbprint = key.thumbprint();
        let used = kept::name("proof", &[&thumbprint, &claims.jti]);
        good.then_some((thumbprint, used))
    }
}

/// An answer, or the bare status of a refusal.
type Answer<T> = Result<T, StatusCode>;

fn bearer<'h>(headers: &'h HeaderMap, scheme: &str) -> Option<&'h str> {
    headers
        .get(AUTHORIZATION)?
        .to_str()
        .ok()?
        .strip_prefix(scheme)
}

/// A secret that nobody guesses.
fn random() -> Option<String> {
    let mut bytes = [0; 32];
    rand::fill(&mut bytes).ok()?;
    Some(encode(bytes))
}

fn now() -> i64 {
    crate::issuance::now().as_second()
}

fn recent(second: i64) -> bool {
    (now() - second).abs() <= 300
}
