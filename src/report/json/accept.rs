//! What the JSON report says of accepted mismatches.

use serde::Serialize;

use crate::compare::{Acceptance, Excuse};
use crate::suite::Accepted;

/// What became of a list of accepted mismatches.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Accept<'c> {
    /// The file of the list, as it was named.
    file: &'c str,
    /// Entries for mismatches that no longer occur, among what was asked, or whose endpoint or environment nothing in
    /// the run has.
    stale: Vec<AcceptEntry<'c>>,
    /// Entries whose last day is over, for mismatches that still occur.
    expired: Vec<AcceptEntry<'c>>,
}

impl<'c> Accept<'c> {
    pub(super) fn new(acceptance: &'c Acceptance) -> Self {
        let entries = |list: &'c [Accepted]| list.iter().map(AcceptEntry::new).collect();
        Self {
            file: &acceptance.file,
            stale: entries(&acceptance.stale),
            expired: entries(&acceptance.expired),
        }
    }
}

/// An entry of a list of accepted mismatches.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct AcceptEntry<'c> {
    /// The line it stands on, from 1.
    line: u32,
    /// The method of the endpoint.
    method: &'c str,
    /// The path of the endpoint, as it is written.
    path: &'c str,
    /// The service that is asked, where the entry has one.
    service: Option<&'c str>,
    /// The name of the endpoint, where the entry has one.
    name: Option<&'c str>,
    /// The environment that answers so.
    environment: &'c str,
    /// The status that is accepted, if there is one.
    status: Option<u16>,
    /// Where the accepted answer redirects to, where the entry says so.
    location: Option<&'c str>,
    /// Why it is accepted.
    reason: &'c str,
    /// The last day on which it is accepted, in UTC.
    until: Option<String>,
}

impl<'c> AcceptEntry<'c> {
    fn new(entry: &'c Accepted) -> Self {
        Self {
            line: entry.line,
            method: entry.method.as_str(),
            path: &entry.path,
            service: entry.service.as_deref(),
            name: entry.name.as_deref(),
            environment: &entry.environment,
            status: entry.status.map(|status| status.as_u16()),
            location: entry.location.as_deref(),
            reason: &entry.reason,
            until: entry.until.map(|date| date.to_string()),
        }
    }
}

/// Why a mismatch is accepted.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Excuse"))]
pub(super) struct ExcuseEntry<'c> {
    /// The reason, as the list of accepted mismatches gives it.
    reason: &'c str,
    /// The last day on which it is accepted, in UTC; null where there is none.
    until: Option<String>,
}

impl<'c> ExcuseEntry<'c> {
    pub(super) fn new(excuse: &'c Excuse) -> Self {
        Self {
            reason: &excuse.reason,
            until: excuse.until.map(|date| date.to_string()),
        }
    }
}
