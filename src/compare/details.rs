//! What only some probes have to tell besides their status and their time.
//!
//! Input: details by the index of their cell. Output: the same. A redirect that has nothing else to tell is no more than
//! its location, one after the other in one text: a suite may well be a million of them.

use std::collections::HashMap;
use std::sync::Arc;

use super::verdict::{Excuse, ProbeError};
use super::wall::Door;
use crate::outcome::{Hop, Samples};

/// What only some probes have.
#[derive(Debug, Clone, Default)]
pub struct Detail {
    /// The `Location` of the answer.
    pub location: Option<Box<str>>,
    /// The redirects that were followed.
    pub hops: Box<[Hop]>,
    /// 1 for a probe that has nothing to tell of it, 0 for one that was not sent.
    pub attempts: u32,
    /// How many requests were sent again on a new connection.
    pub reconnects: u32,
    /// Why an error; many probes of an environment fail with the same words.
    pub error: Option<Arc<ProbeError>>,
    /// All that came, where it was asked several times.
    pub samples: Option<Box<Samples>>,
    /// Why a mismatch is accepted.
    pub excuse: Option<Box<Excuse>>,
    /// The door that answered, where a shard's report says so; and the command that repeats it, where it matched.
    pub door: Option<Box<(Door, Option<Box<str>>)>>,
}

impl Detail {
    /// Those of a probe that has nothing to tell but that it was sent.
    pub(super) fn of_one_attempt() -> Self {
        Self {
            attempts: 1,
            ..Self::default()
        }
    }

    /// The location, if there is nothing else.
    fn as_location(&self) -> Option<&str> {
        match self {
            Self {
                location: Some(location),
                hops,
                attempts: 1,
                reconnects: 0,
                error: None,
                samples: None,
                excuse: None,
                door: None,
            } if hops.is_empty() => Some(location),
            _ => None,
        }
    }
}

/// Looked up, never iterated: order lives in the cells.
#[derive(Debug, Default)]
pub(super) struct Details {
    /// Boxed, since a hash map keeps room for many more than it has.
    rich: HashMap<usize, Box<Detail>>,
    /// Where the location of each begins in `locations`.
    places: HashMap<usize, usize>,
    /// Each ends with [`END`].
    locations: String,
}

/// No field of a header section has it (RFC 9110, section 5.5).
const END: char = '\n';

impl Details {
    pub(super) fn get(&self, index: usize) -> Option<&Detail> {
        self.rich.get(&index).map(AsRef::as_ref)
    }

    pub(super) fn get_mut(&mut self, index: usize) -> Option<&mut Detail> {
        self.rich.get_mut(&index).map(AsMut::as_mut)
    }

    /// Those of a probe that may have had nothing to tell but that it was sent.
    pub(super) fn get_or_add(&mut self, index: usize) -> &mut Detail {
        let detail = self.rich.entry(index);
        detail.or_insert_with(|| Box::new(Detail::of_one_attempt()))
    }

    pub(super) fn add(&mut self, index: usize, detail: Detail) {
        self.rich.insert(index, Box::new(detail));
    }

    /// Keeps no more than the location of a probe that has nothing else to tell. Whether it is such a one.
    pub(super) fn shrink(&mut self, index: usize) -> bool {
        let detail = self.rich.get(&index);
        let location = detail.and_then(|detail| detail.as_location());
        let Some(location) = location.filter(|location| !location.contains(END)) else {
            return false;
        };
        self.places.insert(index, self.locations.len());
        self.locations.push_str(location);
        self.locations.push(END);
        self.rich.remove(&index);
        true
    }

    /// The location of a probe that was [shrunk](Self::shrink) to it.
    pub(super) fn location(&self, index: usize) -> Option<&str> {
        let place = *self.places.get(&index)?;
        let (location, _) = self.locations.get(place..)?.split_once(END)?;
        Some(location)
    }
}
