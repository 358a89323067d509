//! Each hot operation against the raw primitive and a named peer, in one run.
//!
//! A ratio is the other's CPU time over ours, measured in turns: 1 is equal, 2 is twice as fast.

mod affinidi;
mod bbs;
mod bbs_affinidi;
mod bbs_floor;
mod bbs_plus_rival;
mod bbs_zkryptium;
mod data_integrity;
mod dcql_match;
mod did_key;
mod differential;
mod digital_bazaar;
mod dpop;
mod fixture;
mod growth;
mod harness;
mod json;
mod sd_jwt;
mod sd_jwt_payload;
mod seal;
mod selective;
mod ssi;
mod status_list;
mod vc_jwt;
mod verify_all;

use digital_bazaar::DigitalBazaar;
use harness::{Effort, Row};
use mimalloc::MiMalloc;

/// Hot paths are hot in services: everybody is measured with the allocator that these run with.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// `bench [--quick] [FILTER]` measures; `bench differential` compares answers, and measures nothing.
fn main() {
    let (options, filter): (Vec<String>, Vec<String>) = std::env::args()
        .skip(1)
        .partition(|argument| argument.starts_with("--"));
    let effort = match options.iter().any(|option| option == "--quick") {
        true => Effort::QUICK,
        false => Effort::WHOLE,
    };
    let filter = filter.first().map_or("", String::as_str);
    let bazaar = DigitalBazaar::start();
    if filter == "differential" {
        differential::agree(&bazaar);
        return;
    }
    harness::head();
    let integrity = || data_integrity::rows(&bazaar);
    let selective = || selective::rows(&bazaar);
    let rows: [&dyn Fn() -> Vec<Row>; 12] = [
        &json::rows,
        &did_key::rows,
        &vc_jwt::rows,
        &verify_all::rows,
        &sd_jwt::rows,
        &dpop::rows,
        &seal::rows,
        &dcql_match::rows,
        &status_list::rows,
        &bbs::rows,
        &integrity,
        &selective,
    ];
    for row in rows.iter().flat_map(|rows| rows()) {
        if row.name.contains(filter) {
            harness::measure(row, effort);
        }
    }
    harness::growth_head();
    for growth in growth::all() {
        if growth.name.contains(filter) {
            harness::measure_growth(growth, effort);
        }
    }
}
