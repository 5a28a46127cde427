//! A comparison as a report has it: what was judged elsewhere, without the plan it was judged by.
//!
//! Input: what a report says. Output: the same for a further report. It judges nothing.

use std::sync::Arc;
use std::time::Duration;

use http::{Method, StatusCode};
use jiff::Timestamp;

use super::accept::Acceptance;
use super::details::Detail;
use super::verdict::{ErrorKind, Excuse, ProbeError, Reasons, Verdict};
use crate::outcome::{End, FailureKind};
use crate::plan::Share;
use crate::suite::EnvironmentType;

/// A whole comparison, or one shard of it.
#[derive(Debug)]
pub struct Recorded {
    /// The suite's file as the user named it; of several suites all of them, with commas between.
    pub suite: String,
    /// The files of several suites; none where there is only one.
    pub suites: Vec<String>,
    /// The suite's `name`.
    pub name: Option<String>,
    /// The name of the environment that others are compared with.
    pub reference: String,
    /// Which part of a suite this is, where it is one of several.
    pub share: Option<Share>,
    /// Environments whose TLS certificates were not verified.
    pub insecure: Vec<String>,
    /// What became of the list of accepted mismatches, if there was one.
    pub acceptance: Option<Acceptance>,
    /// When the run began (UTC).
    pub started_at: Timestamp,
    /// How long it took.
    pub duration: Duration,
    /// How it ended.
    pub end: End,
    /// The judged environments, in suite order.
    pub environments: Vec<EnvironmentRecord>,
    /// One for each endpoint, in suite order.
    pub rows: Vec<RowRecord>,
}

/// One judged environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentRecord {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: EnvironmentType,
    /// Its base URL, secrets masked.
    pub base_url: String,
    /// The same of its services, by name.
    pub services: Vec<(String, String)>,
    /// Whether it, or a service of it, is embedded, and so listens somewhere else in every run.
    pub embedded: bool,
}

/// One endpoint.
#[derive(Debug)]
pub struct RowRecord {
    /// The method.
    pub method: Method,
    /// The path as the suite writes it.
    pub path: Box<str>,
    /// The service that is asked.
    pub service: Option<Box<str>>,
    /// The endpoint's `name`.
    pub name: Option<Box<str>>,
    /// The endpoint's `tags`.
    pub tags: Vec<String>,
    /// The file that it stands in, where that is not the suite's own.
    pub file: Option<Box<str>>,
    /// The line of that file, from 1.
    pub line: u32,
    /// Its position among the suite's endpoints, from 0; 0 where all of them are there.
    pub position: u32,
    /// One for each judged environment, in their order.
    pub probes: Box<[ProbeRecord]>,
}

/// One endpoint on one environment.
#[derive(Debug)]
pub struct ProbeRecord {
    /// What was requested.
    pub url: Box<str>,
    /// What was expected, in words.
    pub expected: Box<str>,
    /// The verdict.
    pub verdict: Verdict,
    /// Why a mismatch, accepted or not.
    pub reasons: Reasons,
    /// The status that was seen.
    pub status: Option<StatusCode>,
    /// How long the last attempt took, if it was sent.
    pub duration: Option<Duration>,
    /// The command that repeats it.
    pub curl: Option<Box<str>>,
    /// What only some probes have; without it, it was sent once and has nothing more to tell.
    pub detail: Option<Box<Detail>>,
}

impl Recorded {
    /// The files of the suites.
    pub(super) fn suites(&self) -> Vec<&str> {
        if self.suites.is_empty() {
            vec![&self.suite]
        } else {
            self.suites.iter().map(String::as_str).collect()
        }
    }

    /// The file of the first suite.
    pub(super) fn file(&self) -> &str {
        self.suites.first().unwrap_or(&self.suite)
    }

    /// Forgets what shards say of doors, and puts behind `walls`, one for each environment, what was answered by them.
    pub(super) fn put_behind_walls(&mut self, walls: Vec<Option<ProbeError>>) {
        let walls: Vec<_> = walls.into_iter().map(|it| it.map(Arc::new)).collect();
        for row in &mut self.rows {
            for (probe, wall) in row.probes.iter_mut().zip(&walls) {
                let Some(detail) = &mut probe.detail else {
                    continue;
                };
                let Some(door) = detail.door.take() else {
                    continue;
                };
                let (_, curl) = *door;
                // What the run's end left unjudged is told as that.
                let unasked = [FailureKind::Deadline, FailureKind::Interrupted];
                let kind = detail.error.as_ref().map(|error| error.kind);
                let is_unasked = unasked
                    .map(|it| Some(ErrorKind::Failure(it)))
                    .contains(&kind);
                if let Some(wall) = wall.as_ref().filter(|_| !is_unasked) {
                    detail.error = Some(Arc::clone(wall));
                    probe.verdict = Verdict::Error;
                    probe.curl = probe.curl.take().or(curl);
                }
            }
        }
    }

    /// Marks what is accepted, each by endpoint and environment, and nothing else.
    pub(super) fn set_accepted(&mut self, excused: Vec<(usize, usize, Excuse)>) {
        for probe in self.rows.iter_mut().flat_map(|row| &mut row.probes) {
            if probe.verdict == Verdict::Accepted {
                probe.verdict = Verdict::Mismatch;
            }
        }
        for (endpoint, environment, excuse) in excused {
            let probe = &mut self.rows[endpoint].probes[environment];
            probe.verdict = Verdict::Accepted;
            let detail = probe
                .detail
                .get_or_insert_with(|| Box::new(Detail::of_one_attempt()));
            detail.excuse = Some(Box::new(excuse));
        }
    }
}

impl ProbeRecord {
    pub(super) fn attempts(&self) -> u32 {
        let sent = u32::from(self.verdict != Verdict::Skipped);
        self.detail.as_ref().map_or(sent, |detail| detail.attempts)
    }
}
