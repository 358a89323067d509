use std::collections::BTreeSet;

use jiff::Timestamp;
use keys::base64url;
use store::{Batch, Record as _, StoreError, Stored};

use crate::app::App;
use crate::handle::Handle;
use crate::records::{Enrolment, Pending};
use crate::tags::{KnownTag, LookAlikes, Mark, Marks, Places, Seen};

/// Whom a document belongs to, as far as the tags tell.
#[derive(Debug)]
pub(crate) struct Recognition {
    /// Enrolments that have the document, or its holder's personal number.
    pub certain: BTreeSet<Handle>,
    /// Enrolments with the same name, birth date, sex and nationality.
    pub alike: Vec<Handle>,
}

impl App {
    /// Looks a document up by all its tags.
    pub(crate) async fn recognize(
        &self,
        tags: &Seen,
        marks: &Marks,
        now: Timestamp,
    ) -> Result<Recognition, StoreError> {
        // The likeness first: who is enrolled meanwhile has all tags at once, so that a document is
        // never taken for that of somebody else who is alike.
        let alike = places(tags, &tags.mark(&marks.alike))?;
        let alike = match self.look_alikes(&alike, now).await? {
            None => Vec::new(),
            Some((_, known)) => {
                let names = known.value.handles.iter();
                names
                    .map(|name| handle(name, LookAlikes::KIND))
                    .collect::<Result<_, _>>()?
            }
        };
        let mut certain = BTreeSet::new();
        for message in &marks.certain {
            let places = places(tags, &tags.mark(message))?;
            if let Some(known) = self.known_tag(&places, now).await? {
                certain.insert(handle(&known.handle, KnownTag::KIND)?);
            }
        }
        Ok(Recognition { certain, alike })
    }

    /// Adds to a batch that an enrolment is found by these tags from now on; the last is that of
    /// the likeness. Tags that it has already stay as they are.
    ///
    /// Returns `None` if one of them belongs to another enrolment, or if those who are alike are
    /// no longer those that were `seen` when it was decided.
    pub(crate) async fn tag(
        &self,
        batch: Batch,
        tags: &Seen,
        marks: &[Mark],
        handle: &Handle,
        seen: Option<&[Handle]>,
        now: Timestamp,
    ) -> Result<Option<Batch>, StoreError> {
        let mut batch = tags.guard(batch);
        let Some((alike, certain)) = marks.split_last() else {
            return Ok(Some(batch));
        };
        for mark in certain {
            let places = places(tags, mark)?;
            match self.known_tag(&places, now).await? {
                Some(known) if known.handle == handle.as_str() => {}
                Some(_) => return Ok(None),
                None => {
                    let entry = KnownTag {
                        handle: handle.to_string(),
                        generation: tags.generation(),
                    };
                    batch = batch.create(places.current, &entry, None)?;
                }
            }
        }
        let places = places(tags, alike)?;
        let mine = handle.as_str();
        let known = self.look_alikes(&places, now).await?;
        if let Some(seen) = seen {
            let names = known.iter().flat_map(|(_, known)| &known.value.handles);
            if !names.eq(seen.iter().map(Handle::as_str)) {
                return Ok(None);
            }
        }
        Ok(Some(match known {
            Some((_, known)) if known.value.handles.iter().any(|one| one == mine) => batch,
            Some((place, mut known)) => {
                known.value.handles.push(handle.to_string());
                batch.replace(place, known.version, &known.value, None)?
            }
            None => {
                let first = LookAlikes {
                    handles: vec![handle.to_string()],
                    generation: tags.generation(),
                };
                batch.create(places.current, &first, None)?
            }
        }))
    }

    async fn known_tag(
        &self,
        places: &Places,
        now: Timestamp,
    ) -> Result<Option<KnownTag>, StoreError> {
        for place in places.iter() {
            if let Some(known) = self.parts().store.load::<KnownTag>(place, now).await? {
                return Ok(Some(known.value));
            }
        }
        Ok(None)
    }

    async fn look_alikes(
        &self,
        places: &Places,
        now: Timestamp,
    ) -> Result<Option<([u8; 32], Stored<LookAlikes>)>, StoreError> {
        for place in places.iter() {
            if let Some(known) = self.parts().store.load::<LookAlikes>(place, now).await? {
                return Ok(Some((place, known)));
            }
        }
        Ok(None)
    }
}

impl Marks {
    /// The tags: of document and personal number, and last of the likeness.
    pub(crate) fn tagged(&self, tags: &Seen) -> Vec<Mark> {
        let certain = self.certain.iter().map(|message| tags.mark(message));
        certain.chain([tags.mark(&self.alike)]).collect()
    }
}

impl Pending {
    /// What a document changes, once that takes effect.
    pub(crate) fn new(version: u32, marks: &[Mark]) -> Self {
        Self {
            version,
            tags: marks
                .iter()
                .map(|mark| base64url::encode(mark.tag))
                .collect(),
            generation: marks.first().map_or(0, |mark| mark.generation),
        }
    }

    /// The tags that the enrolment gets.
    pub(crate) fn marks(&self) -> Result<Vec<Mark>, StoreError> {
        let mark = |tag: &String| {
            let tag = base64url::decode_array(tag).map_err(|_| StoreError::Corrupt {
                kind: Enrolment::KIND,
            })?;
            Ok(Mark {
                tag,
                generation: self.generation,
            })
        };
        self.tags.iter().map(mark).collect()
    }
}

/// A mark lies under a key that is not here only if the key folder lost one since it was read.
fn places(tags: &Seen, mark: &Mark) -> Result<Places, StoreError> {
    tags.places(mark).ok_or(StoreError::Corrupt {
        kind: KnownTag::KIND,
    })
}

fn handle(name: &str, kind: &'static str) -> Result<Handle, StoreError> {
    name.parse().map_err(|_| StoreError::Corrupt { kind })
}
