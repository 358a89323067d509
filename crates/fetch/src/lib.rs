//! The only HTTP client of the project, and what is kept of the answers.
//!
//! Knows nothing of protocols or people: the [`Client`] carries a request there and an answer back, within
//! bounds. What it adds is what it refuses: addresses inside the network that it runs in, answers
//! without end, redirects, and everything by which a peer could recognize a caller again (cookies,
//! languages, resumed TLS sessions, a telling User-Agent). The [`resolve::Resolver`] keeps the documents and
//! lists that issuers publish, so that a presentation asks nobody; [`references::References`] what an operator
//! says that credentials refer to.
//!
//! ```no_run
//! # async fn ask() -> Result<(), fetch::FetchError> {
//! let client = fetch::Client::new(fetch::Options::default())?;
//! let transaction = client.fresh()?;
//! let request = http::Request::get("https://issuer.example/nonce").body(Vec::new()).unwrap();
//! let answer = transaction.send(request).await?;
//! # Ok(())
//! # }
//! ```

mod client;
mod error;
mod guard;
pub mod references;
pub mod resolve;

pub use crate::client::{Client, Options};
pub use crate::error::{FetchError, Refusal};
