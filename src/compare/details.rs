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

    /// Whether there is nothing to tell but that it was sent.
    pub(super) fn is_plain(&self) -> bool {
        self.location.is_none() && self.is_location_at_most()
    }

    /// The location, if there is nothing else.
    pub(super) fn as_location(&self) -> Option<&str> {
        let location = self.location.as_deref();
        location.filter(|_| self.is_location_at_most())
    }

    fn is_location_at_most(&self) -> bool {
        let Self {
            location: _,
            hops,
            attempts: 1,
            reconnects: 0,
            error: None,
            samples: None,
            excuse: None,
            door: None,
        } = self
        else {
            return false;
        };
        hops.is_empty()
    }
}

/// Looked up, never iterated: order lives in the cells.
#[derive(Debug)]
pub(super) struct Details {
    /// Boxed, since a hash map keeps room for many more than it has.
    rich: HashMap<usize, Box<Detail>>,
    /// How many cells there are.
    cells: usize,
    /// Where the location of each cell begins in `locations`; empty as long as none has one. A million of them are read
    /// at once when a run is interrupted, too many to look each up in a map.
    places: Vec<u32>,
    /// Each ends with [`END`].
    locations: String,
}

/// No field of a header section has it (RFC 9110, section 5.5).
const END: u8 = b'\n';

impl Details {
    /// Those of so many cells, none of which has any.
    pub(super) fn new(cells: usize) -> Self {
        Self {
            rich: HashMap::new(),
            cells,
            places: Vec::new(),
            locations: String::new(),
        }
    }

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

    /// Adds the location of a probe that has nothing else to tell, and says so. One that could not be told apart from
    /// the next is not added, nor one for which there is no room.
    pub(super) fn add_location(&mut self, index: usize, location: &str) -> bool {
        let Ok(place) = u32::try_from(self.locations.len()) else {
            return false;
        };
        if location.contains(char::from(END)) {
            return false;
        }
        // Zeroes take no memory until one among them is written.
        if self.places.is_empty() {
            self.places = vec![0; self.cells];
        }
        let Some(known) = self.places.get_mut(index) else {
            return false;
        };
        *known = place;
        self.locations.push_str(location);
        self.locations.push(char::from(END));
        true
    }

    /// What was [added](Self::add_location) for a probe. Only its cell knows whether anything was.
    pub(super) fn location(&self, index: usize) -> Option<&str> {
        let place = usize::try_from(*self.places.get(index)?).ok()?;
        let rest = self.locations.as_bytes().get(place..)?;
        let length = rest.iter().position(|&byte| byte == END)?;
        self.locations.get(place..place + length)
    }
}
