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
    /// Where these were found.
    pub look_alikes: Option<Found>,
}

/// Look-alikes, and where they lie.
pub(crate) type Found = ([u8; 32], Stored<LookAlikes>);

impl App {
    /// Looks a document up by all its tags; the last is that of the likeness.
    pub(crate) async fn recognize(
        &self,
        tags: &Seen,
        marks: &[Mark],
        now: Timestamp,
    ) -> Result<Recognition, StoreError> {
        let mut recognition = Recognition {
            certain: BTreeSet::new(),
            alike: Vec::new(),
            look_alikes: None,
        };
        let Some((alike, certain)) = marks.split_last() else {
            return Ok(recognition);
        };
        // The likeness first: who is enrolled meanwhile has all tags at once, so that a document is
        // never taken for that of somebody else who is alike.
        recognition.look_alikes = self.look_alikes(&places(tags, alike)?, now).await?;
        if let Some((_, known)) = &recognition.look_alikes {
            let names = known.value.handles.iter();
            let handles = names.map(|name| handle(name, LookAlikes::KIND));
            recognition.alike = handles.collect::<Result<_, _>>()?;
        }
        for mark in certain {
            if let Some(known) = self.known_tag(&places(tags, mark)?, now).await? {
                let known = handle(&known.handle, KnownTag::KIND)?;
                recognition.certain.insert(known);
            }
        }
        Ok(recognition)
    }

    /// Adds to a batch that somebody new is found by these tags, of whom a document was known by
    /// none but the likeness. Nothing is read again: if one of them was given to somebody meanwhile,
    /// the commit fails.
    pub(crate) fn tag_first(
        &self,
        batch: Batch,
        tags: &Seen,
        marks: &[Mark],
        handle: &Handle,
        look_alikes: Option<Found>,
    ) -> Result<Batch, StoreError> {
        let mut batch = tags.guard(batch);
        let Some((alike, certain)) = marks.split_last() else {
            return Ok(batch);
        };
        for mark in certain {
            let entry = known_as(handle, tags);
            batch = batch.create(places(tags, mark)?.current, &entry, None)?;
        }
        let place = places(tags, alike)?.current;
        also_like(batch, (place, look_alikes), handle, tags)
    }

    /// Adds to a batch that an enrolment is found by these tags from now on; the last is that of
    /// the likeness. Tags that it has already stay as they are.
    ///
    /// Returns `None` if one of them belongs to another enrolment.
    pub(crate) async fn tag(
        &self,
        batch: Batch,
        tags: &Seen,
        marks: &[Mark],
        handle: &Handle,
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
                None => batch = batch.create(places.current, &known_as(handle, tags), None)?,
            }
        }
        let places = places(tags, alike)?;
        let known = self.look_alikes(&places, now).await?;
        also_like(batch, (places.current, known), handle, tags).map(Some)
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
    ) -> Result<Option<Found>, StoreError> {
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

fn known_as(handle: &Handle, tags: &Seen) -> KnownTag {
    KnownTag {
        handle: handle.to_string(),
        generation: tags.generation(),
    }
}

/// Adds an enrolment to those that are alike, or begins with it at this place.
fn also_like(
    batch: Batch,
    (place, known): ([u8; 32], Option<Found>),
    handle: &Handle,
    tags: &Seen,
) -> Result<Batch, StoreError> {
    let mine = handle.as_str();
    match known {
        Some((_, known)) if known.value.handles.iter().any(|one| one == mine) => Ok(batch),
        Some((place, mut known)) => {
            known.value.handles.push(handle.to_string());
            batch.replace(place, known.version, &known.value, None)
        }
        None => {
            let first = LookAlikes {
                handles: vec![handle.to_string()],
                generation: tags.generation(),
            };
            batch.create(place, &first, None)
        }
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
