//! A wallet's side of the net certificate, over the router.

use http::Request;
use issuer::Enrolled;
use jiff::Timestamp;
use keys::SigningKey;
use keys::seed::Seed;
use netcert::{
    Anchor, AnchorOpening, Binding, Certificate, EpochProfile, HolderSecret, IssuanceProof,
    Prepared, TokenBinding, UnverifiedCertificate,
};
use openid4vci::wallet::{
    AccessGrant, AnchorFailure, EpochLookup, Epochs, IssuanceError, NetIssuance, Options, Progress,
    Rebinding, ReceivedNet, RedemptionError, Refill, StoredAnchor,
};

use crate::harness::{Office, Wallet, holder_key, send};

/// A wallet with a seed, a secret and an anchor.
pub(crate) struct NetWallet {
    pub(crate) seed: Seed,
    pub(crate) secret: HolderSecret,
    pub(crate) opening: AnchorOpening,
    pub(crate) anchor: Anchor,
    pub(crate) dpop: SigningKey,
}

/// How the proofs are made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Form {
    First,
    Renewal,
}

impl NetWallet {
    pub(crate) fn new(office: &Office) -> Self {
        Self::of(office, Seed::generate(&mut host::system_rng()))
    }

    pub(crate) fn of(office: &Office, seed: Seed) -> Self {
        let secret = HolderSecret::derive(&seed, office.app.identifier(), 0);
        let (anchor, opening) = AnchorOpening::create(&secret, &mut host::system_rng()).unwrap();
        Self {
            seed,
            secret,
            opening,
            anchor,
            dpop: holder_key(),
        }
    }

    /// The wallet on a new device: the same words and anchor, another key.
    pub(crate) fn on_new_device(self) -> Self {
        Self {
            dpop: holder_key(),
            ..self
        }
    }

    pub(crate) async fn redeem(&self, office: &Office, offer: &Enrolled) -> AccessGrant {
        let mut wallet = Wallet::new(office.now());
        wallet.dpop =
            SigningKey::from_secret(self.dpop.algorithm(), &self.dpop.expose_secret()).unwrap();
        wallet.redeem(&office.router, offer).await
    }

    pub(crate) async fn prepare(&self, count: usize) -> Vec<Prepared> {
        let rng = &mut host::system_rng();
        let prepared = (0..count).map(|_| Prepared::create(&self.secret, &self.opening, rng));
        prepared.map(Result::unwrap).collect()
    }

    /// A proof as an honest wallet makes it.
    pub(crate) fn prove(
        &self,
        form: Form,
        place: usize,
        prepared: &Prepared,
        binding: &Binding<'_>,
    ) -> Result<IssuanceProof, bbs::Error> {
        let rng = &mut host::system_rng();
        match (form, place) {
            (Form::First, 0) => {
                let (secret, opening) = (&self.secret, &self.opening);
                IssuanceProof::prove_first(secret, opening, &self.anchor, prepared, binding, rng)
            }
            _ => IssuanceProof::prove_renewal(&self.anchor, prepared, binding, rng),
        }
    }

    /// The Credential Request, as it goes over the wire.
    pub(crate) async fn request(
        &self,
        office: &Office,
        grant: &AccessGrant,
        form: Form,
        profiles: Vec<EpochProfile>,
    ) -> Request<Vec<u8>> {
        let prepared = self.prepare(profiles.len()).await;
        let stage = self.challenged(office, grant, profiles).await;
        stage
            .request(
                |place, binding| self.prove(form, place, &prepared[place], binding),
                &self.dpop,
                office.now(),
                &mut host::system_rng(),
            )
            .unwrap()
    }

    /// An order that has its `c_nonce`.
    pub(crate) async fn challenged<'g>(
        &self,
        office: &Office,
        grant: &'g AccessGrant,
        profiles: Vec<EpochProfile>,
    ) -> NetIssuance<'g> {
        let stage = grant.order_net(profiles).unwrap();
        let prove = |_: usize, _: &Binding<'_>| Err(());
        let rng = &mut host::system_rng();
        let request = stage.request(prove, &self.dpop, office.now(), rng).unwrap();
        let response = send(&office.router, request).await;
        match stage.receive(&response).unwrap() {
            Progress::More(stage) => stage,
            Progress::Done(_) => panic!("the nonce comes first"),
        }
    }

    /// Orders certificates of these epochs, and verifies what comes.
    pub(crate) async fn order(
        &self,
        office: &Office,
        grant: &AccessGrant,
        form: Form,
        profiles: Vec<EpochProfile>,
    ) -> Result<Vec<Certificate>, IssuanceError> {
        let prepared = self.prepare(profiles.len()).await;
        let mut stage = grant.order_net(profiles)?;
        let received: ReceivedNet = loop {
            let request = stage.request(
                |place, binding| self.prove(form, place, &prepared[place], binding),
                &self.dpop,
                office.now(),
                &mut host::system_rng(),
            )?;
            let response = send(&office.router, request).await;
            match stage.receive(&response)? {
                Progress::Done(received) => break received,
                Progress::More(next) => stage = next,
            }
        };
        let orders = received.profiles.iter().zip(&prepared);
        let certificates = received.certificates.iter().zip(orders);
        Ok(certificates
            .map(|(document, (profile, prepared))| {
                let (secret, opening) = (&self.secret, &self.opening);
                UnverifiedCertificate::parse(document)
                    .unwrap()
                    .finish(profile, secret, opening, &self.anchor, prepared)
                    .unwrap()
            })
            .collect())
    }

    /// From an offer to the certificates of two epochs.
    pub(crate) async fn receive(
        &self,
        office: &Office,
        offer: &Enrolled,
        form: Form,
    ) -> Result<(AccessGrant, Vec<Certificate>), IssuanceError> {
        let grant = self.redeem(office, offer).await;
        let epochs = epochs(office, &grant).await;
        let profiles = vec![epochs.current, epochs.next];
        let certificates = self.order(office, &grant, form, profiles).await?;
        Ok((grant, certificates))
    }

    pub(crate) async fn refresh(
        &self,
        office: &Office,
        ticket: &str,
    ) -> Result<AccessGrant, RedemptionError> {
        let identifier = office.app.identifier();
        let ids = vec!["net".to_owned()];
        let mut stage = Refill::start(identifier, identifier, ids, ticket.into(), OPTIONS)?;
        loop {
            let rng = &mut host::system_rng();
            let request = stage.request(&self.dpop, office.now(), rng)?;
            let response = send(&office.router, request).await;
            match stage.receive(&response, office.now())? {
                Progress::Done(grant) => return Ok(grant),
                Progress::More(next) => stage = next,
            }
        }
    }

    /// Binds a ticket to this wallet's key.
    pub(crate) async fn rebind(
        &self,
        office: &Office,
        ticket: &str,
    ) -> Result<AccessGrant, RedemptionError> {
        let identifier = office.app.identifier();
        let ids = vec!["net".to_owned()];
        let mut stage = Rebinding::start(identifier, identifier, ids, ticket.into(), OPTIONS)?;
        loop {
            let request = stage.request(
                |session| {
                    let (secret, opening) = (&self.secret, &self.opening);
                    let rng = &mut host::system_rng();
                    TokenBinding::prove(secret, opening, &self.anchor, session, rng)
                },
                &self.dpop,
                office.now(),
                &mut host::system_rng(),
            )?;
            let response = send(&office.router, request).await;
            match stage.receive(&response, office.now())? {
                Progress::Done(grant) => return Ok(grant),
                Progress::More(next) => stage = next,
            }
        }
    }

    /// Asks for the anchor of the enrolment.
    pub(crate) async fn look_up(
        &self,
        office: &Office,
        grant: &AccessGrant,
    ) -> Result<Option<StoredAnchor>, AnchorFailure> {
        let stage = grant.anchor();
        let rng = &mut host::system_rng();
        let request = stage.request(&self.dpop, office.now(), rng)?;
        let response = send(&office.router, request).await;
        match stage.receive(&response)? {
            Progress::Done(stored) => Ok(stored),
            Progress::More(_) => panic!("no DPoP nonce is wanted"),
        }
    }
}

pub(crate) fn ticket(grant: &AccessGrant) -> String {
    grant.refresh_token().unwrap().expose().to_owned()
}

pub(crate) async fn epochs(office: &Office, grant: &AccessGrant) -> Epochs {
    let mut stage = EpochLookup::start(grant.issuer()).unwrap();
    loop {
        let response = send(&office.router, stage.request()).await;
        match stage.receive(&response, office.now()).unwrap() {
            Progress::Done(epochs) => return epochs,
            Progress::More(next) => stage = next,
        }
    }
}

/// The number of a person in one context.
pub(crate) fn number(wallet: &NetWallet, certificate: &Certificate) -> netcert::Pseudonym {
    let did = did::Did::parse("did:web:shop.example").unwrap();
    let context = netcert::PseudonymContext::of_did_web(&did, netcert::Loopback::Refused).unwrap();
    certificate.pseudonym(&wallet.secret, &context).unwrap()
}

/// When the issuer's clock stands at the beginning of the next epoch.
pub(crate) fn next_epoch(profile: &EpochProfile) -> Timestamp {
    profile.schedule().begins(profile.epoch() + 1).unwrap()
}

pub(crate) const OPTIONS: Options = Options {
    allow_http_loopback: true,
};
