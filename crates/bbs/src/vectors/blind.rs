//! draft-irtf-cfrg-bbs-blind-signatures.

use serde_json::Value;

use super::{assert_all_run, bytes, fixtures, list, mocked, proof, public_key, read, revealed};
use super::{scalar_bytes, secret_key, signature};
use crate::blind::generate;
use crate::commitment::core_commit;
use crate::generators::Interface;
use crate::signature::messages_to_scalars;
use crate::{
    BlindSigned, CommitmentWithProof, Disclosure, Lengths, ProverBlind, Scalar, Shown,
    blind_proof_verify, blind_sign, verify_blind_sign,
};

mod commitments {
    super::fixtures!("bbs-blind-cfrg", "commit", super::run_commitment, commit001 commit002);
}

mod signatures {
    super::fixtures!("bbs-blind-cfrg", "signature", super::run_signature,
        signature001 signature002 signature003 signature004 signature005);
}

mod proofs {
    super::fixtures!("bbs-blind-cfrg", "proof", super::run_proof,
        proof001 proof002 proof003 proof004 proof005 proof006 proof007 proof008);
}

#[test]
fn generators() {
    assert_all_run("bbs-blind-cfrg", "", &["generators"]);
    super::assert_generators(&read("bbs-blind-cfrg", "generators.json"), Interface::Blind);
}

fn run_commitment(vector: &Value) {
    let mut random = mocked(
        vector["mockRngParameters"]["commit"]["DST"]
            .as_str()
            .unwrap(),
    );
    let messages = list(&vector["committedMessages"]);
    let scalars = messages_to_scalars(&messages, Interface::Blind);
    let (commitment, blind) = core_commit(Interface::Blind, &scalars, &mut random).unwrap();
    assert_eq!(commitment.to_bytes(), bytes(&vector["commitmentWithProof"]));
    assert_eq!(
        blind.expose_secret().to_bytes(),
        scalar_bytes(&vector["proverBlind"])
    );
    commitment.verify(Interface::Blind, messages.len()).unwrap();
}

fn prover_blind(vector: &Value) -> ProverBlind {
    match &vector["proverBlind"] {
        Value::Null => ProverBlind::none(),
        scalar => ProverBlind::new(Scalar::from_bytes(&scalar_bytes(scalar)).unwrap()),
    }
}

fn optional(value: &Value) -> Vec<Vec<u8>> {
    if value.is_null() {
        Vec::new()
    } else {
        list(value)
    }
}

fn run_signature(vector: &Value) {
    let secret = secret_key(&vector["signerKeyPair"]["secretKey"]);
    let header = bytes(&vector["header"]);
    let messages = list(&vector["messages"]);
    let committed = optional(&vector["committedMessages"]);
    let public = public_key(&vector["signerKeyPair"]["publicKey"]);
    let blind = prover_blind(vector);
    let signed = BlindSigned {
        public: &public,
        signature: &signature(&vector["signature"]),
        header: &header,
        messages: &messages.iter().map(Vec::as_slice).collect::<Vec<_>>(),
        committed_messages: &committed.iter().map(Vec::as_slice).collect::<Vec<_>>(),
        secret_prover_blind: &blind,
    };
    verify_blind_sign(&signed).unwrap();
    let commitment = (!vector["commitmentWithProof"].is_null())
        .then(|| CommitmentWithProof::from_bytes(&bytes(&vector["commitmentWithProof"])).unwrap());
    let lengths = Lengths {
        messages: messages.len(),
        committed_messages: committed.len(),
        nyms: 0,
    };
    let signature = blind_sign(&secret, commitment.as_ref(), lengths, &header, &messages).unwrap();
    assert_eq!(signature.to_bytes().to_vec(), bytes(&vector["signature"]));
}

fn run_proof(vector: &Value) {
    let public = public_key(&vector["signerPublicKey"]);
    let (header, ph) = (
        bytes(&vector["header"]),
        bytes(&vector["presentationHeader"]),
    );
    let (shown, shown_committed) = (
        revealed(&vector["revealedMessages"]),
        revealed(&vector["revealedCommittedMessages"]),
    );
    let proof = proof(&vector["proof"]);
    let total = proof.hidden() + shown.len() + shown_committed.len();
    let messages = usize::try_from(vector["L"].as_u64().unwrap()).unwrap();
    let lengths = Lengths {
        messages,
        committed_messages: total - messages - 1,
        nyms: 0,
    };
    let statement = Shown {
        public: &public,
        header: &header,
        ph: &ph,
        lengths,
        messages: &super::pairs(&shown),
        committed_messages: &super::pairs(&shown_committed),
    };
    blind_proof_verify(&statement, &proof).unwrap();

    // The files leave out the hidden messages: they are the shared ones.
    let shared = super::shared("bbs-blind-cfrg");
    let messages = list(&shared["messages"])[..lengths.messages].to_vec();
    let committed = list(&shared["committedMessages"])[..lengths.committed_messages].to_vec();
    let blind = prover_blind(vector);
    let signed = BlindSigned {
        public: &public,
        signature: &signature(&vector["signature"]),
        header: &header,
        messages: &messages.iter().map(Vec::as_slice).collect::<Vec<_>>(),
        committed_messages: &committed.iter().map(Vec::as_slice).collect::<Vec<_>>(),
        secret_prover_blind: &blind,
    };
    let disclosure = Disclosure {
        messages: &shown.iter().map(|(index, _)| *index).collect::<Vec<_>>(),
        committed_messages: &shown_committed
            .iter()
            .map(|(index, _)| *index)
            .collect::<Vec<_>>(),
    };
    let mut random = mocked(
        vector["mockRngParameters"]["proof"]["DST"]
            .as_str()
            .unwrap(),
    );
    let again = generate(&signed, &ph, &disclosure, &mut random).unwrap();
    assert_eq!(again.to_bytes(), bytes(&vector["proof"]));
}
