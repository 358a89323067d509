//! The wallet's side (OpenID4VP 1.0), from the link to what the Verifier said in the end.
//!
//! Every state is a type and every step consumes it. The host fetches and resolves:
//!
//! ```no_run
//! # use openid4vp::wallet::{self, Authenticated, Refusal, Settings, Step};
//! # fn fetch(_: http::Request<Vec<u8>>) -> http::Response<Vec<u8>> { unimplemented!() }
//! # fn resolve(_: &did::Did) -> did::DidDocument { unimplemented!() }
//! # fn host(link: &str, rng: &mut impl rand_core::CryptoRng, now: jiff::Timestamp)
//! #     -> Result<Authenticated, Refusal> {
//! let mut step = wallet::open(link, Settings { dev_loopback: false }, rng, now)?;
//! loop {
//!     step = match step {
//!         Step::Consent(request) => return Ok(*request), // ask the Holder
//!         Step::Fetch(state) => { let reply = fetch(state.request()); state.receive(&reply, now)? }
//!         Step::Resolve(state) => { let document = resolve(state.did()); state.receive(&document, now)? }
//!         Step::Scopes(state) => { let reply = fetch(state.request()); state.receive(&reply, None, now)? }
//!     }
//! }
//! # }
//! ```
//!
//! Nothing that depends on the Holder is sent before the Holder has spoken: there is no automatic
//! answer. What leaves then is made from a [`dcql::Selection`] and from nothing else.

mod answer;
mod consent;
mod error;
mod fetch;
mod open;
mod present;
mod scopes;

pub use answer::{Answering, Outcome};
pub use consent::{AskedPseudonym, Authenticated, Authentication};
pub use error::{Error, LinkFault, Refusal};
pub use fetch::{Fetching, Resolving};
pub use open::{Settings, Step, open};
pub use present::{Holding, HoldingFault, candidate, certificate_candidate};
pub(crate) use present::{net_candidate, slots};
pub use scopes::FetchingScopes;
