//! Net certificates as wallets ask for them: whole requests at the Issuer's endpoints.

use std::sync::LazyLock;

use keys::seed::Seed;
use keys::token::BearerToken;
use netcert::{
    Anchor, AnchorOpening, Binding, EpochKey, EpochProfile, HolderSecret, IssuanceProof, Prepared,
    Schedule, Slot, SlotValue, Slots, TokenBinding, TokenSession,
};
use openid4vci::issuer::{
    CredentialCall, CredentialIssuer, IssuerSecrets, Lifetimes, NetAccepted, NetCertificateKind,
    OfferTerms, Settings, TokenCall,
};
use openid4vci::messages::{
    CredentialRequest, NetAnchorProof, OfferLink, Proofs, RefreshBinding, TokenRequest,
};
use serde_json::Value;

use crate::Target;
use crate::fixture::{Numbers, now};
use crate::issuance::{dpop_key, headers, taken};

pub(crate) const TARGETS: &[Target] = &[
    Target::new("net_credential_request", credential_request, || {
        vec![ASKED.first.clone(), ASKED.renewal.clone()]
    }),
    Target::new("net_token_request", token_request, || {
        vec![ASKED.rebinding.clone(), ASKED.refresh.clone()]
    }),
];

/// The body of a Credential Request by one who has access: certificates are made for proofs that
/// the wallet made, and for no others.
fn credential_request(bytes: &[u8]) -> Option<()> {
    let headers = headers(&ISSUER.endpoints().credential, Some(&ASKED.access_token));
    let call = || ISSUER.credential_call(&headers, bytes, now());
    let mut accepted = None;
    for enrolled in [Some(&ASKED.strangers), None, Some(&ASKED.anchor)] {
        let request = match call() {
            Ok(CredentialCall::NetCertificate(request)) => request,
            Ok(CredentialCall::Keyed(_)) => unreachable!("nothing else was granted"),
            Err(error) => return taken::<(), _>(Err(error)),
        };
        assert_eq!(request.handle(), HANDLE);
        let judged = request.verify(enrolled, &ASKED.profiles());
        if enrolled == Some(&ASKED.strangers) {
            assert!(judged.is_err(), "the enrolment has another anchor");
        }
        match judged {
            Ok(judged) => accepted = Some(judged),
            Err(error) => {
                taken::<(), _>(Err(error));
            }
        }
    }
    issue(&accepted?);
    let request: CredentialRequest = serde_json::from_slice(bytes).expect("it was read");
    let proofs = request.proofs.and_then(|proofs| proofs.net_anchor);
    for proof in proofs.expect("it was read") {
        let proven = proven(&proof);
        assert!(ASKED.proofs.iter().any(|made| self::proven(made) == proven));
    }
    Some(())
}

/// The members of a proof, but for the one that is under no proof: what the wallet sealed for
/// itself.
fn proven(proof: &NetAnchorProof) -> Value {
    let mut members = serde_json::to_value(proof).expect("JSON");
    members
        .as_object_mut()
        .expect("members")
        .remove("anchor_box");
    members
}

fn issue(accepted: &NetAccepted) {
    assert_eq!(accepted.anchor, ASKED.anchor);
    assert_eq!(accepted.claims.as_slice(), CLAIMS);
    assert!(accepted.spends.len() == 2 && !accepted.orders.is_empty());
    let slots = Slots::new([(Slot::AgeOver18, SlotValue::Flag(true))]).expect("a slot");
    for order in &accepted.orders {
        let mut epochs = ASKED.epochs.iter();
        let (key, profile) = epochs
            .find(|(_, profile)| *profile == order.profile)
            .expect("a published profile");
        netcert::issue(key, profile, &slots, &order.commitment).expect("signed");
    }
}

/// The form of a restored wallet, which has lost the key of its ticket: a new key is bound for the
/// proof that the wallet made, and for no other.
fn token_request(bytes: &[u8]) -> Option<()> {
    let headers = headers(&ISSUER.endpoints().token, None);
    let call = || match ISSUER.token_call(&headers, bytes, now()) {
        Ok(TokenCall::Rebinding(call)) => Ok(call),
        Ok(TokenCall::PreAuthorizedCode(_) | TokenCall::RefreshToken(_)) => Err(None),
        Err(error) => Err(taken::<(), _>(Err(error))),
    };
    let call = [call(), call()].map(Result::ok);
    let [Some(theirs), Some(own)] = call else {
        return None;
    };
    assert_eq!(own.handle(), HANDLE);
    assert!(theirs.verify(&ISSUER, &ASKED.strangers).is_err());
    let bound = match own.verify(&ISSUER, &ASKED.anchor) {
        Ok(bound) => bound,
        Err(error) => return taken::<(), _>(Err(error)),
    };
    let step = bound.answer(&ISSUER, now(), &mut Numbers::default());
    assert!(step.spends.len() == 2 && step.reply.refresh_token.is_some());
    let Ok(TokenRequest::RefreshToken { binding, .. }) = TokenRequest::parse(bytes) else {
        unreachable!("it was read");
    };
    let proof = binding.expect("it was read").net_anchor_proof;
    assert_eq!(proof.expose(), ASKED.binding);
    Some(())
}

static ISSUER: LazyLock<CredentialIssuer> = LazyLock::new(|| {
    let settings = Settings {
        identifier: IDENTIFIER.parse().expect("a URL"),
        display: Vec::new(),
        kinds: Vec::new(),
        net_certificate: Some(NetCertificateKind {
            id: NET.to_owned(),
            scope: None,
            display: Vec::new(),
            claims: Vec::new(),
        }),
        batch_size: 4,
        tx_code_attempts: 3,
        lifetimes: Lifetimes::default(),
        secrets: IssuerSecrets::new(&[9; 32]),
    };
    CredentialIssuer::new(settings).expect("good settings")
});

/// What a wallet asked for, and what it proved.
struct Asked {
    access_token: BearerToken,
    anchor: Anchor,
    /// Of an enrolment that is somebody else's.
    strangers: Anchor,
    epochs: [(EpochKey, EpochProfile); 2],
    proofs: Vec<NetAnchorProof>,
    binding: String,
    first: Vec<u8>,
    renewal: Vec<u8>,
    rebinding: Vec<u8>,
    refresh: Vec<u8>,
}

impl Asked {
    fn profiles(&self) -> Vec<EpochProfile> {
        let profiles = self.epochs.iter().map(|(_, profile)| profile.clone());
        profiles.collect()
    }
}

static ASKED: LazyLock<Asked> = LazyLock::new(|| {
    let rng = &mut Numbers::default();
    let schedule = Schedule::weekly();
    let current = schedule.epoch_at(now()).expect("an epoch");
    let epochs = [current, current + 1].map(|epoch| {
        let key = EpochKey::generate(rng).expect("a key");
        let profile = EpochProfile::new(IDENTIFIER, schedule, epoch, "+00:00", &key);
        (key, profile.expect("a profile"))
    });
    let secret = HolderSecret::derive(&Seed::from_entropy(&[7; 32]), IDENTIFIER, 0);
    let (anchor, opening) = AnchorOpening::create(&secret, rng).expect("an anchor");
    let other = HolderSecret::derive(&Seed::from_entropy(&[8; 32]), IDENTIFIER, 0);
    let (strangers, _) = AnchorOpening::create(&other, rng).expect("an anchor");

    let (access_token, refresh_token) = tokens();
    let c_nonce = ISSUER.nonce(now(), rng).c_nonce;
    let dpop_jkt = dpop_key().public().thumbprint();
    let mut prove = |place: usize, first: bool| {
        let prepared = Prepared::create(&secret, &opening, rng).expect("a commitment");
        let (_, profile) = epochs.get(place).expect("an epoch");
        let binding = Binding {
            profile,
            c_nonce: c_nonce.expose(),
            dpop_jkt: &dpop_jkt,
        };
        let proof = match first {
            true => {
                IssuanceProof::prove_first(&secret, &opening, &anchor, &prepared, &binding, rng)
            }
            false => IssuanceProof::prove_renewal(&anchor, &prepared, &binding, rng),
        };
        NetAnchorProof::new(&proof.expect("a proof"), c_nonce.expose())
    };
    let first = vec![prove(0, true), prove(1, false)];
    let renewal = vec![prove(0, false), prove(1, false)];
    let session = TokenSession {
        issuer: ISSUER.identifier(),
        c_nonce: c_nonce.expose(),
        dpop_jkt: &dpop_jkt,
    };
    let binding = TokenBinding::prove(&secret, &opening, &anchor, &session, rng);
    let binding = String::from(binding.expect("a proof"));
    let refresh = |binding| {
        let refresh_token = BearerToken::from(refresh_token.expose());
        TokenRequest::RefreshToken {
            refresh_token,
            binding,
        }
        .form()
    };
    Asked {
        access_token,
        anchor,
        strangers,
        proofs: [first.clone(), renewal.clone()].concat(),
        first: request(first),
        renewal: request(renewal),
        rebinding: refresh(Some(RefreshBinding {
            net_anchor_proof: BearerToken::from(binding.as_str()),
            c_nonce: BearerToken::from(c_nonce.expose()),
        })),
        refresh: refresh(None),
        binding,
        epochs,
    }
});

/// Redeems an offer of net certificates: the access token and the ticket.
fn tokens() -> (BearerToken, BearerToken) {
    let numbers = &mut Numbers::default();
    let terms = OfferTerms {
        handle: HANDLE.to_owned(),
        claims: CLAIMS.to_vec().into(),
        claims_version: 0,
        configuration_ids: vec![NET.to_owned()],
        tx_code: None,
    };
    let new = ISSUER.offer(terms, now(), numbers).expect("an offer");
    let link = OfferLink::parse(new.link_by_value.expose()).expect("our own link");
    let OfferLink::ByValue(offer) = link else {
        unreachable!("it has the offer in it")
    };
    let grant = offer.grants.and_then(|grants| grants.pre_authorized_code);
    let form = TokenRequest::PreAuthorizedCode {
        pre_authorized_code: grant.expect("a code").pre_authorized_code,
        tx_code: None,
        authorization_details: None,
    }
    .form();
    let headers = headers(&ISSUER.endpoints().token, None);
    let Ok(TokenCall::PreAuthorizedCode(call)) = ISSUER.token_call(&headers, &form, now()) else {
        unreachable!("our own offer is redeemed")
    };
    let reply = new.offer.redeem(&ISSUER, call, now(), numbers).reply;
    let reply = reply.expect("tokens");
    (reply.access_token, reply.refresh_token.expect("a ticket"))
}

fn request(proofs: Vec<NetAnchorProof>) -> Vec<u8> {
    let request = CredentialRequest {
        credential_configuration_id: Some(NET.to_owned()),
        proofs: Some(Proofs {
            net_anchor: Some(proofs),
            ..Proofs::default()
        }),
        ..CredentialRequest::default()
    };
    serde_json::to_vec(&request).expect("JSON")
}

const IDENTIFIER: &str = "https://issuer.example";
const NET: &str = "net";
const HANDLE: &str = "handle-1";
const CLAIMS: &[u8] = b"{\"given_name\":\"Ada\"}";
