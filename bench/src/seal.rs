//! Tokens that only their issuer can read.

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use keys::seal::SealingKey;

use crate::fixture::rng;
use crate::harness::{Row, against, work};

pub fn rows() -> Vec<Row> {
    let sealed = SealingKey::new(&KEY).seal(CONTEXT, &TOKEN, &mut rng());
    let (one, other) = (SealingKey::new(&KEY), SealingKey::new(&KEY));
    let raw = || XChaCha20Poly1305::new(&KEY.into());
    let nonce = XNonce::from([3; 24]);
    let message = Payload {
        msg: &TOKEN,
        aad: CONTEXT,
    };
    let ciphertext = raw().encrypt(&nonce, message).expect("sealed");
    let (sealing, opening) = (raw(), raw());
    vec![
        Row {
            name: "sealed token, 600 bytes: seal",
            ours: work(move || one.seal(CONTEXT, &TOKEN, &mut rng())),
            raw: Some(against("XChaCha20-Poly1305, nonce given", move || {
                sealing
                    .encrypt(
                        &nonce,
                        Payload {
                            msg: &TOKEN,
                            aad: CONTEXT,
                        },
                    )
                    .expect("sealed")
            })),
            peers: Vec::new(),
        },
        Row {
            name: "sealed token, 600 bytes: open",
            ours: work(move || other.open(CONTEXT, &sealed).expect("opened")),
            raw: Some(against("XChaCha20-Poly1305", move || {
                let message = Payload {
                    msg: &ciphertext,
                    aad: CONTEXT,
                };
                opening.decrypt(&nonce, message).expect("opened")
            })),
            peers: Vec::new(),
        },
    ]
}

const CONTEXT: &[u8] = b"access token";
const KEY: [u8; 32] = [7; 32];
const TOKEN: [u8; 600] = [0x61; 600];
