//! What reports see of a probe.

use std::time::Duration;

use http::StatusCode;

use super::planned::PlannedProbe;
use crate::compare::details::Detail;
use crate::compare::ledger::Source;
use crate::compare::record::ProbeRecord;
use crate::compare::verdict::{ErrorKind, Excuse, ProbeError, Reason, Verdict};
use crate::compare::wall::Door;
use crate::outcome::{FailureKind, Hop, Samples};

/// One endpoint on one environment.
#[derive(Debug, Clone, Copy)]
pub struct Probe<'c> {
    environment: &'c str,
    kept: Kept<'c>,
}

/// What a probe is read from.
#[derive(Debug, Clone, Copy)]
enum Kept<'c> {
    Planned(PlannedProbe<'c>),
    Recorded(&'c ProbeRecord),
}

impl<'c> Probe<'c> {
    /// The probe with these indices into the source.
    pub(in crate::compare) fn new(source: Source<'c>, endpoint: usize, environment: usize) -> Self {
        match source {
            Source::Planned(planned) => {
                let probe = PlannedProbe::new(planned, endpoint, environment);
                Self {
                    environment: probe.environment().name(),
                    kept: Kept::Planned(probe),
                }
            }
            Source::Recorded(recorded) => Self {
                environment: &recorded.environments[environment].name,
                kept: Kept::Recorded(&recorded.rows[endpoint].probes[environment]),
            },
        }
    }

    /// The environment's name.
    #[must_use]
    pub fn environment(&self) -> &'c str {
        self.environment
    }

    /// What was requested, free of secrets; where redirects were followed, the first URL.
    #[must_use]
    pub fn url(&self) -> String {
        match self.kept {
            Kept::Planned(probe) => probe.url(),
            Kept::Recorded(record) => record.url.as_ref().to_owned(),
        }
    }

    /// The verdict.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self.kept {
            Kept::Planned(probe) => probe.verdict(),
            Kept::Recorded(record) => record.verdict,
        }
    }

    /// What was expected, in words: `401 or 403`, `same as production (200)`. Empty where skipped.
    #[must_use]
    pub fn expected(&self) -> String {
        match self.kept {
            Kept::Planned(probe) => probe.expected(),
            Kept::Recorded(record) => record.expected.as_ref().to_owned(),
        }
    }

    /// The status that was seen.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        match self.kept {
            Kept::Planned(probe) => probe.cell().status(),
            Kept::Recorded(record) => record.status,
        }
    }

    /// Every status that was seen.
    pub(in crate::compare) fn statuses(&self) -> impl Iterator<Item = StatusCode> + use<'c> {
        let samples = self.samples().map_or(&[][..], Samples::as_slice).iter();
        let others = samples.filter_map(|sample| Some(sample.observed.answer()?.status));
        self.status().into_iter().chain(others)
    }

    /// Why a mismatch, accepted or not, in declaration order; empty otherwise.
    #[must_use]
    pub fn reasons(&self) -> &'c [Reason] {
        let is_mismatch = matches!(self.verdict(), Verdict::Mismatch | Verdict::Accepted);
        if !is_mismatch {
            return &[];
        }
        let reasons = match self.kept {
            Kept::Planned(probe) => probe.cell().reasons(),
            Kept::Recorded(record) => record.reasons,
        };
        reasons.as_slice()
    }

    /// Why a mismatch is accepted.
    #[must_use]
    pub fn excuse(&self) -> Option<&'c Excuse> {
        let is_accepted = self.verdict() == Verdict::Accepted;
        self.detail()?.excuse.as_deref().filter(|_| is_accepted)
    }

    /// Why an error.
    #[must_use]
    pub fn error(&self) -> Option<&'c ProbeError> {
        match self.kept {
            Kept::Planned(probe) => probe.error(),
            Kept::Recorded(record) => record.detail.as_ref()?.error.as_deref(),
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
        match self.kept {
            Kept::Planned(probe) => probe.location(),
            Kept::Recorded(record) => record.detail.as_ref()?.location.as_deref(),
        }
    }

    /// The redirects that were followed, free of secrets. Untrusted text.
    #[must_use]
    pub fn hops(&self) -> &'c [Hop] {
        self.detail().map_or(&[], |detail| &detail.hops)
    }

    /// How many times it was sent; 0 if it was not.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        match self.kept {
            Kept::Planned(probe) => probe.attempts(),
            Kept::Recorded(record) => record.attempts(),
        }
    }

    /// How many requests were sent again because a kept connection turned out to be closed.
    #[must_use]
    pub fn reconnects(&self) -> u32 {
        self.detail().map_or(0, |detail| detail.reconnects)
    }

    /// All that came, where it was asked several times.
    #[must_use]
    pub fn samples(&self) -> Option<&'c Samples> {
        self.detail()?.samples.as_deref()
    }

    /// Whether it matched only after a retry, or not with every sample.
    #[must_use]
    pub fn flaky(&self) -> bool {
        // Most probes have nothing more to tell than their status: asked once, and answered.
        let Some(detail) = self.detail() else {
            return false;
        };
        let varies = |samples: &Samples| samples.vary();
        self.verdict() == Verdict::Match
            && detail
                .samples
                .as_deref()
                .map_or_else(|| self.attempts() > 1, varies)
    }

    /// Whether the run's end left it unasked, or unjudged for want of the reference.
    #[must_use]
    pub fn is_unasked(&self) -> bool {
        matches!(
            self.error_kind(),
            Some(ErrorKind::Failure(
                FailureKind::Deadline | FailureKind::Interrupted
            ))
        )
    }

    /// How long the last attempt took, to a tenth of a millisecond; `None` if it was not sent.
    #[must_use]
    pub fn duration(&self) -> Option<Duration> {
        match self.kept {
            Kept::Planned(probe) => (probe.attempts() > 0).then(|| probe.cell().duration()),
            Kept::Recorded(record) => record.duration,
        }
    }

    /// The `curl` command that repeats it, secrets as `$NAME`, fit to be pasted into a POSIX shell; its only control
    /// characters are line breaks. `None` where it matched, was skipped, was given up before it was sent, or cannot be
    /// sent.
    #[must_use]
    pub fn curl(&self) -> Option<String> {
        match self.kept {
            Kept::Planned(probe) => probe.curl(),
            Kept::Recorded(record) => record.curl.as_deref().map(str::to_owned),
        }
    }

    /// What answered, if it answers like an access wall, where only a shard of the endpoints is there: all shards
    /// together tell whether there is one.
    #[must_use]
    pub fn door(&self) -> Option<Door> {
        match self.kept {
            Kept::Planned(probe) => probe.door(),
            Kept::Recorded(_) => Some(self.detail()?.door.as_ref()?.0.clone()),
        }
    }

    /// The `curl` command, where a door answered and the probe matches only as long as that is no wall.
    #[must_use]
    pub fn curl_of_door(&self) -> Option<String> {
        match self.kept {
            Kept::Planned(probe) => (self.verdict() == Verdict::Match).then(|| probe.any_curl())?,
            Kept::Recorded(_) => Some(self.detail()?.door.as_ref()?.1.as_deref()?.to_owned()),
        }
    }

    fn detail(&self) -> Option<&'c Detail> {
        match self.kept {
            Kept::Planned(probe) => probe.detail(),
            Kept::Recorded(record) => record.detail.as_deref(),
        }
    }
}
