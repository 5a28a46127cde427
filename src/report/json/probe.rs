//! A probe in the JSON report.
//!
//! Input: a probe. Output: its fields. It refuses nothing: what is not there is null or absent.

use serde::Serialize;

use super::accept::ExcuseEntry;
use super::milliseconds;
use super::samples::SampleEntry;
#[cfg(test)]
use super::schema;
use crate::compare::{Door, Probe, ProbeError};
use crate::outcome::Hop;

/// One endpoint on one environment.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Probe"))]
pub(in crate::report) struct ProbeEntry<'c> {
    /// The environment that was asked.
    environment: &'c str,
    /// What was requested.
    url: String,
    /// What the comparison says; more may be added.
    #[cfg_attr(test, schemars(schema_with = "schema::verdict"))]
    verdict: &'static str,
    /// What was expected, in words.
    expected: String,
    /// The status that was observed, if one was.
    #[cfg_attr(test, schemars(schema_with = "schema::status"))]
    status: Option<u16>,
    /// Why nothing could be proven, where the verdict is `error`.
    error: Option<ErrorEntry<'c>>,
    /// Why it is a mismatch, accepted or not; more may be added.
    #[cfg_attr(test, schemars(schema_with = "schema::reasons"))]
    reasons: Vec<&'static str>,
    /// Why the mismatch is accepted; absent where the verdict is not `accepted`.
    #[serde(skip_serializing_if = "Option::is_none")]
    accepted: Option<ExcuseEntry<'c>>,
    /// Where the answer redirects to.
    location: Option<&'c str>,
    /// How many times it was asked; 0 where it was not sent.
    attempts: u32,
    /// Whether it matched only after another attempt, or not with every sample.
    flaky: bool,
    /// How long the last attempt took, in milliseconds; null where it was not sent.
    duration_ms: Option<f64>,
    /// How many times a kept connection had been closed, so that the request was sent again; absent for 0.
    #[serde(skip_serializing_if = "is_zero")]
    reconnects: u32,
    /// The redirects that were followed, in order; absent where there were none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    redirects: Vec<Redirect<'c>>,
    /// What came how often, the most frequent first; absent where it was not asked several times.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    samples: Vec<SampleEntry<'c>>,
    /// What answered, if it answers like an access wall, in the report of one shard of several: all of them together
    /// tell whether it is one. Absent elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    door: Option<DoorEntry>,
    /// The command that repeats it, for a POSIX shell; secrets in it are `$NAME`. Absent where it matched, was
    /// skipped, was given up before it was sent, or cannot be sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    curl: Option<String>,
}

impl<'c> ProbeEntry<'c> {
    pub(in crate::report) fn new(probe: Probe<'c>) -> Self {
        Self {
            environment: probe.environment(),
            url: probe.url(),
            verdict: probe.verdict().as_str(),
            expected: probe.expected(),
            status: probe.status().map(|status| status.as_u16()),
            error: probe.error().map(ErrorEntry::new),
            reasons: probe
                .reasons()
                .iter()
                .map(|reason| reason.as_str())
                .collect(),
            accepted: probe.excuse().map(ExcuseEntry::new),
            location: probe.location(),
            attempts: probe.attempts(),
            flaky: probe.flaky(),
            duration_ms: probe.duration().map(milliseconds),
            reconnects: probe.reconnects(),
            redirects: probe.hops().iter().map(Redirect::new).collect(),
            samples: SampleEntry::all(probe),
            door: probe.door().map(|door| DoorEntry::new(door, probe)),
            curl: probe.curl(),
        }
    }
}

/// What answers like an access wall.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Door"))]
struct DoorEntry {
    /// Whether it answers with 401.
    refuses: bool,
    /// The host that it sends to; absent where it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    sends_to: Option<String>,
    /// The command that repeats the request, where the verdict is `match`: it is none any more if this is a wall.
    #[serde(skip_serializing_if = "Option::is_none")]
    curl: Option<String>,
}

impl DoorEntry {
    fn new(door: Door, probe: Probe<'_>) -> Self {
        let Door { refuses, sends_to } = door;
        Self {
            refuses,
            sends_to,
            curl: probe.curl_of_door(),
        }
    }
}

/// Why there is no verdict on a status.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Error"))]
pub(in crate::report) struct ErrorEntry<'c> {
    /// The class of the failure; more may be added.
    #[cfg_attr(test, schemars(schema_with = "schema::kind"))]
    kind: &'static str,
    /// What tells errors of one kind apart: `file_descriptors`, `local_ports`; absent where there is nothing more to
    /// tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<&'static str>,
    /// What happened, in words.
    message: &'c str,
}

impl<'c> ErrorEntry<'c> {
    pub(in crate::report) fn new(error: &'c ProbeError) -> Self {
        Self {
            kind: error.kind.as_str(),
            cause: error.kind.cause(),
            message: &error.message,
        }
    }
}

/// A redirect that was followed.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Redirect<'c> {
    /// The status of the redirect.
    status: u16,
    /// Where it led.
    target: &'c str,
}

impl<'c> Redirect<'c> {
    fn new(hop: &'c Hop) -> Self {
        Self {
            status: hop.status.as_u16(),
            target: &hop.target,
        }
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it with a reference"
)]
fn is_zero(number: &u32) -> bool {
    *number == 0
}
