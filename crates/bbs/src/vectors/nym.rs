//! draft-irtf-cfrg-bbs-per-verifier-linkability-03.

use serde_json::Value;
use zeroize::Zeroizing;

use super::{assert_all_run, bytes, fixtures, list, mocked, proof, public_key, read, revealed};
use super::{scalar_bytes, secret_key, signature};
use crate::generators::Interface;
use crate::nym::{commit, generate};
use crate::{
    BlindSigned, CommitmentWithProof, Disclosure, Lengths, NymSecrets, ProverBlind, ProverNyms,
    Pseudonym, Scalar, Shown, blind_sign_with_nym, calculate_pseudonym, proof_verify_with_nym,
    verify_finalize_with_nym,
};

#[expect(non_snake_case, reason = "named after the files")]
mod commitments {
    super::fixtures!("bbs-nym-cfrg", "nymCommit", super::run_commitment,
        nymCommit001 nymCommit002 nymCommit003 nymCommit004);
}

#[expect(non_snake_case, reason = "named after the files")]
mod signatures {
    super::fixtures!("bbs-nym-cfrg", "nymSignature", super::run_signature,
        nymSignature001 nymSignature002 nymSignature003
        nymSignature004 nymSignature005 nymSignature006);
}

#[expect(non_snake_case, reason = "named after the files")]
mod proofs {
    super::fixtures!("bbs-nym-cfrg", "nymProof", super::run_proof,
        nymProof001 nymProof002 nymProof003 nymProof004 nymProof005 nymProof006 nymProof007
        nymProof101 nymProof102 nymProof103 nymProof104);
}

#[test]
fn generators() {
    assert_all_run("bbs-nym-cfrg", "", &["generators"]);
    let vector = read("bbs-nym-cfrg", "generators.json");
    super::assert_generators(&vector, Interface::Nym);
}

fn scalar(value: &Value) -> Scalar {
    Scalar::from_bytes(&scalar_bytes(value)).unwrap()
}

fn scalars(value: &Value) -> Vec<Scalar> {
    value.as_array().unwrap().iter().map(scalar).collect()
}

fn prover_nyms(vector: &Value) -> ProverNyms {
    ProverNyms::new(Zeroizing::new(scalars(&vector["proverNyms"]))).unwrap()
}

fn run_commitment(vector: &Value) {
    let mut random = mocked(
        vector["mockRngParameters"]["commit"]["DST"]
            .as_str()
            .unwrap(),
    );
    let messages = list(&vector["committedMessages"]);
    let nyms = prover_nyms(vector);
    let (commitment, blind) = commit(&messages, &nyms, &mut random).unwrap();
    assert_eq!(commitment.to_bytes(), bytes(&vector["commitmentWithProof"]));
    assert_eq!(
        blind.expose_secret().to_bytes(),
        scalar_bytes(&vector["proverBlind"])
    );
    let expected = messages.len() + nyms.expose_secret().len();
    commitment.verify(Interface::Nym, expected).unwrap();
}

fn run_signature(vector: &Value) {
    let secret = secret_key(&vector["signerKeyPair"]["secretKey"]);
    let header = bytes(&vector["header"]);
    let messages = list(&vector["messages"]);
    let committed = list(&vector["committedMessages"]);
    let entropy = scalar(&vector["signer_nym_entropy"]);
    let nyms = prover_nyms(vector);
    let commitment =
        CommitmentWithProof::from_bytes(&bytes(&vector["commitmentWithProof"])).unwrap();
    let lengths = Lengths {
        messages: messages.len(),
        committed_messages: committed.len(),
        nyms: nyms.expose_secret().len(),
    };
    let signature =
        blind_sign_with_nym(&secret, &commitment, lengths, entropy, &header, &messages).unwrap();
    assert_eq!(signature.to_bytes().to_vec(), bytes(&vector["signature"]));

    let blind = ProverBlind::new(scalar(&vector["proverBlind"]));
    let signed = BlindSigned {
        public: &public_key(&vector["signerKeyPair"]["publicKey"]),
        signature: &signature,
        header: &header,
        messages: &messages.iter().map(Vec::as_slice).collect::<Vec<_>>(),
        committed_messages: &committed.iter().map(Vec::as_slice).collect::<Vec<_>>(),
        secret_prover_blind: &blind,
    };
    let secrets = verify_finalize_with_nym(&signed, &nyms, entropy).unwrap();
    assert_secrets(&secrets, &vector["nym_secrets"]);
}

fn assert_secrets(secrets: &NymSecrets, expected: &Value) {
    let secrets: Vec<_> = secrets
        .expose_secret()
        .iter()
        .map(Scalar::to_bytes)
        .collect();
    let expected: Vec<_> = scalars(expected).iter().map(Scalar::to_bytes).collect();
    assert_eq!(secrets, expected);
}

fn run_proof(vector: &Value) {
    let public = public_key(&vector["signerPublicKey"]);
    let (header, ph) = (
        bytes(&vector["header"]),
        bytes(&vector["presentationHeader"]),
    );
    let context = bytes(&vector["context_id"]);
    let (shown, shown_committed) = (
        revealed(&vector["revealedMessages"]),
        revealed(&vector["revealedCommittedMessages"]),
    );
    let messages = list(&vector["messages"]);
    let committed = list(&vector["committedMessages"]);
    let lengths = Lengths {
        messages: messages.len(),
        committed_messages: committed.len(),
        nyms: vector["proverNyms"].as_array().unwrap().len(),
    };
    assert_eq!(vector["L"].as_u64().unwrap(), messages.len() as u64);
    let pseudonym = Pseudonym::from_bytes(&bytes(&vector["pseudonym"])).unwrap();
    let statement = Shown {
        public: &public,
        header: &header,
        ph: &ph,
        lengths,
        messages: &super::pairs(&shown),
        committed_messages: &super::pairs(&shown_committed),
    };
    proof_verify_with_nym(&statement, &proof(&vector["proof"]), &pseudonym, &context).unwrap();

    let entropy = scalar(&vector["signer_nym_entropy"]);
    let secrets = NymSecrets::new(&prover_nyms(vector), entropy);
    assert_secrets(&secrets, &vector["nym_secrets"]);
    assert_eq!(calculate_pseudonym(&context, &secrets).unwrap(), pseudonym);
    let blind = ProverBlind::new(scalar(&vector["proverBlind"]));
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
    let (proof, again) =
        generate(&signed, &secrets, &context, &ph, &disclosure, &mut random).unwrap();
    assert_eq!(again, pseudonym);
    assert_eq!(proof.to_bytes(), bytes(&vector["proof"]));
}
