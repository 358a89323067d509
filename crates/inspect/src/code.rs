use catalogue::Catalogue;
use serde::Serialize;

use crate::report::Severity;

/// Makes an enumeration whose names are those of messages.
macro_rules! named {
    ($(#[$about:meta])* $name:ident: $($(#[$doc:meta])* $variant:ident = $text:literal,)*) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name {
            $($(#[$doc])* $variant,)*
        }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name, as in JSON and in the catalogue.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }
        }
    };
}

named! {
    /// What a text is.
    Kind:
    /// A Credential in a `data:` URL.
    CredentialEnvelope = "credential-envelope",
    /// A Credential Offer.
    CredentialOffer = "credential-offer",
    /// A question in the Digital Credentials Query Language.
    DcqlQuery = "dcql-query",
    /// A DID.
    Did = "did",
    /// A DID document.
    DidDocument = "did-document",
    /// What a wallet shows at a door.
    DoorAnswer = "door-answer",
    /// What a door shows.
    DoorRequest = "door-request",
    /// A token that only its recipient can read.
    EncryptedToken = "encrypted-token",
    /// JSON of another kind.
    Json = "json",
    /// A JWK.
    Jwk = "jwk",
    /// A JWK set.
    Jwks = "jwks",
    /// A JWT of another kind.
    Jwt = "jwt",
    /// A W3C Credential with Data Integrity proofs.
    LdpVc = "ldp-vc",
    /// A W3C Presentation with a Data Integrity proof.
    LdpVp = "ldp-vp",
    /// A public key, as a Multikey.
    Multikey = "multikey",
    /// A Net Certificate as it was issued.
    NetCertificate = "net-certificate",
    /// A Net Number.
    NetNumber = "net-number",
    /// What was shown of a Net Certificate.
    NetPresentation = "net-presentation",
    /// Where a Credential Offer is.
    OfferReference = "offer-reference",
    /// A Presentation Request.
    PresentationRequest = "presentation-request",
    /// Where a Presentation Request is.
    RequestReference = "request-reference",
    /// An SD-JWT VC with the Holder's proof.
    SdJwtPresentation = "sd-jwt-presentation",
    /// An SD-JWT VC.
    SdJwtVc = "sd-jwt-vc",
    /// Something that is nobody else's business.
    Secret = "secret",
    /// A Token Status List.
    StatusListToken = "status-list-token",
    /// Nothing that is known here.
    Unrecognised = "unrecognised",
    /// A W3C Credential that nobody has signed.
    UnsignedCredential = "unsigned-credential",
    /// A W3C Presentation that nobody has signed.
    UnsignedPresentation = "unsigned-presentation",
    /// A W3C Credential as a JWT.
    VcJwt = "vc-jwt",
    /// A W3C Credential as an SD-JWT.
    VcSdJwt = "vc-sd-jwt",
    /// A W3C Presentation as a JWT.
    VpJwt = "vp-jwt",
    /// A W3C Presentation as an SD-JWT.
    VpSdJwt = "vp-sd-jwt",
}

impl Kind {
    /// Says what it is.
    #[must_use]
    pub fn words(self, catalogue: &Catalogue) -> String {
        catalogue.text(&format!("inspect-kind-{}", self.name()), &[])
    }

    /// Says what such a thing is for.
    #[must_use]
    pub fn explanation(self, catalogue: &Catalogue) -> String {
        catalogue.text(&format!("inspect-about-{}", self.name()), &[])
    }
}

named! {
    /// The title of a section.
    Title:
    /// What is asked for.
    Asked = "asked",
    /// What the Issuer says.
    Claims = "claims",
    /// What it says.
    Content = "content",
    /// The header of a token.
    Header = "header",
    /// The proof of the Holder.
    HolderProof = "holder-proof",
    /// A key.
    Key = "key",
    /// What is offered.
    Offered = "offered",
    /// The proofs of a document.
    Proofs = "proofs",
    /// What frames the claims: who, until when.
    Frame = "frame",
    /// Who asks, and how to answer.
    Request = "request",
}

impl Title {
    /// Says it.
    #[must_use]
    pub fn words(self, catalogue: &Catalogue) -> String {
        catalogue.text(&format!("inspect-title-{}", self.name()), &[])
    }
}

named! {
    /// Something that can be found.
    Code:
    /// A signature that nobody's key made (`alg: none`), or a keyed hash.
    Algorithm = "algorithm",
    /// Who asks is not authenticated.
    Anybody = "anybody",
    /// Who may be asked whether it was meant for them cannot be told.
    Challenge = "challenge",
    /// A member breaks the data model.
    DataModel = "data-model",
    /// Valid now.
    DatesGood = "dates-good",
    /// The DID's document is elsewhere.
    DidElsewhere = "did-elsewhere",
    /// The DID holds its own key.
    DidHere = "did-here",
    /// Claims are disclosed.
    Disclosed = "disclosed",
    /// A text is encrypted.
    Encrypted = "encrypted",
    /// Its time is over.
    Expired = "expired",
    /// It is put together as it should be.
    FormGood = "form-good",
    /// Made for a Holder's key.
    HolderBound = "holder-bound",
    /// The Holder's signature holds.
    HolderSignature = "holder-signature",
    /// Invisible characters.
    Invisible = "invisible",
    /// Not acceptable JSON.
    Json = "json",
    /// The key that signed is named by the text alone.
    KeyInside = "key-inside",
    /// The key is elsewhere.
    KeyElsewhere = "key-elsewhere",
    /// Nothing says until when it is good.
    NoEnd = "no-end",
    /// More than is shown here.
    More = "more",
    /// Whoever signs nothing is nobody.
    NotSigned = "not-signed",
    /// Its time has not come.
    NotYetValid = "not-yet-valid",
    /// Nothing that is known here.
    NotKnown = "not-known",
    /// Only its wallet can judge it.
    OnlyItsWallet = "only-its-wallet",
    /// It refers to something, and nothing was held against it.
    RefersTo = "refers-to",
    /// It would be refused.
    Refused = "refused",
    /// The content is elsewhere.
    Reference = "reference",
    /// Can only be judged with the request that it answers.
    RequestNeeded = "request-needed",
    /// A private key lies open.
    SecretKey = "secret-key",
    /// An offer can be redeemed by whoever has it.
    SecretOffer = "secret-offer",
    /// A token or password lies open.
    SecretToken = "secret-token",
    /// A Transaction Code lies open.
    SecretTransactionCode = "secret-transaction-code",
    /// The words of a wallet lie open.
    SecretWords = "secret-words",
    /// The signature is wrong.
    SignatureBad = "signature-bad",
    /// The signature holds.
    SignatureGood = "signature-good",
    /// A list of statuses, and how many of them are set.
    StatusCount = "status-count",
    /// Whether it was revoked is in a list.
    StatusElsewhere = "status-elsewhere",
    /// What its issuer can let it say, by a list.
    StatusMessages = "status-messages",
    /// Nothing says where it could be revoked.
    StatusNone = "status-none",
    /// It is larger than what is read here.
    TooLarge = "too-large",
    /// A Transaction Code goes along with the offer.
    TransactionCode = "transaction-code",
    /// A typing mistake, which is found.
    Typo = "typo",
    /// A typing mistake.
    Typos = "typos",
    /// Whoever has a copy can show it.
    Unbound = "unbound",
    /// Something unknown stands in the text.
    Unsupported = "unsupported",
    /// Until when it is good.
    ValidUntil = "valid-until",
}

impl Code {
    /// How bad that is.
    #[must_use]
    pub const fn severity(self) -> Severity {
        match self {
            Self::SecretKey
            | Self::SecretToken
            | Self::SecretTransactionCode
            | Self::SecretWords => Severity::Secret,
            Self::Algorithm
            | Self::DataModel
            | Self::Expired
            | Self::Json
            | Self::NotYetValid
            | Self::Refused
            | Self::SignatureBad
            | Self::TooLarge
            | Self::Typo
            | Self::Typos => Severity::Bad,
            Self::Anybody
            | Self::Invisible
            | Self::KeyInside
            | Self::NotSigned
            | Self::SecretOffer
            | Self::Unbound => Severity::Warning,
            Self::Challenge
            | Self::DidElsewhere
            | Self::Encrypted
            | Self::KeyElsewhere
            | Self::NotKnown
            | Self::OnlyItsWallet
            | Self::Reference
            | Self::RefersTo
            | Self::RequestNeeded
            | Self::StatusElsewhere
            | Self::StatusMessages
            | Self::Unsupported => Severity::Open,
            Self::DatesGood
            | Self::DidHere
            | Self::FormGood
            | Self::HolderSignature
            | Self::SignatureGood => Severity::Good,
            Self::Disclosed
            | Self::HolderBound
            | Self::More
            | Self::NoEnd
            | Self::StatusCount
            | Self::StatusNone
            | Self::TransactionCode
            | Self::ValidUntil => Severity::Note,
        }
    }
}
