//! What reports see of a comparison: environments, rows and probes, read from what was kept of this run,
//! or of earlier ones.

mod planned;
mod probe;

use std::borrow::Cow;

use http::{Method, StatusCode};

pub use probe::Probe;

use super::ledger::{Ledger, Source};
use super::record::RowRecord;
use super::summary::{self, Uniform};
use super::verdict::{Tally, Verdict};
use crate::plan;
use crate::suite::{Accepted, EnvironmentType};

/// One environment of a comparison.
#[derive(Debug, Clone, Copy)]
pub struct EnvironmentView<'c> {
    pub(super) summary: &'c summary::Environment,
}

impl<'c> EnvironmentView<'c> {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'c str {
        &self.summary.name
    }

    /// Its type, stated or inferred.
    #[must_use]
    pub fn kind(&self) -> EnvironmentType {
        self.summary.kind
    }

    /// Whether it is embedded, and so listens somewhere else in every run.
    #[must_use]
    pub fn is_embedded(&self) -> bool {
        self.summary.embedded
    }

    /// Its base URL, without a trailing slash, secrets masked.
    #[must_use]
    pub fn base_url(&self) -> &'c str {
        &self.summary.base_url
    }

    /// The base URLs of its services by name, without a trailing slash, secrets masked.
    #[must_use]
    pub fn services(&self) -> &'c [(String, String)] {
        &self.summary.services
    }

    /// Its counts.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.summary.tally
    }

    /// How often each status was seen, ascending by status.
    #[must_use]
    pub fn statuses(&self) -> &'c [(StatusCode, usize)] {
        &self.summary.statuses
    }

    /// How many of its probes the run's end left unasked or unjudged.
    #[must_use]
    pub fn unasked(&self) -> usize {
        self.summary.unasked
    }

    /// What all its probes (three at least) have in common, where every one of them went wrong in one way.
    #[must_use]
    pub fn uniform(&self) -> Option<&'c Uniform> {
        self.summary.uniform.as_ref()
    }
}

/// One endpoint and what it answered everywhere.
#[derive(Debug, Clone, Copy)]
pub struct Row<'c> {
    pub(super) ledger: Ledger<'c>,
    pub(super) endpoint: usize,
}

impl<'c> Row<'c> {
    /// The method.
    #[must_use]
    pub fn method(&self) -> &'c Method {
        match self.kept() {
            KeptRow::Planned(endpoint) => endpoint.method(),
            KeptRow::Recorded(row) => &row.method,
        }
    }

    /// The path as the suite writes it.
    #[must_use]
    pub fn path(&self) -> &'c str {
        match self.kept() {
            KeptRow::Planned(endpoint) => endpoint.path(),
            KeptRow::Recorded(row) => &row.path,
        }
    }

    /// The service that is asked; none for the environments' own base URLs.
    #[must_use]
    pub fn service(&self) -> Option<&'c str> {
        match self.ledger.source {
            Source::Planned(planned) => planned.plan.service(self.endpoint),
            Source::Recorded(recorded) => recorded.rows[self.endpoint].service.as_deref(),
        }
    }

    /// The path, after the service where one is asked: `/path`, `login:/path`.
    #[must_use]
    pub fn place(&self) -> Cow<'c, str> {
        match self.service() {
            Some(service) => format!("{service}:{}", self.path()).into(),
            None => self.path().into(),
        }
    }

    /// The endpoint's `name`.
    #[must_use]
    pub fn name(&self) -> Option<&'c str> {
        match self.kept() {
            KeptRow::Planned(endpoint) => endpoint.name(),
            KeptRow::Recorded(row) => row.name.as_deref(),
        }
    }

    /// The endpoint's `tags`.
    #[must_use]
    pub fn tags(&self) -> &'c [String] {
        match self.kept() {
            KeptRow::Planned(endpoint) => endpoint.tags(),
            KeptRow::Recorded(row) => &row.tags,
        }
    }

    /// The file that it stands in: the suite's as the user named it, or one that the suite includes.
    #[must_use]
    pub fn file(&self) -> &'c str {
        match self.ledger.source {
            Source::Planned(planned) => {
                let endpoint = &planned.plan.endpoints()[self.endpoint];
                planned.plan.file_of(endpoint)
            }
            Source::Recorded(recorded) => {
                let file = recorded.rows[self.endpoint].file.as_deref();
                file.unwrap_or(recorded.file())
            }
        }
    }

    /// Whether it is an endpoint that `entry` is about, wherever it is asked.
    #[must_use]
    pub fn is_meant_by(&self, entry: &Accepted) -> bool {
        let service = self.service().unwrap_or(Accepted::OWN_SERVICE);
        (self.method(), self.path()) == (&entry.method, &entry.path)
            && (entry.name.is_none() || entry.name.as_deref() == self.name())
            && entry.service.as_deref().is_none_or(|it| it == service)
    }

    /// The line of the suite, from 1.
    #[must_use]
    pub fn line(&self) -> u32 {
        match self.kept() {
            KeptRow::Planned(endpoint) => endpoint.line(),
            KeptRow::Recorded(row) => row.line,
        }
    }

    /// Its place among the rows, from 0.
    #[must_use]
    pub fn index(&self) -> usize {
        self.endpoint
    }

    /// Its position among the suite's endpoints, from 0; only where no more than a shard of them is there.
    #[must_use]
    pub fn position(&self) -> Option<u32> {
        let (share, position) = match self.ledger.source {
            Source::Planned(planned) => {
                let endpoint = &planned.plan.endpoints()[self.endpoint];
                (planned.plan.share(), endpoint.position())
            }
            Source::Recorded(recorded) => {
                let row = &recorded.rows[self.endpoint];
                (recorded.share.as_ref(), row.position)
            }
        };
        share.map(|_part| position)
    }

    /// Whether all environments that answered gave the same status; one that all gave, where they were asked
    /// several times.
    #[must_use]
    pub fn same(&self) -> bool {
        let mut answered = self.probes().filter(|probe| probe.status().is_some());
        let Some(first) = answered.next() else {
            return true;
        };
        let gave = |probe: Probe<'c>, status| {
            let mut given = probe.statuses();
            given.any(|given| given == status)
        };
        first
            .statuses()
            .any(|status| answered.clone().all(|probe| gave(probe, status)))
    }

    /// The worst verdict among its probes; mismatch is worst.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.probes()
            .map(|probe| probe.verdict())
            .max()
            .unwrap_or(Verdict::Skipped)
    }

    /// One probe for each judged environment, in the order of
    /// [`Comparison::environments`](super::Comparison::environments).
    pub fn probes(&self) -> impl ExactSizeIterator<Item = Probe<'c>> + Clone + use<'c> {
        let Self { ledger, endpoint } = *self;
        let judged = ledger.judged.iter();
        judged.map(move |&environment| Probe::new(ledger.source, endpoint, environment))
    }

    fn kept(&self) -> KeptRow<'c> {
        match self.ledger.source {
            Source::Planned(planned) => KeptRow::Planned(&planned.plan.endpoints()[self.endpoint]),
            Source::Recorded(recorded) => KeptRow::Recorded(&recorded.rows[self.endpoint]),
        }
    }
}

/// What a row is read from.
enum KeptRow<'c> {
    Planned(&'c plan::Endpoint),
    Recorded(&'c RowRecord),
}
