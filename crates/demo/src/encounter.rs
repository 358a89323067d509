//! One Platform asks one Holder.

use std::collections::{BTreeMap, BTreeSet};

use claim_path::Component;
use netcert::NetNumber;
use openid4vp::verifier::Answer;
use serde_json::Value;
use verifier::{Created, Outcome, Wish};
use wallet::{PresentError, RequestReview, Wallet};

use crate::broken::{Unmet, Why};
use crate::stage::Platform;

/// A Platform has asked, and the Holder sees what would be shared.
pub(crate) struct Encounter {
    created: Created,
    review: RequestReview,
    /// Pairs of a credential query and a Credential.
    choice: Vec<(String, String)>,
    pub(crate) asked_by: String,
    pub(crate) credential: String,
    /// By the claims' names.
    pub(crate) shared: BTreeMap<String, Value>,
    pub(crate) hidden: Vec<String>,
    /// The number that the Platform would see.
    pub(crate) number: Option<NetNumber>,
}

impl Encounter {
    /// The Platform makes a link, and the wallet opens it. Of the Holder's Credentials only this one
    /// is considered.
    pub(crate) async fn begin(
        platform: &Platform,
        policy: &str,
        wallet: &Wallet,
        credential: &str,
    ) -> Result<Self, Why> {
        let created = platform.app.request(policy, &Wish::default()).await?;
        let review = wallet.review_request(created.link.expose()).await?;
        let asked_by = review.authenticated_did();
        let asked_by = asked_by
            .filter(|did| did == platform.app.did())
            .ok_or(Unmet::NotAuthenticated)?;
        let choice: Vec<(String, String)> = review
            .asks()
            .iter()
            .flat_map(|ask| ask.options.iter().map(|option| (&ask.query, &option.id)))
            .filter(|(_, id)| *id == credential)
            .map(|(query, id)| (query.clone(), id.clone()))
            .collect();
        let chosen = review.chosen(Some(&pairs(&choice)))?;
        let credential = chosen.iter().map(|option| option.name.as_str());
        let credential = credential.collect::<Vec<_>>().join(" + ");
        let shared = chosen.iter().flat_map(|option| option.shared.clone());
        let shared = shared.collect();
        let hidden = chosen.iter().flat_map(|option| option.hidden.clone());
        let hidden = hidden.collect();
        let net = chosen.iter().filter_map(|option| option.net.as_ref());
        let number = net.filter_map(|net| net.number.as_ref()).next();
        let number = number.map(|share| share.number);
        Ok(Self {
            created,
            review,
            choice,
            asked_by,
            credential,
            shared,
            hidden,
            number,
        })
    }

    /// The Holder agrees to what the wallet does not send, and says why.
    pub(crate) async fn kept_back(self, wallet: &mut Wallet) -> Option<PresentError> {
        let choice = pairs(&self.choice);
        wallet.present(self.review, Some(&choice)).await.err()
    }

    /// The Holder agrees. Says how it went for the wallet, and what the Verifier has of it.
    pub(crate) async fn present(
        self,
        platform: &Platform,
        wallet: &mut Wallet,
    ) -> Result<(Result<(), PresentError>, Outcome), Why> {
        let choice = pairs(&self.choice);
        let presented = wallet.present(self.review, Some(&choice)).await;
        let Created { id, token, .. } = self.created;
        let outcome = platform.app.result(&id, &token, None).await?;
        Ok((presented.map(drop), outcome))
    }
}

/// The claims that a Verifier learned, by their names.
pub(crate) fn learned(answer: &Answer) -> BTreeMap<String, Value> {
    let claims = answer
        .credentials
        .iter()
        .flat_map(|credential| &credential.claims);
    claims
        .filter_map(|claim| {
            let Component::Key(name) = claim.path.components().last()? else {
                return None;
            };
            Some((name.clone(), claim.values.first()?.clone()))
        })
        .collect()
}

/// Something that a Verifier stored of a Presentation.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Fact {
    pub(crate) name: String,
    value: String,
    /// Whether it is the same for everybody who got such a Credential on that day, and of whom
    /// the claims asked for are true.
    pub(crate) of_everybody: bool,
}

/// Everything that a Verifier stored of a Presentation.
pub(crate) fn facts(answer: &Answer) -> Result<BTreeSet<Fact>, Why> {
    let learned = learned(answer);
    let claims = learned.iter().map(|(name, value)| Fact {
        name: name.clone(),
        value: value.to_string(),
        of_everybody: value.is_boolean(),
    });
    let mut facts: BTreeSet<Fact> = claims.collect();
    let stored = serde_json::to_value(answer).map_err(|_| Unmet::Unanswered)?;
    let mut places = vec![(String::new(), &stored)];
    while let Some((name, value)) = places.pop() {
        match value {
            // The claims are facts already, under their names; what nobody asked for is a count.
            Value::Object(members) => places.extend(
                members
                    .iter()
                    .filter(|(name, _)| !["claims", "unasked"].contains(&name.as_str()))
                    .map(|(name, value)| (name.clone(), value)),
            ),
            Value::Array(elements) => {
                places.extend(elements.iter().map(|element| (name.clone(), element)));
            }
            leaf => {
                facts.insert(Fact {
                    value: leaf.to_string(),
                    of_everybody: OF_EVERYBODY.contains(&name.as_str()),
                    name,
                });
            }
        }
    }
    Ok(facts)
}

fn pairs(choice: &[(String, String)]) -> Vec<(&str, &str)> {
    choice
        .iter()
        .map(|(query, id)| (query.as_str(), id.as_str()))
        .collect()
}

/// What an answer holds beside claims, and is the same for everybody who comes in that epoch for
/// the first time, or again: the time of the answer is not.
const OF_EVERYBODY: [&str; 8] = [
    "epoch",
    "first_visit",
    "format",
    "issuer",
    "query",
    "superseded",
    "types",
    "valid_until",
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A point of the curve: its generator.
    const PSEUDONYM: &str = "l_HTpzGX15QmlWOMT6msD8NojE-XdLkFoU46PxcbrFhsVeg_-Xoa7_s68ArbIsa7";

    fn answer(name: &str, at: &str) -> Answer {
        let stored = json!({
            "answered_at": at,
            "credentials": [{
                "query": "person", "format": "dc+sd-jwt", "issuer": "https://a.example",
                "types": ["https://a.example/person"], "valid_until": "2026-12-06T00:00:00Z",
                "claims": [
                    {"path": ["age_over_18"], "values": [true]},
                    {"path": ["family_name"], "values": [name]},
                ],
            }],
            "unasked": 0,
        });
        serde_json::from_value(stored).unwrap()
    }

    /// What two answers have in common and not everybody has.
    fn telling(one: &Answer, other: &Answer) -> Vec<String> {
        let common = &facts(one).unwrap() & &facts(other).unwrap();
        let telling = common.into_iter().filter(|fact| !fact.of_everybody);
        telling.map(|fact| fact.name).collect()
    }

    #[test]
    fn what_is_true_of_everybody_tells_nothing() {
        let one = answer("ERIKSSON", "2026-11-21T10:00:00.1Z");
        let other = answer("SILVA", "2026-11-21T10:00:00.2Z");
        assert_eq!(telling(&one, &other), [""; 0]);
    }

    #[test]
    fn a_name_tells_and_so_does_the_moment() {
        let one = answer("ERIKSSON", "2026-11-21T10:00:00.1Z");
        let other = answer("ERIKSSON", "2026-11-21T10:00:00.2Z");
        assert_eq!(telling(&one, &other), ["family_name"]);
        assert_eq!(telling(&one, &one), ["answered_at", "family_name"]);
    }

    #[test]
    fn a_number_tells() {
        let mut stored =
            serde_json::to_value(answer("ERIKSSON", "2026-11-21T10:00:00.1Z")).unwrap();
        stored["credentials"][0]["net_certificate"] = json!({
            "epoch": 46, "superseded": false, "pseudonym": PSEUDONYM, "context": "YQ",
            "net_number": "nn1", "first_visit": true,
        });
        let one: Answer = serde_json::from_value(stored).unwrap();
        let expected = [
            "answered_at",
            "context",
            "family_name",
            "net_number",
            "pseudonym",
        ];
        assert_eq!(telling(&one, &one), expected);
    }

    #[test]
    fn what_was_learned_goes_by_the_names_of_the_claims() {
        let learned = learned(&answer("ERIKSSON", "2026-11-21T10:00:00Z"));
        assert_eq!(learned["age_over_18"], true);
        assert_eq!(learned["family_name"], "ERIKSSON");
    }
}
