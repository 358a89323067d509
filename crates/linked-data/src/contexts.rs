use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, OnceLock};

use serde_json::{Map, Value};
use strict_json::Limits;

use crate::bundled::BUNDLED;
use crate::context::{ActiveContext, Definition, Step};
use crate::documents::Inline;
use crate::error::ContextError;
use crate::names::several;
use crate::processing::define;
use crate::spelled_out::Renamed;

/// The contexts that are known, and what processing them gave.
///
/// A context is processed once for every way in which documents combine it, and kept: that is most
/// of the work that a small document makes.
pub struct Contexts {
    known: HashMap<String, Value>,
    renamed: OnceLock<Renamed>,
    root: Arc<ActiveContext>,
    remembered: AtomicUsize,
}

impl Contexts {
    /// The contexts that come with this crate.
    pub fn bundled() -> &'static Self {
        static CONTEXTS: LazyLock<Contexts> = LazyLock::new(|| {
            let known = BUNDLED.iter().filter_map(|(address, text)| {
                let context = context(text.as_bytes()).ok()?;
                Some(((*address).to_owned(), context))
            });
            Contexts::of(known.collect())
        });
        &CONTEXTS
    }

    /// The bundled contexts and these, by their addresses. A bundled one stays what it is.
    ///
    /// # Errors
    /// [`ContextError::Malformed`] if one is not a JSON object with `@context`, or is bundled.
    pub fn with<'a>(
        more: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    ) -> Result<Self, ContextError> {
        let mut known = Self::bundled().known.clone();
        for (address, json) in more {
            if known.insert(address.to_owned(), context(json)?).is_some() {
                return Err(ContextError::Malformed);
            }
        }
        Ok(Self::of(known))
    }

    /// The contexts that this process goes by: the bundled ones, and what its host made known.
    #[must_use]
    pub fn established() -> &'static Self {
        ESTABLISHED.get().unwrap_or_else(|| Self::bundled())
    }

    /// Makes these known to the whole process, for good. Its host does so before it reads the first
    /// document: what a context says is what signed statements mean.
    ///
    /// # Errors
    /// [`ContextError::Established`] if that was done before, and else as [`Self::with`].
    pub fn establish<'a>(
        more: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    ) -> Result<(), ContextError> {
        let contexts = Self::with(more)?;
        ESTABLISHED
            .set(contexts)
            .map_err(|_| ContextError::Established)
    }

    /// The addresses of the contexts that are known.
    pub fn addresses(&self) -> impl Iterator<Item = &str> {
        self.known.keys().map(String::as_str)
    }

    /// Whether this is the address of a known context.
    #[must_use]
    pub fn is_known(&self, address: &str) -> bool {
        self.known.contains_key(address)
    }

    fn of(known: HashMap<String, Value>) -> Self {
        Self {
            known,
            renamed: OnceLock::new(),
            root: Arc::default(),
            remembered: AtomicUsize::new(0),
        }
    }

    /// The context before any other.
    pub(crate) const fn root(&self) -> &Arc<ActiveContext> {
        &self.root
    }

    /// Applies what a document says under `@context`.
    pub(crate) fn apply(
        &self,
        active: &Arc<ActiveContext>,
        local: &Value,
        inline: Inline,
    ) -> Result<Arc<ActiveContext>, ContextError> {
        let all = several(local);
        if all.len() > MOST_CONTEXTS {
            return Err(ContextError::Malformed);
        }
        if inline == Inline::OwnNames {
            let mut spelled_out = all.iter().filter_map(Value::as_object);
            spelled_out.try_for_each(|context| self.renamed().permit(context))?;
        }
        let names: Vec<&str> = all.iter().map_while(Value::as_str).collect();
        if names.is_empty() || !Arc::ptr_eq(active, &self.root) {
            return self.process(active, all, false, 0);
        }
        // What is named first is the same for many documents; what they spell out is their own.
        let (named, own) = all.split_at(names.len());
        let step = Step::Named(names.join("\n"));
        let active = self.derive(active, step, None, || self.process(active, named, false, 0))?;
        self.process(&active, own, false, 0)
    }

    /// What the known contexts do not call as its IRI ends.
    fn renamed(&self) -> &Renamed {
        self.renamed.get_or_init(|| {
            let mut renamed = Renamed::default();
            for context in self.known.values() {
                let active = self.process(&self.root, several(context), false, 0);
                renamed.collect(context, active.as_ref().unwrap_or(&self.root));
            }
            renamed
        })
    }

    /// Applies the context of a property.
    pub(crate) fn of_property(
        &self,
        active: &Arc<ActiveContext>,
        definition: &Arc<Definition>,
    ) -> Result<Arc<ActiveContext>, ContextError> {
        self.scoped(active, definition, Step::Property, true)
    }

    /// Applies the context of a type.
    pub(crate) fn of_type(
        &self,
        active: &Arc<ActiveContext>,
        definition: &Arc<Definition>,
    ) -> Result<Arc<ActiveContext>, ContextError> {
        self.scoped(active, definition, Step::Type, false)
    }

    /// Applies the context that a term brings, if it brings one.
    fn scoped(
        &self,
        active: &Arc<ActiveContext>,
        definition: &Arc<Definition>,
        step: fn(usize) -> Step,
        overrides: bool,
    ) -> Result<Arc<ActiveContext>, ContextError> {
        let Some(scoped) = &definition.scoped else {
            return Ok(Arc::clone(active));
        };
        let step = step(Arc::as_ptr(definition).addr());
        self.derive(active, step, Some(definition), || {
            self.process(active, several(scoped), overrides, 0)
        })
    }

    fn derive(
        &self,
        active: &ActiveContext,
        step: Step,
        owner: Option<&Arc<Definition>>,
        process: impl FnOnce() -> Result<Arc<ActiveContext>, ContextError>,
    ) -> Result<Arc<ActiveContext>, ContextError> {
        if let Some(context) = active.recall(&step) {
            return Ok(context);
        }
        let context = process()?;
        if !Arc::ptr_eq(&context, &self.root) {
            // Strangers choose combinations: what is remembered must not grow without end.
            if self.remembered.fetch_add(1, Ordering::Relaxed) >= MOST_REMEMBERED {
                self.remembered.store(0, Ordering::Relaxed);
                self.root.forget();
            }
            active.remember(step, owner.cloned(), &context);
        }
        Ok(context)
    }

    /// Context Processing (JSON-LD 1.1 API, section 4.1).
    fn process(
        &self,
        active: &Arc<ActiveContext>,
        all: &[Value],
        overrides: bool,
        depth: usize,
    ) -> Result<Arc<ActiveContext>, ContextError> {
        if depth > DEEPEST {
            return Err(ContextError::Cycle);
        }
        let mut result = Arc::clone(active);
        for one in all {
            result = match one {
                Value::Null => {
                    if !overrides && result.terms.values().any(|term| term.protected) {
                        return Err(ContextError::Protected);
                    }
                    Arc::clone(&self.root)
                }
                Value::String(address) => {
                    let context = self.known.get(address).ok_or(ContextError::Unknown)?;
                    self.process(&result, several(context), false, depth + 1)?
                }
                Value::Object(members) if members.is_empty() => result,
                Value::Object(members) => {
                    let mut changed = result.copy();
                    define(&mut changed, members, overrides)?;
                    Arc::new(changed)
                }
                _ => return Err(ContextError::Malformed),
            };
        }
        Ok(result)
    }
}

impl fmt::Debug for Contexts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contexts")
            .field("known", &self.known.keys())
            .finish_non_exhaustive()
    }
}

/// The value of `@context` in a context document.
fn context(json: &[u8]) -> Result<Value, ContextError> {
    let limits = Limits::bytes(LONGEST_CONTEXT);
    let mut document: Map<String, Value> =
        strict_json::from_slice(json, limits).map_err(|_| ContextError::Malformed)?;
    document.remove("@context").ok_or(ContextError::Malformed)
}

static ESTABLISHED: OnceLock<Contexts> = OnceLock::new();

/// How deep contexts may refer to contexts.
const DEEPEST: usize = 8;
const LONGEST_CONTEXT: usize = 1024 * 1024;
/// How many contexts a document may list at one place.
const MOST_CONTEXTS: usize = 32;
/// How many processed contexts are kept.
const MOST_REMEMBERED: usize = 1024;
