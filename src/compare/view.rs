//! What reports see of a comparison: environments, rows and probes, read from the compact cells.

use std::time::Duration;

use http::{Method, StatusCode};

use super::cell::{Cell, Detail, State};
use super::ledger::Ledger;
use super::summary::{self, Uniform};
use super::verdict::{ErrorKind, ProbeError, Reason, Tally, Verdict};
use crate::expect::Expectation;
use crate::outcome::Hop;
use crate::plan::{self, Environment, ProbeId};
use crate::suite::EnvironmentType;

/// One environment of a comparison.
#[derive(Debug, Clone, Copy)]
pub struct EnvironmentView<'c> {
    pub(super) environment: &'c Environment,
    pub(super) summary: &'c summary::Environment,
}

impl<'c> EnvironmentView<'c> {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'c str {
        self.environment.name()
    }

    /// Its type, stated or inferred.
    #[must_use]
    pub fn kind(&self) -> EnvironmentType {
        self.environment.kind()
    }

    /// Its base URL, without a trailing slash, secrets masked.
    #[must_use]
    pub fn base_url(&self) -> &'c str {
        &self.summary.base_url
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
        self.endpoint().method()
    }

    /// The path as the suite writes it.
    #[must_use]
    pub fn path(&self) -> &'c str {
        self.endpoint().path()
    }

    /// The endpoint's `name`.
    #[must_use]
    pub fn name(&self) -> Option<&'c str> {
        self.endpoint().name()
    }

    /// The endpoint's `tags`.
    #[must_use]
    pub fn tags(&self) -> &'c [String] {
        self.endpoint().tags()
    }

    /// The suite's file as the user named it.
    #[must_use]
    pub fn file(&self) -> &'c str {
        self.ledger.plan.file()
    }

    /// The line of the suite, from 1.
    #[must_use]
    pub fn line(&self) -> u32 {
        self.endpoint().line()
    }

    /// Its place among the rows, from 0.
    #[must_use]
    pub fn index(&self) -> usize {
        self.endpoint
    }

    /// Its position among the suite's endpoints, from 0; only where no more than a shard of them is there.
    #[must_use]
    pub fn position(&self) -> Option<u32> {
        let is_part = self.ledger.plan.share().is_some();
        is_part.then(|| self.endpoint().position())
    }

    /// Whether all environments that answered gave the same status.
    #[must_use]
    pub fn same(&self) -> bool {
        let mut statuses = self.probes().filter_map(|probe| probe.status());
        let first = statuses.next();
        statuses.all(|status| Some(status) == first)
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
        judged.map(move |&environment| Probe::new(ledger, endpoint, environment))
    }

    fn endpoint(&self) -> &'c plan::Endpoint {
        &self.ledger.plan.endpoints()[self.endpoint]
    }
}

/// One endpoint on one environment.
#[derive(Debug, Clone, Copy)]
pub struct Probe<'c> {
    ledger: Ledger<'c>,
    id: ProbeId,
}

impl<'c> Probe<'c> {
    pub(super) fn new(ledger: Ledger<'c>, endpoint: usize, environment: usize) -> Self {
        Self {
            ledger,
            id: ProbeId {
                endpoint,
                environment,
            },
        }
    }

    /// The environment's name.
    #[must_use]
    pub fn environment(&self) -> &'c str {
        self.planned().name()
    }

    /// What was requested, free of secrets; where redirects were followed, the first URL.
    #[must_use]
    pub fn url(&self) -> String {
        let endpoint = &self.ledger.plan.endpoints()[self.id.endpoint];
        let target = self
            .request()
            .map_or(endpoint.path(), |probe| probe.shown_target);
        self.ledger
            .plan
            .secrets()
            .redact(&self.planned().url_text(target))
            .into_owned()
    }

    /// The verdict.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self.cell().state {
            State::Skipped => Verdict::Skipped,
            State::Match => Verdict::Match,
            State::Mismatch => Verdict::Mismatch,
            State::Error | State::Unasked | State::Unreachable | State::Answered => Verdict::Error,
        }
    }

    /// What was expected, in words: `401 or 403`, `same as production (200)`. Empty where skipped.
    #[must_use]
    pub fn expected(&self) -> String {
        let Some(probe) = self.request() else {
            return String::new();
        };
        let expected = match (probe.expectation, probe.same) {
            (Expectation::Same, _) => self.expected_by_reference(),
            (expectation, true) => format!("{expectation}, {}", self.expected_by_reference()),
            (expectation, false) => expectation.to_string(),
        };
        let secrets = self.ledger.plan.secrets();
        secrets.redact(&expected).into_owned()
    }

    fn expected_by_reference(&self) -> String {
        let plan = self.ledger.plan;
        let name = plan.reference_name();
        let Some(index) = plan
            .reference()
            .filter(|&index| index != self.id.environment)
        else {
            return "an answer to compare with (not 429, not 5xx)".to_owned();
        };
        let reference = Self::new(self.ledger, self.id.endpoint, index);
        match (reference.status(), reference.location()) {
            (Some(status), Some(location)) if status.is_redirection() => {
                format!("same as {name} ({} -> {location})", status.as_u16())
            }
            (Some(status), _) => format!("same as {name} ({})", status.as_u16()),
            (None, _) => format!("same as {name}"),
        }
    }

    /// The status that was seen.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.cell().status()
    }

    /// Why a mismatch, in declaration order; empty otherwise.
    #[must_use]
    pub fn reasons(&self) -> &'c [Reason] {
        self.detail().map_or(&[], |detail| &detail.reasons)
    }

    /// Why an error.
    #[must_use]
    pub fn error(&self) -> Option<&'c ProbeError> {
        match self.cell().state {
            State::Unasked | State::Answered => Some(&self.ledger.causes.unasked),
            State::Unreachable => Some(&self.ledger.causes.unreachable),
            State::Error => self.detail()?.error.as_ref(),
            State::Skipped | State::Match | State::Mismatch => None,
        }
    }

    /// The error's class.
    #[must_use]
    pub fn error_kind(&self) -> Option<ErrorKind> {
        self.error().map(|error| error.kind)
    }

    /// The `Location` of the answer, free of secrets. Untrusted text.
    #[must_use]
    pub fn location(&self) -> Option<&'c str> {
        self.detail()?.location.as_deref()
    }

    /// The redirects that were followed, free of secrets. Untrusted text.
    #[must_use]
    pub fn hops(&self) -> &'c [Hop] {
        self.detail().map_or(&[], |detail| &detail.hops)
    }

    /// How many times it was sent; 0 if it was not.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        match self.cell().state {
            State::Skipped | State::Unreachable => 0,
            State::Unasked if self.status().is_none() => 0,
            _ => self.detail().map_or(1, |detail| detail.attempts),
        }
    }

    /// How many requests were sent again because a kept connection turned out to be closed.
    #[must_use]
    pub fn reconnects(&self) -> u32 {
        self.detail().map_or(0, |detail| detail.reconnects)
    }

    /// Whether it matched only after a retry.
    #[must_use]
    pub fn flaky(&self) -> bool {
        self.cell().state == State::Match && self.attempts() > 1
    }

    /// Whether the run's end left it unasked, or unjudged for want of the reference.
    #[must_use]
    pub fn is_unasked(&self) -> bool {
        self.cell().state == State::Unasked
    }

    /// How long the last attempt took; `None` if it was not sent.
    #[must_use]
    pub fn duration(&self) -> Option<Duration> {
        (self.attempts() > 0).then(|| self.cell().duration())
    }

    /// The `curl` command that repeats it, secrets as `$NAME`, fit to be pasted into a POSIX shell; its only control
    /// characters are line breaks. `None` where it matched, was skipped or cannot be sent.
    #[must_use]
    pub fn curl(&self) -> Option<String> {
        matches!(self.verdict(), Verdict::Mismatch | Verdict::Error)
            .then(|| self.ledger.plan.curl(self.id))?
    }

    fn planned(&self) -> &'c Environment {
        &self.ledger.plan.environments()[self.id.environment]
    }

    fn request(&self) -> Option<plan::Probe<'c>> {
        self.ledger.plan.probe(self.id)
    }

    fn index(&self) -> usize {
        self.id.endpoint * self.ledger.plan.environments().len() + self.id.environment
    }

    fn cell(&self) -> Cell {
        self.ledger.cells[self.index()]
    }

    fn detail(&self) -> Option<&'c Detail> {
        let is_there = self.cell().has_detail;
        let detail = is_there.then(|| self.ledger.details.get(&self.index()))?;
        detail.map(AsRef::as_ref)
    }
}
