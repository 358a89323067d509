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
mod dpop;
mod fixture;
mod harness;
mod json;
mod sd_jwt;
mod sd_jwt_payload;
mod seal;
mod status_list;
mod vc_jwt;
mod verify_all;

fn main() {
    let wanted = std::env::args().nth(1).unwrap_or_default();
    if wanted == "differential" {
        differential::agree(200);
    }
    harness::head();
    let rows = [
        json::rows,
        did_key::rows,
        vc_jwt::rows,
        verify_all::rows,
        sd_jwt::rows,
        dpop::rows,
        seal::rows,
        dcql_match::rows,
        status_list::rows,
        bbs::rows,
        data_integrity::rows,
    ];
    for row in rows.iter().flat_map(|rows| rows()) {
        if row.name.contains(&wanted) {
            harness::measure(row);
        }
    }
}
