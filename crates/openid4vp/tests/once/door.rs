use dcql::Selection;
use openid4vp::door::AtDoor;
use openid4vp::wallet::Holding;

fn twice(door: AtDoor, selection: &Selection, holding: &Holding<'_>, rng: &mut impl rand_core::CryptoRng) {
    let _ = door.accept(selection, holding, rng);
    let _ = door.accept(selection, holding, rng);
}

fn main() {}
