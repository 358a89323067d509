//! BBS: signatures, proofs, and the net certificate's blind issuance and pseudonyms.
//!
//! The limits are multi-exponentiations and pairings, each done by blst at once. Tables of the
//! generators, which are fixed, do better than that. The peers' work is the nearest equal:
//! affinidi-bbs has one nym, so the others are committed messages to it; bbs_plus signs scalars
//! and has neither header nor domain, and a pseudonym row holds it against 33 plain messages.
//! pairing_crypto is not in the registry, hence not here.

use bbs::{
    Batch, BlindSigned, CommitmentWithProof, Disclosure, Lengths, NymSecrets, Proof, ProverBlind,
    ProverNyms, Pseudonym, Scalar, SecretKey, Shown, Signature, blind_sign_with_nym, nym_commit,
    proof_gen, proof_gen_with_nym, proof_verify, proof_verify_with_nym, sign, verify,
    verify_finalize_with_nym,
};
use zeroize::Zeroizing;

use crate::bbs_affinidi as affinidi;
use crate::bbs_floor::Floor;
use crate::bbs_plus_rival as plus;
use crate::bbs_zkryptium as zkryptium;
use crate::fixture::rng;
use crate::harness::{Row, against, work};

pub fn rows() -> Vec<Row> {
    let mut rows = plain(
        10,
        [
            "BBS, 10 messages: sign (<= 400 µs)",
            "BBS, 10 messages: verify",
            "BBS, 10 messages: prove, 3 shown (<= 1,100 µs)",
            "BBS, 10 messages: verify the proof (<= 1,300 µs)",
        ],
    );
    rows.extend(plain(
        30,
        [
            "BBS, 30 messages: sign",
            "BBS, 30 messages: verify",
            "BBS, 30 messages: prove, 3 shown (<= 1,800 µs)",
            "BBS, 30 messages: verify the proof (<= 1,750 µs)",
        ],
    ));
    rows.extend(issuance());
    rows.extend(pseudonyms());
    rows
}

fn plain(length: usize, [signing, verifying, proving, checking]: [&'static str; 4]) -> Vec<Row> {
    let key = SecretKey::generate(&mut rng()).expect("a key");
    let public = key.public().clone();
    let messages = messages(length);
    let signature = sign(&key, HEADER, &messages).expect("signed");
    let prove = {
        let (public, messages, signature) = (public.clone(), messages.clone(), signature.clone());
        move || {
            let proof = proof_gen(
                &public,
                &signature,
                HEADER,
                PH,
                &messages,
                &SHOWN,
                &mut rng(),
            );
            proof.expect("proven")
        }
    };
    let proof = prove().to_bytes();
    let shown: Vec<_> = SHOWN
        .iter()
        .map(|index| (*index, messages[*index].clone()))
        .collect();
    let floor = || Floor::new(length + 3);
    vec![
        Row {
            name: signing,
            ours: {
                let messages = messages.clone();
                work(move || sign(&key, HEADER, &messages).expect("signed"))
            },
            raw: Some(floor().of("a sum of L + 1, a product", move |floor| {
                (floor.sum(length + 1), floor.product())
            })),
            peers: vec![
                against("bbs_plus (no domain)", plus::Signed::new(length).sign()).at_least(1.0),
                against("zkryptium", zkryptium::Signed::new(length).sign()).at_least(1.0),
                against("affinidi-bbs", affinidi::Signed::new(length).sign()).at_least(1.0),
            ],
        },
        Row {
            name: verifying,
            ours: {
                let (public, messages) = (public.clone(), messages.clone());
                work(move || verify(&public, &signature, HEADER, &messages).expect("valid"))
            },
            raw: Some(
                floor().of("a sum of L + 1, a product, two pairings", move |floor| {
                    (floor.sum(length + 1), floor.product(), floor.pairings())
                }),
            ),
            peers: vec![
                against("bbs_plus (no domain)", plus::Signed::new(length).verify()).at_least(1.0),
                against("zkryptium", zkryptium::Signed::new(length).verify()).at_least(1.0),
                against("affinidi-bbs", affinidi::Signed::new(length).verify()).at_least(1.0),
            ],
        },
        Row {
            name: proving,
            ours: work(prove),
            raw: Some(
                floor().of("sums of L + 1 and L - 3, seven products", move |floor| {
                    (
                        floor.sum(length + 1),
                        floor.sum(length - 3),
                        floor.products(7),
                    )
                }),
            ),
            peers: vec![
                against("bbs_plus (no domain)", plus::Signed::new(length).prove()).at_least(1.0),
                against("zkryptium", zkryptium::Signed::new(length).prove()).at_least(1.0),
                against("affinidi-bbs", affinidi::Signed::new(length).prove()).at_least(1.0),
            ],
        },
        Row {
            name: checking,
            ours: work(move || {
                let proof = Proof::from_bytes(&proof).expect("a proof");
                proof_verify(&public, &proof, HEADER, PH, length, &shown).expect("valid");
            }),
            raw: Some(
                floor().of("sums of 3 and L + 3, two pairings", move |floor| {
                    (floor.sum(3), floor.sum(length + 3), floor.pairings())
                }),
            ),
            peers: vec![
                against(
                    "bbs_plus (no domain, not decoded)",
                    plus::Signed::new(length).check(),
                )
                .at_least(1.0),
                against("zkryptium", zkryptium::Signed::new(length).check()).at_least(1.0),
                against("affinidi-bbs", affinidi::Signed::new(length).check()).at_least(1.0),
            ],
        },
    ]
}

/// What an issuer and a holder have, in the net certificate's lengths.
struct Held {
    key: SecretKey,
    messages: Vec<Vec<u8>>,
    nyms: ProverNyms,
    commitment: Vec<u8>,
    blind: ProverBlind,
    signature: Signature,
    secrets: NymSecrets,
}

impl Held {
    fn new() -> Self {
        let key = SecretKey::generate(&mut rng()).expect("a key");
        let messages = messages(LENGTHS.messages);
        let scalars = (0..16_u8)
            .map(|index| Scalar::hash(&[index], b"nym"))
            .collect();
        let nyms = ProverNyms::new(Zeroizing::new(scalars)).expect("nyms");
        let (commitment, blind) = nym_commit(&NONE, &nyms, &mut rng()).expect("committed");
        let signature =
            blind_sign_with_nym(&key, &commitment, LENGTHS, Scalar::ONE, HEADER, &messages)
                .expect("signed");
        let secrets = NymSecrets::new(&nyms, Scalar::ONE);
        Self {
            key,
            messages,
            nyms,
            commitment: commitment.to_bytes(),
            blind,
            signature,
            secrets,
        }
    }

    fn issue(&self) -> Signature {
        let commitment = CommitmentWithProof::from_bytes(&self.commitment).expect("a commitment");
        blind_sign_with_nym(
            &self.key,
            &commitment,
            LENGTHS,
            Scalar::ONE,
            HEADER,
            &self.messages,
        )
        .expect("signed")
    }

    fn with_signed<R>(&self, run: impl FnOnce(&BlindSigned<'_>) -> R) -> R {
        let messages: Vec<&[u8]> = self.messages.iter().map(Vec::as_slice).collect();
        run(&BlindSigned {
            public: self.key.public(),
            signature: &self.signature,
            header: HEADER,
            messages: &messages,
            committed_messages: &NONE,
            secret_prover_blind: &self.blind,
        })
    }

    fn finalize(&self) -> NymSecrets {
        self.with_signed(|signed| {
            verify_finalize_with_nym(signed, &self.nyms, Scalar::ONE).expect("valid")
        })
    }

    fn prove(&self) -> (Proof, Pseudonym) {
        let shown = Disclosure {
            messages: &SHOWN,
            committed_messages: &[],
        };
        self.with_signed(|signed| {
            proof_gen_with_nym(signed, &self.secrets, CONTEXT, PH, &shown, &mut rng())
                .expect("proven")
        })
    }

    fn with_shown<R>(&self, run: impl FnOnce(&Shown<'_>) -> R) -> R {
        let messages: Vec<(usize, &[u8])> = SHOWN
            .iter()
            .map(|index| (*index, self.messages[*index].as_slice()))
            .collect();
        run(&Shown {
            public: self.key.public(),
            header: HEADER,
            ph: PH,
            lengths: LENGTHS,
            messages: &messages,
            committed_messages: &[],
        })
    }

    fn check(&self, proof: &[u8], pseudonym: &[u8]) {
        let proof = Proof::from_bytes(proof).expect("a proof");
        let pseudonym = Pseudonym::from_bytes(pseudonym).expect("a pseudonym");
        self.with_shown(|shown| {
            proof_verify_with_nym(shown, &proof, &pseudonym, CONTEXT).expect("valid");
        });
    }

    fn check_batch(&self, proofs: &[(Proof, Pseudonym)]) {
        self.with_shown(|shown| {
            let mut batch = Batch::new();
            for (proof, pseudonym) in proofs {
                batch.proof_with_nym(shown, proof, pseudonym, CONTEXT);
            }
            assert!(batch.judge(&mut rng()).iter().all(Result::is_ok));
        });
    }

    fn check_each(&self, proofs: &[(Proof, Pseudonym)]) {
        self.with_shown(|shown| {
            for (proof, pseudonym) in proofs {
                proof_verify_with_nym(shown, proof, pseudonym, CONTEXT).expect("valid");
            }
        });
    }
}

fn issuance() -> Vec<Row> {
    let [committing, issuing, finishing] = [Held::new(), Held::new(), Held::new()];
    let floor = || Floor::new(36);
    vec![
        Row {
            name: "net certificate, L = 16, N = 16: commit",
            ours: work(move || nym_commit(&NONE, &committing.nyms, &mut rng()).expect("committed")),
            raw: Some(floor().of("two sums of 17", |floor| (floor.sum(17), floor.sum(17)))),
            peers: vec![
                against("zkryptium", zkryptium::Named::new().commit()).at_least(1.0),
                against(
                    "affinidi-bbs (15 messages, 1 nym)",
                    affinidi::Named::new().commit(),
                )
                .at_least(1.0),
            ],
        },
        Row {
            name: "net certificate: verify the commitment, sign blindly",
            ours: work(move || issuing.issue()),
            raw: Some(floor().of("sums of 18 and 18, a product", |floor| {
                (floor.sum(18), floor.sum(18), floor.product())
            })),
            peers: vec![
                against("zkryptium", zkryptium::Named::new().issue()).at_least(1.0),
                against(
                    "affinidi-bbs (15 messages, 1 nym)",
                    affinidi::Named::new().issue(),
                )
                .at_least(1.0),
            ],
        },
        Row {
            name: "net certificate: finalize",
            ours: work(move || finishing.finalize()),
            raw: Some(floor().of("a sum of 34, a product, two pairings", |floor| {
                (floor.sum(34), floor.product(), floor.pairings())
            })),
            peers: vec![
                against("zkryptium", zkryptium::Named::new().finalize()).at_least(1.0),
                against(
                    "affinidi-bbs (15 messages, 1 nym)",
                    affinidi::Named::new().finalize(),
                )
                .at_least(1.0),
            ],
        },
    ]
}

fn pseudonyms() -> Vec<Row> {
    let [proving, checking, together, apart] = [(); 4].map(|()| Held::new());
    let sixteen = |held: &Held| [(); 16].map(|()| held.prove());
    let (many, each) = (sixteen(&together), sixteen(&apart));
    let (proof, pseudonym) = checking.prove();
    let (proof, pseudonym) = (proof.to_bytes(), pseudonym.to_bytes());
    let floor = || Floor::new(36);
    vec![
        Row {
            name: "net certificate: prove with pseudonym, 3 shown (<= 2,500 µs)",
            ours: work(move || proving.prove()),
            raw: Some(floor().of(
                "sums of 34 and 30, nine products, a hash to the curve",
                |floor| {
                    (
                        floor.sum(34),
                        floor.sum(30),
                        floor.products(9),
                        floor.hash(),
                    )
                },
            )),
            peers: vec![
                against(
                    "bbs_plus (33 messages, no pseudonym)",
                    plus::Signed::new(33).prove(),
                )
                .at_least(1.0),
                against("zkryptium", zkryptium::Named::new().prove()).at_least(1.0),
                against(
                    "affinidi-bbs (15 messages, 1 nym)",
                    affinidi::Named::new().prove(),
                )
                .at_least(1.0),
            ],
        },
        Row {
            name: "net certificate: verify the proof with pseudonym (<= 2,000 µs)",
            ours: work(move || checking.check(&proof, &pseudonym)),
            raw: Some(
                floor().of("sums of 3, 36 and 2, a hash, two pairings", |floor| {
                    (
                        floor.sum(3),
                        floor.sum(36),
                        floor.sum(2),
                        floor.hash(),
                        floor.pairings(),
                    )
                }),
            ),
            peers: vec![
                against(
                    "bbs_plus (33 messages, no pseudonym)",
                    plus::Signed::new(33).check(),
                )
                .at_least(1.0),
                against("zkryptium", zkryptium::Named::new().check()).at_least(1.0),
                against(
                    "affinidi-bbs (15 messages, 1 nym)",
                    affinidi::Named::new().check(),
                )
                .at_least(1.0),
            ],
        },
        Row {
            name: "net certificate: verify 16 decoded proofs at once",
            ours: work(move || together.check_batch(&many)),
            raw: None,
            peers: vec![against("the same one by one", move || {
                apart.check_each(&each)
            })],
        },
    ]
}

pub fn messages(length: usize) -> Vec<Vec<u8>> {
    (0..length)
        .map(|index| format!("the message of number {index}").into_bytes())
        .collect()
}

pub const CONTEXT: &[u8] = b"https://platform.example";
pub const HEADER: &[u8] = b"what every certificate of this epoch has";
pub const PH: &[u8] = b"nonce, client, address and request";
pub const SHOWN: [usize; 3] = [0, 2, 5];
const NONE: [&[u8]; 0] = [];
const LENGTHS: Lengths = Lengths {
    messages: 16,
    committed_messages: 0,
    nyms: 16,
};
