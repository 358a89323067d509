use catalogue::Catalogue;
use serde::Serialize;

/// What a member means, as far as its name tells.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Meaning(&'static str);

impl Meaning {
    /// Every meaning.
    pub fn all() -> impl Iterator<Item = Self> {
        MEANINGS.iter().map(|(_, meaning)| Self(meaning))
    }

    /// The name, as in JSON and in the catalogue.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0
    }

    /// Says it.
    #[must_use]
    pub fn words(self, catalogue: &Catalogue) -> String {
        catalogue.text(&format!("inspect-member-{}", self.0), &[])
    }

    pub(crate) fn of(member: &str) -> Option<Self> {
        let found = MEANINGS.binary_search_by_key(&member, |(member, _)| member);
        let (_, meaning) = MEANINGS.get(found.ok()?)?;
        Some(Self(meaning))
    }
}

/// Members that the specifications or this suite define, in the order of their bytes, and what they
/// mean. A name that means different things in different places has words that fit all of them.
const MEANINGS: &[(&str, &str)] = &[
    ("@context", "context"),
    ("_sd", "sd"),
    ("_sd_alg", "sd-alg"),
    ("address", "address"),
    ("age_equal_or_over", "ages"),
    ("age_in_years", "age"),
    ("age_over_12", "age-over"),
    ("age_over_14", "age-over"),
    ("age_over_16", "age-over"),
    ("age_over_18", "age-over"),
    ("age_over_21", "age-over"),
    ("age_over_60", "age-over"),
    ("age_over_65", "age-over"),
    ("alg", "alg"),
    ("alsoKnownAs", "also-known-as"),
    ("assertionMethod", "assertion-method"),
    ("assurance", "assurance"),
    ("aud", "aud"),
    ("authentication", "authentication"),
    ("birth_date", "birth-date"),
    ("birthdate", "birth-date"),
    ("bits", "bits"),
    ("capabilityDelegation", "capability-delegation"),
    ("capabilityInvocation", "capability-invocation"),
    ("challenge", "challenge"),
    ("claims", "query-claims"),
    ("client_id", "client-id"),
    ("client_metadata", "client-metadata"),
    ("client_name", "client-name"),
    ("cnf", "cnf"),
    ("controller", "controller"),
    ("country", "country"),
    ("created", "created"),
    ("credentialSchema", "credential-schema"),
    ("credentialStatus", "credential-status"),
    ("credentialSubject", "credential-subject"),
    ("credential_configuration_ids", "configuration-ids"),
    ("credential_issuer", "credential-issuer"),
    ("credential_offer_uri", "offer-uri"),
    ("credential_sets", "credential-sets"),
    ("credentials", "query-credentials"),
    ("crv", "crv"),
    ("cryptosuite", "cryptosuite"),
    ("cty", "cty"),
    ("dcql_query", "dcql-query"),
    ("degree", "degree"),
    ("description", "description"),
    ("digestMultibase", "digest"),
    ("digestSRI", "digest"),
    ("document_number", "document-number"),
    ("document_type", "document-type"),
    ("domain", "domain"),
    ("email", "email"),
    ("encodedList", "encoded-list"),
    ("epoch_profile", "epoch-profile"),
    ("evidence", "evidence"),
    ("exp", "valid-until"),
    ("expirationDate", "valid-until"),
    ("expires", "valid-until"),
    ("family_name", "family-name"),
    ("format", "format"),
    ("gender", "sex"),
    ("given_name", "given-name"),
    ("grants", "grants"),
    ("guardianship", "guardianship"),
    ("holder", "holder"),
    ("iat", "made"),
    ("id", "id"),
    ("idx", "idx"),
    ("input_mode", "input-mode"),
    ("iss", "issuer"),
    ("issuanceDate", "valid-from"),
    ("issuer", "issuer"),
    ("issuing_authority", "issuing-authority"),
    ("issuing_country", "issuing-country"),
    ("issuing_state", "issuing-country"),
    ("jti", "jti"),
    ("jwk", "jwk"),
    ("keyAgreement", "key-agreement"),
    ("keys", "keys"),
    ("kid", "kid"),
    ("kty", "kty"),
    ("length", "length"),
    ("locality", "locality"),
    ("lst", "encoded-list"),
    ("meta", "meta"),
    ("multiple", "multiple"),
    ("name", "name"),
    ("nationalities", "nationality"),
    ("nationality", "nationality"),
    ("native_name", "native-name"),
    ("nbf", "valid-from"),
    ("net_number", "net-number"),
    ("nonce", "nonce"),
    ("path", "path"),
    ("personal_number", "personal-number"),
    ("phone_number", "phone"),
    ("photo", "portrait"),
    ("place_of_birth", "birth-place"),
    ("portrait", "portrait"),
    ("postal_code", "postal-code"),
    ("pre-authorized_code", "pre-authorized-code"),
    ("previousProof", "previous-proof"),
    ("proof", "proof"),
    ("proofPurpose", "proof-purpose"),
    ("proofValue", "proof-value"),
    ("pseudonym", "pseudonym"),
    ("publicKeyJwk", "public-key"),
    ("publicKeyMultibase", "public-key"),
    ("purpose", "purpose"),
    ("refreshService", "refresh-service"),
    ("region", "region"),
    ("relatedResource", "related-resource"),
    ("request_uri", "request-uri"),
    ("require_cryptographic_holder_binding", "holder-binding"),
    ("response_mode", "response-mode"),
    ("response_type", "response-type"),
    ("response_uri", "response-uri"),
    ("sd_hash", "sd-hash"),
    ("service", "service"),
    ("serviceEndpoint", "service-endpoint"),
    ("sex", "sex"),
    ("stable_12_months", "stable"),
    ("state", "state"),
    ("status", "status"),
    ("statusListCredential", "status-list-uri"),
    ("statusListIndex", "idx"),
    ("statusMessage", "status-messages"),
    ("statusMessages", "status-messages"),
    ("statusPurpose", "status-purpose"),
    ("statusReference", "status-reference"),
    ("statusSize", "bits"),
    ("status_list", "status-list"),
    ("street_address", "street"),
    ("sub", "subject"),
    ("termsOfUse", "terms-of-use"),
    ("ttl", "ttl"),
    ("tx_code", "tx-code"),
    ("typ", "typ"),
    ("type", "type"),
    ("uri", "status-list-uri"),
    (
        "urn:ietf:params:oauth:grant-type:pre-authorized_code",
        "grant-pre-authorized",
    ),
    ("use", "use"),
    ("validFrom", "valid-from"),
    ("validUntil", "valid-until"),
    ("values", "values"),
    ("vc", "vc"),
    ("vct", "vct"),
    ("verifiableCredential", "verifiable-credential"),
    ("verificationMethod", "verification-method"),
    ("vp", "vp"),
    ("vp_formats_supported", "vp-formats"),
    ("x", "coordinate"),
    ("x5c", "x5c"),
    ("y", "coordinate"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order() {
        assert!(MEANINGS.is_sorted_by(|(one, _), (next, _)| one < next));
        assert_eq!(Meaning::of("iss"), Some(Meaning("issuer")));
        assert_eq!(Meaning::of("xyz"), None);
    }
}
