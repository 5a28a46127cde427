//! The JSON report, version 1.
//!
//! Input: a comparison. Output: one JSON document, streamed row by row: it holds no second copy of the rows.
//! Fields stand in the order of the contract; within a version they are only ever added.

mod accept;
mod probe;
mod read;
mod samples;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use http::StatusCode;
use serde::{Serialize, Serializer};

use self::accept::Accept;
use super::Options;
use crate::compare::{Comparison, End, EnvironmentView, Row, Tally};
use crate::plan::Share;

pub(super) use probe::{ErrorEntry, ProbeEntry};
pub use read::{ReadError, read};

/// What the documents call themselves.
const FORMAT: &str = "statusdiff-report";
const VERSION: u32 = 1;

/// Writes the report and a final line break.
pub(super) fn render(
    comparison: &Comparison,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let report = Report {
        head: Head::new(FORMAT, comparison, options),
        endpoints: comparison,
    };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    out.write_all(b"\n")
}

/// A finished comparison.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Report<'c> {
    #[serde(flatten)]
    head: Head<'c>,
    /// The endpoints, in the order of the suite.
    #[serde(serialize_with = "endpoints")]
    #[cfg_attr(test, schemars(with = "Vec<EndpointEntry<'c>>"))]
    endpoints: &'c Comparison,
}

/// The run as a whole.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Head<'c> {
    /// What this is.
    #[cfg_attr(test, schemars(extend("const" = "statusdiff-report")))]
    format: &'static str,
    /// The version of the format: within one, fields are only ever added.
    #[cfg_attr(test, schemars(extend("const" = 1)))]
    format_version: u32,
    /// The program that wrote it.
    statusdiff_version: &'static str,
    /// The file of the suite, as it was named; `<stdin>` for standard input. Of several suites all of them, with commas
    /// between.
    suite: &'c str,
    /// The files of all suites, where there are several; absent where there is only one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suites: Vec<&'c str>,
    /// The name of the suite, if it has one; the names of several, with commas between, where each has one.
    name: Option<&'c str>,
    /// When the run began, in UTC (RFC 3339).
    #[cfg_attr(test, schemars(extend("format" = "date-time")))]
    started_at: String,
    /// How long the run took, in milliseconds.
    duration_ms: f64,
    /// The environment that the others are compared with.
    reference: &'c str,
    /// Which part of the suite's endpoints this is; absent for a whole run.
    #[serde(skip_serializing_if = "Option::is_none")]
    shard: Option<ShardEntry<'c>>,
    /// Whether every probe was asked: an interrupt or the deadline leaves some unasked.
    complete: bool,
    /// Whether the exit code is 0.
    passed: bool,
    /// The code of the verdict: 0 passed, 1 mismatch, 3 inconclusive, 130 and 143 interrupted.
    #[cfg_attr(test, schemars(extend("examples" = [0, 1, 3, 130, 143])))]
    exit_code: u8,
    /// Environments whose TLS certificates were not verified; absent where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    insecure: Vec<&'c str>,
    /// The counts of the whole run.
    summary: Summary,
    /// What became of the list of accepted mismatches; absent where there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    accept: Option<Accept<'c>>,
    /// The environments that were asked, in the order of the suite.
    #[serde(serialize_with = "environments")]
    #[cfg_attr(test, schemars(with = "Vec<Environment<'c>>"))]
    environments: &'c Comparison,
}

impl<'c> Head<'c> {
    pub(super) fn new(format: &'static str, comparison: &'c Comparison, options: &Options) -> Self {
        let tally = comparison.tally();
        let suites = Some(comparison.suites()).filter(|suites| suites.len() > 1);
        Self {
            format,
            format_version: VERSION,
            statusdiff_version: env!("CARGO_PKG_VERSION"),
            suite: comparison.suite(),
            suites: suites.unwrap_or_default(),
            name: comparison.name(),
            started_at: format!("{:.0}", comparison.started_at()),
            duration_ms: milliseconds(comparison.duration()),
            reference: comparison.reference(),
            shard: comparison.share().map(ShardEntry::new),
            complete: comparison.end() == End::Complete,
            passed: options.exit.code() == 0,
            exit_code: options.exit.code(),
            insecure: comparison.insecure(),
            summary: Summary {
                endpoints: comparison.rows().len(),
                environments: comparison.environments().len(),
                probes: tally.probes(),
                counts: Counts::new(tally, comparison),
            },
            accept: comparison.acceptance().map(Accept::new),
            environments: comparison,
        }
    }
}

/// One of several parts of a run.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Shard"))]
struct ShardEntry<'c> {
    /// Which part, from 1.
    index: u32,
    /// How many parts there are.
    total: u32,
    /// What all parts of one suite and selection have in common.
    of: &'c str,
}

impl<'c> ShardEntry<'c> {
    fn new(share: &'c Share) -> Self {
        Self {
            index: share.shard.index(),
            total: share.shard.total(),
            of: &share.whole,
        }
    }
}

/// The counts of a run.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Summary {
    /// How many endpoints were asked.
    endpoints: usize,
    /// How many environments were asked.
    environments: usize,
    /// How many probes there are: one for each endpoint and environment.
    probes: usize,
    #[serde(flatten)]
    counts: Counts,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Counts {
    /// Probes that answered as expected.
    r#match: usize,
    /// Probes that answered otherwise.
    mismatch: usize,
    /// Probes that answered otherwise, which is known and accepted; they are not counted as mismatches. Absent
    /// without a list of accepted mismatches.
    #[serde(skip_serializing_if = "Option::is_none")]
    accepted: Option<usize>,
    /// Probes of which nothing could be proven.
    error: usize,
    /// Probes that the suite rules out.
    skipped: usize,
    /// Probes that matched only after another attempt, or not with every sample; they are counted as matches too.
    flaky: usize,
}

impl Counts {
    fn new(tally: Tally, comparison: &Comparison) -> Self {
        Self {
            r#match: tally.matched,
            mismatch: tally.mismatched,
            accepted: comparison.acceptance().map(|_| tally.accepted),
            error: tally.errors,
            skipped: tally.skipped,
            flaky: tally.flaky,
        }
    }
}

fn environments<S: Serializer>(comparison: &Comparison, serializer: S) -> Result<S::Ok, S::Error> {
    let environments = comparison.environments();
    serializer.collect_seq(environments.map(|it| Environment::new(it, comparison)))
}

/// An environment that was asked.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Environment<'c> {
    /// Its name in the suite.
    name: &'c str,
    /// `development`, `staging` or `production`.
    #[cfg_attr(test, schemars(extend("examples" = ["development", "staging", "production"])))]
    r#type: &'static str,
    /// Where it was asked; for an embedded one, where it listened. Empty where it has services only.
    base_url: &'c str,
    /// Whether it, or a service of it, listened on this machine, and for this run only; absent where it did not.
    #[serde(skip_serializing_if = "is_false")]
    embedded: bool,
    /// Where its services were asked, by name; absent where the suite has none.
    #[serde(serialize_with = "services", skip_serializing_if = "<[_]>::is_empty")]
    #[cfg_attr(test, schemars(with = "std::collections::BTreeMap<String, String>"))]
    services: &'c [(String, String)],
    #[serde(flatten)]
    counts: Counts,
    /// How often each status was answered.
    #[serde(serialize_with = "census")]
    #[cfg_attr(test, schemars(with = "std::collections::BTreeMap<String, usize>"))]
    statuses: &'c [(StatusCode, usize)],
}

impl<'c> Environment<'c> {
    fn new(environment: EnvironmentView<'c>, comparison: &Comparison) -> Self {
        Self {
            name: environment.name(),
            r#type: environment.kind().as_str(),
            base_url: environment.base_url(),
            embedded: environment.is_embedded(),
            services: environment.services(),
            counts: Counts::new(environment.tally(), comparison),
            statuses: environment.statuses(),
        }
    }
}

fn services<S: Serializer>(
    services: &[(String, String)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    // In an order that is still there once they are read back.
    let sorted: BTreeMap<_, _> = services.iter().map(|(name, url)| (name, url)).collect();
    serializer.collect_map(sorted)
}

fn census<S: Serializer>(
    statuses: &[(StatusCode, usize)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(
        statuses
            .iter()
            .map(|(status, count)| (status.as_str(), count)),
    )
}

fn endpoints<S: Serializer>(comparison: &Comparison, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(comparison.rows().map(|row| EndpointEntry {
        endpoint: Endpoint::new(row),
        same: row.same(),
        probes: row,
    }))
}

/// An endpoint and what was answered.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Endpoint"))]
struct EndpointEntry<'c> {
    #[serde(flatten)]
    endpoint: Endpoint<'c>,
    /// Whether all environments that answered gave the same status.
    same: bool,
    /// What each environment answered, in the order of the suite.
    #[serde(serialize_with = "probes")]
    #[cfg_attr(test, schemars(with = "Vec<ProbeEntry<'c>>"))]
    probes: Row<'c>,
}

/// What the suite says of an endpoint.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Endpoint<'c> {
    /// The method of the request.
    method: &'c str,
    /// The path as it is written in the suite.
    path: &'c str,
    /// The service that is asked, by its name in the environments' `services`; null where it is their `base_url`.
    service: Option<&'c str>,
    /// What the suite calls it.
    name: Option<&'c str>,
    /// Its tags.
    tags: &'c [String],
    /// The file it stands in.
    file: &'c str,
    /// The line it stands on, from 1.
    line: u32,
    /// Its place among the endpoints of the suite, from 0; absent where all of them are there.
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<u32>,
}

impl<'c> Endpoint<'c> {
    pub(super) fn new(row: Row<'c>) -> Self {
        Self {
            method: row.method().as_str(),
            path: row.path(),
            service: row.service(),
            name: row.name(),
            tags: row.tags(),
            file: row.file(),
            line: row.line(),
            position: row.position(),
        }
    }
}

fn probes<S: Serializer>(row: &Row<'_>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(row.probes().map(ProbeEntry::new))
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it with a reference"
)]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// Milliseconds to one decimal: nothing on the network is measured finer.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 10_000.0).round() / 10.0
}
