//! Whole flows under load, measured: what a flow costs the service, next to what it costs a server
//! that is nothing but the flow, and to what neither can do without.
//!
//! Knows no protocol better than a wallet does: it starts the services' own programs, sends them the
//! requests of whole flows over HTTP on loopback, and reads from the kernel what a service used. What
//! that is held against is this program again, in other roles. It talks to this machine alone.

mod child;
mod cli;
mod connection;
mod database;
mod drive;
mod health;
mod issuance;
mod measure;
mod net_issuance;
mod net_presentation;
mod presentation;
mod process;
mod proofs;
mod report;
mod role;
mod signatures;
mod skeleton;
mod storage;

pub use cli::{command, run};
