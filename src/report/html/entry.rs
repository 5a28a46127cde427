//! One endpoint and its probes as the page shows them.
//!
//! Input: a row. Output: an [`Entry`], all of its text escaped as in every report. The page's first rows and
//! its data are made of the same entries, so that they say the same with and without script.

use serde::Serialize;

use crate::compare::{Probe, Reason, Row, Verdict};
use crate::report::cell::{circumstances, distribution, excuse, expected, label, mark, route};
use crate::report::finding::Groups;
use crate::report::news::News;
use crate::report::text::escaped;

/// What it takes to tell of a row.
pub(super) struct Scene<'e, 'c> {
    pub(super) news: News,
    pub(super) groups: Groups<'e, 'c>,
    /// The base URLs of the environments, escaped.
    pub(super) bases: Vec<String>,
    /// The file that most endpoints stand in.
    pub(super) file: &'c str,
}

/// One endpoint.
#[derive(Serialize)]
pub(super) struct Entry {
    pub(super) method: String,
    pub(super) path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    /// Where that is not the file of most.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    line: u32,
    /// One for each judged environment.
    pub(super) cells: Vec<Cell>,
}

impl Entry {
    pub(super) fn new(row: Row<'_>, scene: &Scene<'_, '_>) -> Self {
        let path = escaped(&row.place()).into_owned();
        let cells = row.probes().zip(&scene.bases).enumerate();
        Self {
            method: row.method().to_string(),
            name: row.name().map(|name| escaped(name).into_owned()),
            tags: row
                .tags()
                .iter()
                .map(|tag| escaped(tag).into_owned())
                .collect(),
            file: Some(row.file())
                .filter(|file| *file != scene.file)
                .map(|file| escaped(file).into_owned()),
            line: row.line(),
            cells: cells
                .map(|(environment, (probe, base))| {
                    let mut cell = Cell::new(probe, scene.news.is_uniform(environment));
                    cell.news = scene.news.in_probe(environment, probe);
                    cell.usually = scene.groups.meaning(row, probe, environment);
                    // The page puts the usual URL together, which saves a third of a large report.
                    cell.url
                        .take_if(|url| url.strip_prefix(base.as_str()) == Some(&path));
                    cell
                })
                .collect(),
            path,
        }
    }
}

/// One probe. What is left out of the data is as usual: a match, one attempt, nothing else to say.
#[derive(Serialize)]
pub(super) struct Cell {
    #[serde(serialize_with = "as_word", skip_serializing_if = "is_match")]
    pub(super) verdict: Verdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<u16>,
    /// What is to be read below the status.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) notes: Vec<String>,
    expected: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    why: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Failure>,
    /// What that usually means.
    #[serde(skip_serializing_if = "Option::is_none")]
    usually: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    redirects: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// What came how often, where it was asked several times.
    #[serde(skip_serializing_if = "Option::is_none")]
    samples: Option<String>,
    #[serde(skip_serializing_if = "is_one")]
    attempts: u32,
    #[serde(skip_serializing_if = "is_zero")]
    reconnects: u32,
    #[serde(skip_serializing_if = "is_false")]
    flaky: bool,
    /// Whether it went wrong, or was flaky, in a way of its own.
    #[serde(skip_serializing_if = "is_false")]
    news: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    milliseconds: Option<f64>,
    /// The command that repeats it, which has no character that is not to be seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    curl: Option<String>,
}

impl Cell {
    pub(super) const fn mark(&self) -> &'static str {
        mark(self.verdict)
    }

    /// Whether a finding on the whole environment tells why it is wrong.
    pub(super) const fn is_told(&self) -> bool {
        matches!(self.verdict, Verdict::Mismatch | Verdict::Error) && !self.news
    }

    fn new(probe: Probe<'_>, brief: bool) -> Self {
        let escape = |text: &str| escaped(text).into_owned();
        let hops = probe.hops().iter();
        Self {
            verdict: probe.verdict(),
            status: probe.status().map(|status| status.as_u16()),
            notes: notes(probe, brief),
            expected: expected(probe),
            why: probe.reasons().iter().copied().map(why).collect(),
            error: probe.error().map(|error| Failure {
                kind: error.kind.as_str(),
                message: escape(error.message.trim()),
            }),
            usually: None,
            location: probe.location().map(escape),
            redirects: hops
                .map(|hop| format!("{} -> {}", hop.status.as_u16(), escaped(&hop.target)))
                .collect(),
            url: Some(escape(&probe.url())),
            samples: probe.samples().map(ToString::to_string),
            attempts: probe.attempts(),
            reconnects: probe.reconnects(),
            flaky: probe.flaky(),
            news: false,
            milliseconds: probe
                .duration()
                .map(|time| (time.as_secs_f64() * 10_000.0).round() / 10.0),
            curl: probe.curl(),
        }
    }
}

#[derive(Serialize)]
struct Failure {
    kind: &'static str,
    message: String,
}

/// The words of the table's cell, one line each; `brief` leaves out what was expected.
fn notes(probe: Probe<'_>, brief: bool) -> Vec<String> {
    let mut notes = match probe.verdict() {
        Verdict::Match if probe.flaky() => {
            let attempt = || format!("on attempt {}", probe.attempts());
            vec![distribution(probe).unwrap_or_else(attempt)]
        }
        Verdict::Match | Verdict::Skipped => vec![],
        Verdict::Mismatch if brief => vec![],
        Verdict::Accepted => vec![excuse(probe)],
        Verdict::Mismatch => vec![
            distribution(probe).unwrap_or_default(),
            circumstances(probe).trim_start().to_owned(),
            format!("expected {}", expected(probe)),
        ],
        Verdict::Error => {
            let label = probe.error_kind().map_or("error", label);
            vec![format!("{label}{}", route(probe))]
        }
    };
    notes.retain(|note| !note.is_empty());
    notes
}

const fn why(reason: Reason) -> &'static str {
    match reason {
        Reason::Status => "the status is not among the expected ones",
        Reason::Location => "the redirect leads elsewhere than expected",
        Reason::Same => "the reference answers something else",
        Reason::CrossesEnvironment => "a redirect leads into another environment",
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it with a reference"
)]
fn as_word<S: serde::Serializer>(verdict: &Verdict, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(verdict.as_str())
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it with a reference"
)]
const fn is_match(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Match)
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it with a reference"
)]
const fn is_one(number: &u32) -> bool {
    *number == 1
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it with a reference"
)]
const fn is_zero(number: &u32) -> bool {
    *number == 0
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it with a reference"
)]
const fn is_false(flag: &bool) -> bool {
    !*flag
}
