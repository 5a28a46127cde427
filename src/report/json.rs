//! The JSON report, version 1.
//!
//! Input: a comparison. Output: one JSON document, streamed row by row: it holds no second copy of the rows.
//! Fields stand in the order of the contract; within a version they are only ever added.

use std::io;
use std::time::Duration;

use http::StatusCode;
use serde::{Serialize, Serializer};

use super::Options;
use crate::compare::{Comparison, End, EnvironmentView, Probe, ProbeError, Row, Tally};
use crate::outcome::Hop;

/// Writes the report and a final line break.
pub(super) fn render(
    comparison: &Comparison,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let report = Report {
        head: Head::new("statusdiff-report", comparison, options),
        endpoints: comparison,
    };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    out.write_all(b"\n")
}

#[derive(Serialize)]
struct Report<'c> {
    #[serde(flatten)]
    head: Head<'c>,
    #[serde(serialize_with = "endpoints")]
    endpoints: &'c Comparison,
}

/// The run as a whole.
#[derive(Serialize)]
pub(super) struct Head<'c> {
    format: &'static str,
    format_version: u32,
    statusdiff_version: &'static str,
    suite: &'c str,
    name: Option<&'c str>,
    started_at: String,
    duration_ms: f64,
    reference: &'c str,
    complete: bool,
    passed: bool,
    exit_code: u8,
    summary: Summary,
    #[serde(serialize_with = "environments")]
    environments: &'c Comparison,
}

impl<'c> Head<'c> {
    pub(super) fn new(format: &'static str, comparison: &'c Comparison, options: &Options) -> Self {
        let tally = comparison.tally();
        Self {
            format,
            format_version: 1,
            statusdiff_version: env!("CARGO_PKG_VERSION"),
            suite: comparison.suite(),
            name: comparison.name(),
            started_at: format!("{:.0}", comparison.started_at()),
            duration_ms: milliseconds(comparison.duration()),
            reference: comparison.reference(),
            complete: comparison.end() == End::Complete,
            passed: options.exit.code() == 0,
            exit_code: options.exit.code(),
            summary: Summary {
                endpoints: comparison.rows().len(),
                environments: comparison.environments().len(),
                probes: tally.probes(),
                counts: Counts::new(tally),
            },
            environments: comparison,
        }
    }
}

#[derive(Serialize)]
struct Summary {
    endpoints: usize,
    environments: usize,
    probes: usize,
    #[serde(flatten)]
    counts: Counts,
}

#[derive(Serialize)]
struct Counts {
    r#match: usize,
    mismatch: usize,
    error: usize,
    skipped: usize,
    flaky: usize,
}

impl Counts {
    const fn new(tally: Tally) -> Self {
        Self {
            r#match: tally.matched,
            mismatch: tally.mismatched,
            error: tally.errors,
            skipped: tally.skipped,
            flaky: tally.flaky,
        }
    }
}

fn environments<S: Serializer>(comparison: &Comparison, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(comparison.environments().map(Environment::new))
}

#[derive(Serialize)]
struct Environment<'c> {
    name: &'c str,
    r#type: &'static str,
    base_url: &'c str,
    #[serde(flatten)]
    counts: Counts,
    #[serde(serialize_with = "census")]
    statuses: &'c [(StatusCode, usize)],
}

impl<'c> Environment<'c> {
    fn new(environment: EnvironmentView<'c>) -> Self {
        Self {
            name: environment.name(),
            r#type: environment.kind().as_str(),
            base_url: environment.base_url(),
            counts: Counts::new(environment.tally()),
            statuses: environment.statuses(),
        }
    }
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

#[derive(Serialize)]
struct EndpointEntry<'c> {
    #[serde(flatten)]
    endpoint: Endpoint<'c>,
    same: bool,
    #[serde(serialize_with = "probes")]
    probes: Row<'c>,
}

/// What the suite says of an endpoint.
#[derive(Serialize)]
pub(super) struct Endpoint<'c> {
    method: &'c str,
    path: &'c str,
    name: Option<&'c str>,
    tags: &'c [String],
    file: &'c str,
    line: u32,
}

impl<'c> Endpoint<'c> {
    pub(super) fn new(row: Row<'c>) -> Self {
        Self {
            method: row.method().as_str(),
            path: row.path(),
            name: row.name(),
            tags: row.tags(),
            file: row.file(),
            line: row.line(),
        }
    }
}

fn probes<S: Serializer>(row: &Row<'_>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(row.probes().map(ProbeEntry::new))
}

/// What became of a probe.
#[derive(Serialize)]
pub(super) struct ProbeEntry<'c> {
    environment: &'c str,
    url: String,
    verdict: &'static str,
    expected: String,
    status: Option<u16>,
    error: Option<ErrorEntry<'c>>,
    reasons: Vec<&'static str>,
    location: Option<&'c str>,
    attempts: u32,
    flaky: bool,
    duration_ms: Option<f64>,
    #[serde(skip_serializing_if = "is_zero")]
    reconnects: u32,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    redirects: Vec<Redirect<'c>>,
}

impl<'c> ProbeEntry<'c> {
    pub(super) fn new(probe: Probe<'c>) -> Self {
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
            location: probe.location(),
            attempts: probe.attempts(),
            flaky: probe.flaky(),
            duration_ms: probe.duration().map(milliseconds),
            reconnects: probe.reconnects(),
            redirects: probe.hops().iter().map(Redirect::new).collect(),
        }
    }
}

#[derive(Serialize)]
struct ErrorEntry<'c> {
    kind: &'static str,
    message: &'c str,
}

impl<'c> ErrorEntry<'c> {
    fn new(error: &'c ProbeError) -> Self {
        Self {
            kind: error.kind.as_str(),
            message: &error.message,
        }
    }
}

#[derive(Serialize)]
struct Redirect<'c> {
    status: u16,
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

/// Milliseconds to one decimal: nothing on the network is measured finer.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 10_000.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use crate::report::Format;
    use crate::report::sample::{cut_short, green, rendered, shop};

    #[test]
    fn follows_the_contract() {
        let text = rendered(Format::Json, &shop(), |options| options);
        assert!(text.ends_with("}\n"));
        insta::assert_snapshot!(
            "shop-json",
            text.replace(env!("CARGO_PKG_VERSION"), "VERSION")
        );
    }

    #[test]
    fn says_how_the_run_ended() {
        for (comparison, complete, passed, code) in
            [(green(), true, true, 0), (cut_short(), false, false, 130)]
        {
            let report: Value =
                serde_json::from_str(&rendered(Format::Json, &comparison, |options| options))
                    .unwrap();
            assert_eq!(report["complete"], complete);
            assert_eq!(report["passed"], passed);
            assert_eq!(report["exit_code"], code);
        }
    }
}
