//! From what a report says to what it means: words become kinds again.

use std::sync::Arc;
use std::time::Duration;

use http::{Method, StatusCode};
use jiff::Timestamp;

use super::accept::{AcceptList, ExcuseEntry};
use super::{
    DoorEntry, Endpoint, Environment, ErrorEntry, ProbeEntry, Redirect, Report, SampleEntry,
    ShardEntry,
};
use crate::compare::{
    Detail, Door, EnvironmentRecord, ErrorKind, ProbeError, ProbeRecord, Reason, Recorded,
    RowRecord, Verdict,
};
use crate::outcome::{Answer, End, Failure, FailureKind, Hop, Observed, Sample, Samples};
use crate::plan::{Shard, Share};
use crate::suite::EnvironmentType;

impl Report {
    pub(super) fn into_recorded(self) -> Result<Recorded, String> {
        let names = || {
            self.environments
                .iter()
                .map(|environment| &environment.name)
        };
        if self
            .endpoints
            .environments
            .as_ref()
            .is_some_and(|known| !names().eq(known))
        {
            return Err("its endpoints have other environments than it lists".to_owned());
        }
        let (counted, found) = (self.summary.endpoints, self.endpoints.rows.len());
        if counted != found {
            return Err(format!(
                "its summary counts {counted} endpoints, but it has {found}"
            ));
        }
        let end = match (self.complete, self.exit_code) {
            (true, _) => End::Complete,
            (false, 130) => End::Interrupted,
            (false, 143) => End::Terminated,
            (false, _) => End::Deadline,
        };
        let share = |shard: ShardEntry| {
            Ok::<_, String>(Share {
                shard: Shard::new(shard.index, shard.total)?,
                whole: shard.of,
            })
        };
        let started_at: Timestamp = self
            .started_at
            .parse()
            .map_err(|_no_time| format!("`{}` is no time", self.started_at))?;
        let (suite, suites) = (self.suite, self.suites);
        let mut rows = self.endpoints.rows;
        for row in &mut rows {
            let first = suites.first().unwrap_or(&suite);
            row.file.take_if(|file| **file == **first);
        }
        Ok(Recorded {
            suite,
            suites,
            name: self.name,
            reference: self.reference,
            share: self.shard.map(share).transpose()?,
            insecure: self.insecure,
            acceptance: self.accept.map(AcceptList::into_acceptance).transpose()?,
            started_at,
            duration: duration(self.duration_ms)?,
            end,
            environments: self
                .environments
                .into_iter()
                .map(Environment::into_record)
                .collect::<Result<_, _>>()?,
            rows,
        })
    }
}

impl Environment {
    pub(super) fn into_record(self) -> Result<EnvironmentRecord, String> {
        let known = [
            EnvironmentType::Development,
            EnvironmentType::Staging,
            EnvironmentType::Production,
        ];
        let kind = known.into_iter().find(|kind| kind.as_str() == self.r#type);
        Ok(EnvironmentRecord {
            kind: kind.ok_or_else(|| unknown("type", &self.r#type))?,
            name: self.name,
            base_url: self.base_url,
            services: self.services.into_iter().collect(),
            embedded: self.embedded,
        })
    }
}

impl Endpoint {
    pub(super) fn into_record(self) -> Result<RowRecord, String> {
        let probes: Result<_, String> = self
            .probes
            .into_iter()
            .map(ProbeEntry::into_record)
            .collect();
        Ok(RowRecord {
            method: self
                .method
                .parse::<Method>()
                .map_err(|_no_method| unknown("method", &self.method))?,
            path: self.path,
            service: self.service,
            name: self.name,
            tags: self.tags,
            file: Some(self.file),
            line: self.line,
            position: self.position,
            probes: probes?,
        })
    }
}

impl ProbeEntry {
    pub(super) fn into_record(self) -> Result<ProbeRecord, String> {
        let verdict = Verdict::ALL
            .into_iter()
            .find(|verdict| verdict.as_str() == self.verdict);
        let verdict = verdict.ok_or_else(|| unknown("verdict", &self.verdict))?;
        let reason = |word: &String| {
            let known = Reason::ALL
                .into_iter()
                .find(|reason| reason.as_str() == word);
            known.ok_or_else(|| unknown("reason", word))
        };
        let hop = |redirect: Redirect| {
            Ok::<_, String>(Hop {
                status: status(redirect.status)?,
                target: redirect.target,
            })
        };
        let error = self.error.map(ErrorEntry::into_error);
        let excuse = self.accepted.map(ExcuseEntry::into_excuse);
        let detail = Detail {
            location: self.location,
            hops: self
                .redirects
                .into_iter()
                .map(hop)
                .collect::<Result<_, _>>()?,
            attempts: self.attempts,
            reconnects: self.reconnects,
            error: error.transpose()?.map(Arc::new),
            samples: samples(self.samples)?,
            excuse: excuse.transpose()?.map(Box::new),
            door: self.door.map(DoorEntry::into_door).map(Box::new),
        };
        let is_plain = detail.location.is_none()
            && detail.hops.is_empty()
            && detail.attempts == u32::from(verdict != Verdict::Skipped)
            && detail.reconnects == 0
            && detail.error.is_none()
            && detail.samples.is_none()
            && detail.excuse.is_none()
            && detail.door.is_none();
        Ok(ProbeRecord {
            url: self.url,
            expected: self.expected,
            verdict,
            reasons: self.reasons.iter().map(reason).collect::<Result<_, _>>()?,
            status: self.status.map(status).transpose()?,
            duration: self.duration_ms.map(duration).transpose()?,
            curl: self.curl,
            detail: (!is_plain).then(|| Box::new(detail)),
        })
    }
}

impl DoorEntry {
    fn into_door(self) -> (Door, Option<Box<str>>) {
        let Self {
            refuses, sends_to, ..
        } = self;
        (Door { refuses, sends_to }, self.curl)
    }
}

impl ErrorEntry {
    pub(super) fn into_error(self) -> Result<ProbeError, String> {
        let mut known = ErrorKind::all().filter(|kind| kind.as_str() == self.kind);
        let first = known.clone().next();
        // A cause that is not known yet tells less than the kind does.
        let known = known
            .find(|kind| kind.cause() == self.cause.as_deref())
            .or(first);
        Ok(ProbeError {
            kind: known.ok_or_else(|| unknown("kind of error", &self.kind))?,
            message: self.message,
        })
    }
}

fn samples(entries: Vec<SampleEntry>) -> Result<Option<Box<Samples>>, String> {
    let samples = entries.into_iter().map(SampleEntry::into_sample);
    let samples = samples.collect::<Result<Samples, _>>()?;
    Ok((samples.total() > 0).then(|| Box::new(samples)))
}

impl SampleEntry {
    /// What became of it on the way is not in the report, and not told by any other.
    fn into_sample(self) -> Result<Sample, String> {
        let answer = |number| {
            let (status, location) = (status(number)?, self.location);
            Ok::<_, String>(Answer { status, location })
        };
        let failure = |word: String| {
            let mut kinds = FailureKind::ALL.into_iter();
            let kind = kinds.find(|kind| kind.as_str() == word);
            let kind = kind.ok_or_else(|| unknown("kind of error", &word))?;
            Ok::<_, String>(Failure::new(kind, word))
        };
        let observed = match (self.status.map(answer), self.error.map(failure)) {
            (Some(answer), None) => Observed::Answer(answer?),
            (Some(answer), Some(failure)) => Observed::Partial(answer?, failure?),
            (None, Some(failure)) => Observed::Nothing(failure?),
            (None, None) => return Err("it has a sample of nothing".to_owned()),
        };
        Ok(Sample {
            observed,
            hops: Vec::new(),
            count: self.count,
        })
    }
}

pub(super) fn status(number: u16) -> Result<StatusCode, String> {
    StatusCode::from_u16(number).map_err(|_no_status| unknown("status", &number.to_string()))
}

fn duration(milliseconds: f64) -> Result<Duration, String> {
    Duration::try_from_secs_f64(milliseconds / 1000.0)
        .map_err(|_no_duration| format!("`{milliseconds}` ms is no time"))
}

pub(super) fn unknown(what: &str, word: &str) -> String {
    format!("it has a {what} that this statusdiff does not know, `{word}`")
}
