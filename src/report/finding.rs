//! What the rows usually mean, one line for each kind of finding.
//!
//! Input: a comparison. Output: [`Finding`]s, worst first: what was seen, in which environments how often, and
//! the usual cause. They are hints for a person; nothing is judged here.

use http::StatusCode;
use url::Url;

use super::acceptance;
use super::advice;
use super::cell::label;
use super::news::News;
use super::text::escaped;
use super::whole::whole;
use crate::compare::{Comparison, EnvironmentView, ErrorKind, Probe, ProbeError, Row, Verdict};
use crate::outcome::FailureKind;

/// One line below the rows.
pub(super) struct Finding {
    /// How bad it is; nothing for what is only to be known.
    pub(super) verdict: Option<Verdict>,
    /// The line, fit for a terminal.
    pub(super) text: String,
}

/// All that is worth a line: whole environments first, then mismatches, errors, and what else to know.
pub(super) fn findings(comparison: &Comparison) -> Vec<Finding> {
    let environments: Vec<EnvironmentView<'_>> = comparison.environments().collect();
    let mut findings: Vec<Finding> = environments
        .iter()
        .filter_map(|environment| whole(*environment))
        .map(|whole| Finding {
            verdict: Some(whole.verdict),
            text: whole.to_string(),
        })
        .collect();
    let mut groups = Groups::new(&environments);
    let news = News::of(comparison);
    for row in comparison.rows() {
        for (index, probe) in row.probes().enumerate() {
            // The run's end is no part of what an environment's answers have in common.
            if !news.is_told(index, probe) || probe.is_unasked() {
                groups.add(row, probe, index);
            }
        }
    }
    findings.extend(groups.into_findings());
    findings.extend(acceptance::findings(comparison));
    let insecure = comparison.insecure();
    if !insecure.is_empty() {
        let text = format!(
            "certificates were not verified (insecure): {}",
            insecure.join(", ")
        );
        findings.push(Finding {
            verdict: None,
            text,
        });
    }
    findings
}

/// A kind of finding; mismatches in the order in which they are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A redirect leads to the host of another environment, by its index.
    LeadsTo(usize),
    /// A redirect leads to a host that is no environment's.
    LeadsAway,
    /// Open, where others refuse.
    Open,
    /// Refused, where others answer.
    Barred,
    /// Not found, where others answer.
    Missing,
    /// 5xx.
    Broken,
    /// 429.
    Limited,
    /// Redirected, where others answer.
    Redirected,
    /// Nothing could be proven.
    Error(ErrorKind),
    /// Matched only after a retry.
    Flaky,
    /// Matched, but not with every sample.
    Unsteady,
}

struct Group<'c> {
    kind: Kind,
    /// How often, for each environment.
    counts: Vec<usize>,
    first_error: Option<&'c ProbeError>,
}

/// The kinds of findings, told apart by what all environments answer.
pub(super) struct Groups<'e, 'c> {
    environments: &'e [EnvironmentView<'c>],
    /// Where each of them is: itself, and its services.
    bases: Vec<Vec<Url>>,
    found: Vec<Group<'c>>,
}

impl<'e, 'c> Groups<'e, 'c> {
    pub(super) fn new(environments: &'e [EnvironmentView<'c>]) -> Self {
        let bases = environments
            .iter()
            .map(|environment| {
                let services = environment.services().iter();
                let services = services.map(|(_, url)| url.as_str());
                let urls = std::iter::once(environment.base_url()).chain(services);
                urls.filter_map(|url| Url::parse(url).ok()).collect()
            })
            .collect();
        Self {
            environments,
            bases,
            found: Vec::new(),
        }
    }

    /// What a probe that went wrong usually means, in the words of the findings.
    pub(super) fn meaning(
        &self,
        row: Row<'_>,
        probe: Probe<'_>,
        environment: usize,
    ) -> Option<String> {
        let kind = self.kind(row, probe, environment)?;
        let (seen, advice) = self.words(kind);
        let mut text = seen;
        push_advice(&mut text, advice);
        (!matches!(kind, Kind::Flaky | Kind::Unsteady)).then_some(text)
    }

    fn add(&mut self, row: Row<'c>, probe: Probe<'c>, environment: usize) {
        let Some(kind) = self.kind(row, probe, environment) else {
            return;
        };
        let index = self
            .found
            .iter()
            .position(|group| group.kind == kind)
            .unwrap_or_else(|| {
                let counts = vec![0; self.environments.len()];
                self.found.push(Group {
                    kind,
                    counts,
                    first_error: probe.error(),
                });
                self.found.len() - 1
            });
        if let Some(count) = self
            .found
            .get_mut(index)
            .and_then(|group| group.counts.get_mut(environment))
        {
            *count += 1;
        }
    }

    fn kind(&self, row: Row<'_>, probe: Probe<'_>, environment: usize) -> Option<Kind> {
        match probe.verdict() {
            Verdict::Mismatch => self.mismatch(row, probe, environment),
            Verdict::Error => probe.error_kind().map(Kind::Error),
            Verdict::Match if !probe.flaky() => None,
            Verdict::Match if probe.samples().is_some() => Some(Kind::Unsteady),
            Verdict::Match => Some(Kind::Flaky),
            Verdict::Accepted | Verdict::Skipped => None,
        }
    }

    /// What a mismatch usually means, judged by what the other environments answer.
    fn mismatch(&self, row: Row<'_>, probe: Probe<'_>, environment: usize) -> Option<Kind> {
        if let Some(kind) = self.leads_to(probe, environment) {
            return Some(kind);
        }
        let status = probe.status()?;
        let elsewhere = |wanted: fn(StatusCode) -> bool| {
            row.probes().any(|other| {
                other.environment() != probe.environment() && other.status().is_some_and(wanted)
            })
        };
        let others_answer = elsewhere(|status| status.is_success());
        match status.as_u16() {
            200..=299 if elsewhere(refuses) => Some(Kind::Open),
            401 | 403 | 407 if others_answer => Some(Kind::Barred),
            404 | 410 if others_answer => Some(Kind::Missing),
            300..=399 if others_answer => Some(Kind::Redirected),
            429 => Some(Kind::Limited),
            500..=599 => Some(Kind::Broken),
            _ => None,
        }
    }

    /// The host that a wrong redirect leads to, if it is not the environment's own.
    fn leads_to(&self, probe: Probe<'_>, environment: usize) -> Option<Kind> {
        probe.status().filter(StatusCode::is_redirection)?;
        let own = self.bases.get(environment).filter(|own| !own.is_empty())?;
        let request = Url::parse(&probe.url()).ok()?;
        let target = request.join(probe.location()?).ok()?;
        // Environments on one machine often differ in nothing but their ports.
        let is_there = |base: &Url| (base.host(), base.port()) == (target.host(), target.port());
        if own.iter().any(is_there) {
            return None;
        }
        let mut others = self.bases.iter();
        match others.position(|bases| bases.iter().any(is_there)) {
            Some(other) => Some(Kind::LeadsTo(other)),
            None if own.iter().any(|base| base.host() == target.host()) => None,
            None => Some(Kind::LeadsAway),
        }
    }

    fn into_findings(mut self) -> Vec<Finding> {
        self.found.sort_by_key(|group| rank(group.kind));
        let findings = self.found.iter().map(|group| Finding {
            verdict: verdict(group.kind),
            text: self.text(group),
        });
        findings.collect()
    }

    fn text(&self, group: &Group<'_>) -> String {
        let (mut text, advice) = self.words(group.kind);
        text.extend([" (", &self.counts(group), ")"]);
        push_advice(&mut text, advice);
        if let Some(error) = group.first_error {
            push_message(&mut text, error);
        }
        text
    }

    /// What was seen, and what that usually comes from.
    fn words(&self, kind: Kind) -> (String, &'static str) {
        let (seen, advice) = match kind {
            Kind::LeadsTo(_) => (
                "redirects to the host of ",
                "a base URL that was copied along?",
            ),
            Kind::LeadsAway => (
                "redirects to another host",
                "a base URL that was copied along?",
            ),
            Kind::Open => ("open where others refuse", "is it meant to be?"),
            Kind::Barred => (
                "refused where others answer",
                "stricter rules, or a missing credential?",
            ),
            Kind::Missing => (
                "not found where others answer",
                "missing data, or a route that is not deployed?",
            ),
            Kind::Broken => ("server errors", "the application's own log says why"),
            Kind::Limited => ("too many requests", "`--concurrency 1` asks more gently"),
            Kind::Redirected => (
                "redirected where others answer",
                "a login, a moved page, or https?",
            ),
            Kind::Flaky => (AFTER_RETRY, ""),
            Kind::Unsteady => (NOT_ALWAYS, "noise, and no difference between environments"),
            Kind::Error(kind) => (label(kind), advice::on_error(kind)),
        };
        let home = match kind {
            Kind::LeadsTo(home) => self
                .environments
                .get(home)
                .map_or("", EnvironmentView::name),
            _ => "",
        };
        (format!("{seen}{home}"), advice)
    }

    /// `staging 12×, development 3×`
    fn counts(&self, group: &Group<'_>) -> String {
        let counted = self
            .environments
            .iter()
            .zip(&group.counts)
            .filter(|(_, count)| **count > 0);
        let words: Vec<String> = counted
            .map(|(environment, count)| format!("{} {count}×", environment.name()))
            .collect();
        words.join(", ")
    }
}

const AFTER_RETRY: &str = "matched only after a retry";
const NOT_ALWAYS: &str = "matched, but not the same answer every time";

/// In which way a probe is flaky.
pub(super) fn flaky(probe: Probe<'_>) -> &'static str {
    if probe.samples().is_some() {
        NOT_ALWAYS
    } else {
        AFTER_RETRY
    }
}

fn refuses(status: StatusCode) -> bool {
    status == StatusCode::UNAUTHORIZED || status == StatusCode::FORBIDDEN
}

const fn rank(kind: Kind) -> u8 {
    match kind {
        Kind::LeadsTo(_) => 0,
        Kind::LeadsAway => 1,
        Kind::Open => 2,
        Kind::Barred => 3,
        Kind::Missing => 4,
        Kind::Broken => 5,
        Kind::Limited => 6,
        Kind::Redirected => 7,
        Kind::Error(_) => 8,
        Kind::Flaky => 9,
        Kind::Unsteady => 10,
    }
}

const fn verdict(kind: Kind) -> Option<Verdict> {
    match kind {
        Kind::Error(_) => Some(Verdict::Error),
        Kind::Flaky | Kind::Unsteady => None,
        _ => Some(Verdict::Mismatch),
    }
}

pub(super) fn push_advice(text: &mut String, advice: &str) {
    if !advice.is_empty() {
        text.push_str(": ");
        text.push_str(advice);
    }
}

/// The text of the first error, for all of its kind; long ones are cut, as JSON has them whole.
pub(super) fn push_message(text: &mut String, error: &ProbeError) {
    const LONGEST: usize = 160;
    let message = escaped(error.message.trim());
    let follows_from_kind = matches!(
        error.kind,
        ErrorKind::NoReference
            | ErrorKind::Walled
            | ErrorKind::Failure(
                FailureKind::Unreachable | FailureKind::Deadline | FailureKind::Interrupted
            )
    );
    if message.is_empty() || follows_from_kind {
        return;
    }
    text.push_str(" [");
    text.extend(message.chars().take(LONGEST));
    text.push_str(if message.chars().nth(LONGEST).is_some() {
        "…]"
    } else {
        "]"
    });
}
