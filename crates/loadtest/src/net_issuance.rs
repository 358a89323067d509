//! A whole issuance of net certificates, of this epoch and the next (docs/profiles/net-certificate.md):
//! nine requests.

use std::sync::Arc;

use http::header::AUTHORIZATION;
use http::{Method, Request, StatusCode};
use keys::seed::Seed;
use keys::token::BearerToken;
use keys::{Algorithm, SigningKey};
use netcert::{
    Anchor, AnchorOpening, Binding, Certificate, EpochProfile, HolderSecret, IssuanceProof,
    Prepared, UnverifiedCertificate,
};
use openid4vci::messages::{
    CredentialRequest, CredentialResponse, EpochList, NetAnchorProof, Proofs,
};
use openid4vci::oauth::dpop;
use serde_json::Value;
use url::Url;

use crate::connection::{Connection, ExchangeError};
use crate::drive::{Flow, FlowError};
use crate::issuance::{Issuance, answer, answered, enrolment, proof_of_possession};

/// The issuer that is asked.
pub(crate) struct NetIssuance {
    issuance: Arc<Issuance>,
    anchor: Url,
    base: String,
}

/// A person at the desk for the first time, with a wallet.
pub(crate) struct NetPerson {
    enrolment: Vec<u8>,
    dpop: SigningKey,
    token_proof: String,
    own: Own,
    /// A commitment for each certificate, which wallets make beforehand.
    prepared: [Prepared; 2],
}

/// What a wallet keeps to itself.
struct Own {
    secret: HolderSecret,
    anchor: Anchor,
    opening: AnchorOpening,
}

/// Certificates as they came.
pub(crate) struct NetIssued {
    own: Own,
    prepared: [Prepared; 2],
    profiles: [EpochProfile; 2],
    documents: Vec<Value>,
}

/// A certificate as a wallet keeps it.
pub(crate) struct Held {
    pub(crate) certificate: Certificate,
    pub(crate) secret: HolderSecret,
    pub(crate) profile: EpochProfile,
}

impl NetIssuance {
    /// Asks the issuer with this public address.
    ///
    /// # Errors
    /// [`FlowError::Make`] if that is no address.
    pub(crate) fn new(base: &str, issuance: &Arc<Issuance>) -> Result<Self, FlowError> {
        let anchor = Url::parse(&format!("{base}/net/anchor"));
        Ok(Self {
            issuance: Arc::clone(issuance),
            anchor: anchor.map_err(|_| FlowError::Make("address"))?,
            base: base.to_owned(),
        })
    }

    /// Prepares people: secrets, commitments, and what can be signed before the issuer has said
    /// anything.
    ///
    /// # Errors
    /// [`FlowError::Make`]
    pub(crate) fn people(
        &self,
        range: std::ops::Range<usize>,
    ) -> Result<Vec<NetPerson>, FlowError> {
        range.map(|number| self.person(number)).collect()
    }

    fn person(&self, number: usize) -> Result<NetPerson, FlowError> {
        let rng = &mut host::system_rng();
        let secret = HolderSecret::derive(&Seed::generate(rng), &self.base, 0);
        let made = |_| FlowError::Make("commitment");
        let (anchor, opening) = AnchorOpening::create(&secret, rng).map_err(made)?;
        let mut prepare = || Prepared::create(&secret, &opening, rng).map_err(made);
        let prepared = [prepare()?, prepare()?];
        let dpop = SigningKey::generate(Algorithm::Es256, rng);
        Ok(NetPerson {
            enrolment: enrolment(number)?,
            token_proof: self.issuance.token_proof(&dpop)?,
            dpop,
            own: Own {
                secret,
                anchor,
                opening,
            },
            prepared,
        })
    }

    /// Takes a person from the desk to the certificates, as a wallet does that has none.
    ///
    /// # Errors
    /// [`FlowError`]
    pub(crate) async fn issue(
        &self,
        connection: &mut Connection,
        person: NetPerson,
    ) -> Result<NetIssued, FlowError> {
        let (mut issued, order) = self.prepare(connection, person).await?;
        let response: CredentialResponse = answered(connection, "credential", order).await?;
        let credentials = response.credentials.unwrap_or_default();
        issued.documents = credentials.into_iter().map(|one| one.credential).collect();
        Ok(issued)
    }

    /// Does all of that but for the last request, which is yet to be sent.
    ///
    /// # Errors
    /// [`FlowError`]
    pub(crate) async fn prepare(
        &self,
        connection: &mut Connection,
        person: NetPerson,
    ) -> Result<(NetIssued, Request<Vec<u8>>), FlowError> {
        let NetPerson {
            enrolment,
            dpop,
            token_proof,
            own,
            prepared,
        } = person;
        let redeemed = self.issuance.redeem(connection, enrolment, token_proof);
        let token = redeemed.await?;
        let profiles = self.epochs(connection).await?;
        self.no_anchor(connection, &token, &dpop).await?;
        let nonce = self.issuance.nonce(connection).await?;
        let proofs = own.prove(&profiles, &prepared, nonce.c_nonce.expose(), &dpop);
        let wish = CredentialRequest {
            credential_configuration_id: Some(CONFIGURATION.to_owned()),
            proofs: Some(Proofs {
                net_anchor: Some(proofs.ok_or(FlowError::Make("issuance proof"))?),
                ..Proofs::default()
            }),
            ..CredentialRequest::default()
        };
        let order = self.issuance.order(&token, &dpop, &wish)?;
        let issued = NetIssued {
            own,
            prepared,
            profiles,
            documents: Vec::new(),
        };
        Ok((issued, order))
    }

    /// The profiles of this epoch and the next: three requests.
    async fn epochs(&self, connection: &mut Connection) -> Result<[EpochProfile; 2], FlowError> {
        let wrong = || FlowError::Answer("list of epochs");
        let list = Request::get("/net/epochs");
        let list: EpochList = answer(connection, "list of epochs", list, Vec::new()).await?;
        let mut profiles = Vec::new();
        let wanted = [list.current, list.current + 1].map(|epoch| epoch.to_string());
        for url in &list.profiles {
            let epoch = url.path_segments().and_then(Iterator::last);
            if !wanted.iter().any(|wanted| Some(wanted.as_str()) == epoch) {
                continue;
            }
            let request = Request::get(url.path()).body(Vec::new());
            let request = request.map_err(|_| FlowError::Make("request"))?;
            let profile = EpochProfile::parse(&connection.send(request).await?);
            profiles.push(profile.map_err(|_| wrong())?);
        }
        profiles.sort_by_key(EpochProfile::epoch);
        profiles.try_into().map_err(|_| wrong())
    }

    /// Asks for the anchor of somebody whom the issuer does not know yet.
    async fn no_anchor(
        &self,
        connection: &mut Connection,
        token: &BearerToken,
        dpop: &SigningKey,
    ) -> Result<(), FlowError> {
        let proof = proof_of_possession(dpop, &Method::GET, &self.anchor, Some(token))?;
        let request = Request::get(self.anchor.path())
            .header(AUTHORIZATION, format!("DPoP {}", token.expose()))
            .header(dpop::FIELD, proof)
            .body(Vec::new());
        let request = request.map_err(|_| FlowError::Make("request"))?;
        match connection.send(request).await {
            Err(ExchangeError::Refused {
                status: StatusCode::NOT_FOUND,
                ..
            }) => Ok(()),
            Err(error) => Err(error.into()),
            Ok(_) => Err(FlowError::Answer("request for the anchor")),
        }
    }
}

impl Flow for NetIssuance {
    type Work = NetPerson;

    async fn run(&self, connection: &mut Connection, work: NetPerson) -> Result<(), FlowError> {
        match self.issue(connection, work).await?.documents.len() {
            2 => Ok(()),
            _ => Err(FlowError::Answer("credential request")),
        }
    }
}

impl Own {
    fn prove(
        &self,
        [current, next]: &[EpochProfile; 2],
        [first, second]: &[Prepared; 2],
        c_nonce: &str,
        dpop: &SigningKey,
    ) -> Option<Vec<NetAnchorProof>> {
        let rng = &mut host::system_rng();
        let dpop_jkt = &dpop.public().thumbprint();
        let binding = |profile| Binding {
            profile,
            c_nonce,
            dpop_jkt,
        };
        let Self {
            secret,
            anchor,
            opening,
        } = self;
        let bound = binding(current);
        let opened =
            IssuanceProof::prove_first(secret, opening, anchor, first, &bound, rng).ok()?;
        let renewed = IssuanceProof::prove_renewal(anchor, second, &binding(next), rng).ok()?;
        let written = [opened, renewed].map(|proof| NetAnchorProof::new(&proof, c_nonce));
        Some(written.to_vec())
    }
}

impl NetIssued {
    /// Verifies and keeps the certificates as a wallet does, so that what is measured is known to
    /// work; returns that of the current epoch.
    ///
    /// # Errors
    /// [`FlowError::Answer`] if one does not hold.
    pub(crate) fn keep(self) -> Result<Held, FlowError> {
        let Own {
            secret,
            anchor,
            opening,
        } = self.own;
        let wrong = || FlowError::Answer("credential");
        let mut certificates = Vec::new();
        let ordered = self.profiles.iter().zip(&self.prepared);
        for (document, (profile, prepared)) in self.documents.iter().zip(ordered) {
            let certificate = UnverifiedCertificate::parse(document)
                .and_then(|one| one.finish(profile, &secret, &opening, &anchor, prepared));
            certificates.push(certificate.map_err(|_| wrong())?);
        }
        let [profile, _] = self.profiles;
        match certificates.into_iter().next() {
            Some(certificate) if self.documents.len() == 2 => Ok(Held {
                certificate,
                secret,
                profile,
            }),
            _ => Err(wrong()),
        }
    }
}

/// What is issued, as `init` names it.
const CONFIGURATION: &str = "net";
