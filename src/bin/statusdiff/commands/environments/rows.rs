//! The rows of `statusdiff environments`, for people and for programs.

use serde::Serialize;
use statusdiff::diagnostic::Diagnostic;
use statusdiff::outcome::{Failure, Outcome};
use statusdiff::plan::{Environment, Plan};
use statusdiff::report::escaped;
use statusdiff::suite::{self, Base, Discover, Overrides};

/// One environment.
pub(super) struct Row {
    pub(super) name: String,
    /// What says where it is.
    pub(super) origin: String,
    pub(super) told: Told,
    /// What its base URL was answered with, where it was asked.
    pub(super) answer: Option<Outcome>,
}

/// Where it is.
pub(super) enum Told {
    /// What is asked, with everything resolved.
    Plan(Box<Plan>),
    /// Why that cannot be told.
    Not(Vec<Diagnostic>),
}

impl Row {
    pub(super) fn problems(&self) -> &[Diagnostic] {
        match &self.told {
            Told::Plan(_) => &[],
            Told::Not(problems) => problems,
        }
    }

    /// Whether it was asked and gave no answer.
    pub(super) fn is_silent(&self) -> bool {
        let answer = self.answer.as_ref();
        answer.is_some_and(|outcome| outcome.observed.answer().is_none())
    }

    fn environment(&self) -> Option<&Environment> {
        match &self.told {
            Told::Plan(plan) => plan.environments().first(),
            Told::Not(_) => None,
        }
    }

    fn problem(&self) -> Option<String> {
        let first = self.problems().first()?;
        Some(escaped(&first.message).into_owned())
    }

    /// Without a secret and fit for a terminal.
    fn clean(&self, text: &str) -> String {
        match &self.told {
            Told::Plan(plan) => escaped(&plan.secrets().redact(text)).into_owned(),
            Told::Not(_) => escaped(text).into_owned(),
        }
    }
}

/// What the command line or the suite says of where `environment` is.
pub(super) fn origin(environment: &suite::Environment, overrides: &Overrides) -> String {
    let name = &environment.name;
    let has = |list: &[(String, String)], name: &str| list.iter().any(|(known, _)| known == name);
    let variable = name.to_ascii_uppercase().replace(['-', '.'], "_");
    if has(&overrides.base_urls, name) {
        return "--base-url".to_owned();
    }
    if has(&overrides.base_url_variables, &variable) {
        return format!("STATUSDIFF_BASE_URL_{variable}");
    }
    if has(&overrides.add_environments, name) {
        return "--add-env".to_owned();
    }
    let origin = match &environment.base {
        Base::Url(_) => "base_url",
        Base::Mock(_) => "mock",
        Base::Nowhere => "services",
        Base::Discover(Discover::Upsun(_)) => "upsun",
        Base::Discover(Discover::Vercel(_)) => "vercel",
        Base::Discover(Discover::Netlify(_)) => "netlify",
        Base::Discover(Discover::Gitlab) => "gitlab",
        Base::Discover(Discover::Github) => "github",
        Base::Discover(Discover::Variable(name)) => name,
        Base::Discover(Discover::Command(_)) => "command",
    };
    origin.to_owned()
}

/// A line for each, below a line of headings.
pub(super) fn table(rows: &[Row], ping: bool) -> String {
    let mut lines: Vec<Vec<String>> = vec![headings(ping)];
    lines.extend(rows.iter().map(|row| cells(row, ping)));
    // What is wrong with one takes the rest of its line, however long that is.
    let told: Vec<_> = lines
        .iter()
        .filter(|line| line.len() == lines[0].len())
        .collect();
    let width = |column: usize| {
        let all = if column < 2 {
            lines.iter().collect()
        } else {
            told.clone()
        };
        let widths = all.iter().map(|line| line[column].chars().count());
        widths.max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..lines[0].len()).map(width).collect();
    let mut text = String::new();
    for line in &lines {
        let cells = line.iter().zip(&widths);
        let cells: Vec<_> = cells
            .map(|(cell, &width)| format!("{cell:width$}"))
            .collect();
        text.extend([cells.join("  ").trim_end(), "\n"]);
    }
    text
}

fn headings(ping: bool) -> Vec<String> {
    let mut headings = vec!["environment", "type", "base URL"];
    headings.extend(ping.then_some("answer"));
    headings.push("from");
    headings.into_iter().map(str::to_owned).collect()
}

fn cells(row: &Row, ping: bool) -> Vec<String> {
    let name = row.name.clone();
    let Some(environment) = row.environment() else {
        let problem = row.problem().unwrap_or_default();
        return vec![name, "?".to_owned(), format!("✗ {problem}")];
    };
    let url = address(environment).unwrap_or_else(|| "(embedded)".to_owned());
    let kind = environment.kind().as_str().to_owned();
    let mut cells = vec![name, kind, row.clean(&url)];
    if ping {
        let answer = row.answer.as_ref().map(|it| answer(row, it));
        cells.push(answer.unwrap_or_else(|| "not asked".to_owned()));
    }
    cells.push(row.clean(&row.origin));
    cells
}

/// A document for programs.
pub(super) fn json(rows: &[Row]) -> String {
    let environments = rows.iter().map(|row| JsonRow {
        name: &row.name,
        kind: row.environment().map(|it| it.kind().as_str()),
        base_url: row.environment().and_then(address).map(|it| row.clean(&it)),
        source: row.clean(&row.origin),
        error: row.problem(),
        ping: row.answer.as_ref().map(|outcome| JsonPing {
            status: outcome.observed.answer().map(|it| it.status.as_u16()),
            error: outcome.observed.failure().map(|failure| JsonFailure {
                kind: failure.kind.as_str(),
                message: row.clean(&failure.message),
            }),
            duration_ms: milliseconds(outcome),
        }),
    });
    let document = Json {
        format: "statusdiff-environments",
        format_version: 1,
        environments: environments.collect(),
    };
    // Nothing in it has keys that are no text.
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

#[derive(Serialize)]
struct Json<'a> {
    format: &'static str,
    format_version: u32,
    environments: Vec<JsonRow<'a>>,
}

#[derive(Serialize)]
struct JsonRow<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    kind: Option<&'static str>,
    /// Absent for an embedded environment, and where it is not known.
    base_url: Option<String>,
    source: String,
    error: Option<String>,
    ping: Option<JsonPing>,
}

#[derive(Serialize)]
struct JsonPing {
    status: Option<u16>,
    error: Option<JsonFailure>,
    duration_ms: f64,
}

#[derive(Serialize)]
struct JsonFailure {
    kind: &'static str,
    message: String,
}

fn address(environment: &Environment) -> Option<String> {
    let url = environment.base_url().filter(|_| !environment.is_mock())?;
    Some(url.as_str().trim_end_matches('/').to_owned())
}

fn answer(row: &Row, outcome: &Outcome) -> String {
    let time = milliseconds(outcome);
    match (outcome.observed.answer(), outcome.observed.failure()) {
        (Some(answer), None) => format!("{} in {time} ms", answer.status.as_u16()),
        (Some(answer), Some(failure)) => {
            format!("{} ({})", answer.status.as_u16(), told(row, failure))
        }
        (None, Some(failure)) => format!("✗ {}", told(row, failure)),
        (None, None) => "not asked".to_owned(),
    }
}

fn told(row: &Row, failure: &Failure) -> String {
    format!("{}: {}", failure.kind, row.clean(&failure.message))
}

/// With one digit after the point.
fn milliseconds(outcome: &Outcome) -> f64 {
    (outcome.duration.as_secs_f64() * 10_000.0).round() / 10.0
}
