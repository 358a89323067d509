//! What people read, in their language: the message catalogue.
//!
//! Knows nothing of credentials, of terminals or of the process's environment: the caller says
//! which language it wants. The README tells how to add a message.
//!
//! ```
//! use catalogue::{Catalogue, Language};
//!
//! let language = Language::choose(None, Some("zh_CN.UTF-8"));
//! let catalogue = Catalogue::new(language);
//! assert_eq!(catalogue.text("shared-hint", &[("hint", "…".into())]), "提示：…");
//! ```

use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

pub use crate::language::Language;

mod language;
mod sources;

/// A value for a variable of a message: made by `.into()` from text and numbers.
pub type Value<'a> = FluentValue<'a>;

/// The messages of one language. Parsed when the first one is asked for, so that a command that
/// says nothing costs nothing.
pub struct Catalogue {
    language: Language,
    bundle: OnceLock<FluentBundle<FluentResource>>,
}

impl Catalogue {
    /// The catalogue of one language.
    #[must_use]
    pub const fn new(language: Language) -> Self {
        Self {
            language,
            bundle: OnceLock::new(),
        }
    }

    /// The language of this catalogue.
    #[must_use]
    pub const fn language(&self) -> Language {
        self.language
    }

    /// Says a message. An unknown id is given back as it is, so that a person can at least report
    /// it; `cargo xtask house` finds such an id before a person does.
    #[must_use]
    pub fn text(&self, id: &str, variables: &[(&str, Value<'_>)]) -> String {
        let bundle = self.bundle.get_or_init(|| load(self.language));
        let Some(pattern) = bundle.get_message(id).and_then(|message| message.value()) else {
            return id.to_owned();
        };
        let mut arguments = FluentArgs::with_capacity(variables.len());
        for (name, value) in variables {
            arguments.set(*name, value.clone());
        }
        bundle
            .format_pattern(pattern, Some(&arguments), &mut Vec::new())
            .into_owned()
    }

    /// Whether there is a message of this id.
    #[must_use]
    pub fn knows(&self, id: &str) -> bool {
        self.bundle
            .get_or_init(|| load(self.language))
            .has_message(id)
    }
}

impl std::fmt::Debug for Catalogue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Catalogue")
            .field("language", &self.language)
            .finish_non_exhaustive()
    }
}

/// Parses the messages of one language. The tests see to it that there are no errors to report.
fn load(language: Language) -> FluentBundle<FluentResource> {
    let locale: LanguageIdentifier = language.tag().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![locale]);
    // Marks that isolate directions would only confuse terminals.
    bundle.set_use_isolating(false);
    for source in sources::of(language) {
        let resource = match FluentResource::try_new((*source).to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        bundle.add_resource_overriding(resource);
    }
    bundle
}

#[cfg(test)]
mod tests;
