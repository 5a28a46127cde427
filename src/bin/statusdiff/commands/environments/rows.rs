//! The rows of `statusdiff environments`, and the table of them.

use statusdiff::diagnostic::Diagnostic;
use statusdiff::outcome::{Failure, Outcome};
use statusdiff::plan::{Environment, Plan};
use statusdiff::report::escaped;
use statusdiff::suite::{self, Base, Discover, Overrides};

/// One environment, with its services.
pub(super) struct Row {
    pub(super) name: String,
    /// What says where it is, and where each of its services is.
    pub(super) origins: Vec<String>,
    pub(super) told: Told,
    /// What was answered, in the order of the plan's endpoints; nothing where it was not asked.
    pub(super) answers: Vec<Option<Outcome>>,
}

/// An environment or a service of one.
#[derive(Clone, Copy)]
pub(super) struct Site<'r> {
    pub(super) row: &'r Row,
    pub(super) environment: &'r Environment,
    /// What says where it is.
    pub(super) origin: &'r str,
    pub(super) answer: Option<&'r Outcome>,
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
        let mut answers = self.answers.iter().flatten();
        answers.any(|outcome| outcome.observed.answer().is_none())
    }

    /// The environment, then its services; nothing where that cannot be told.
    pub(super) fn sites(&self) -> Vec<Site<'_>> {
        let Told::Plan(plan) = &self.told else {
            return Vec::new();
        };
        let Some(home) = plan.environments().first() else {
            return Vec::new();
        };
        let services = (0..home.services().len()).map(Some);
        let origins = self.origins.iter().map(String::as_str);
        let sites = std::iter::once(None).chain(services).zip(origins);
        let site = |(service, origin)| {
            let mut asked = plan.endpoints().iter();
            let asked = asked.position(|endpoint| endpoint.service() == service);
            Site {
                row: self,
                environment: home.at(service),
                origin,
                answer: asked.and_then(|index| self.answers.get(index)?.as_ref()),
            }
        };
        sites.map(site).collect()
    }

    pub(super) fn problem(&self) -> Option<String> {
        let first = self.problems().first()?;
        Some(escaped(&first.message).into_owned())
    }

    /// Without a secret and fit for a terminal.
    pub(super) fn clean(&self, text: &str) -> String {
        match &self.told {
            Told::Plan(plan) => escaped(&plan.secrets().redact(text)).into_owned(),
            Told::Not(_) => escaped(text).into_owned(),
        }
    }
}

/// What the command line or the suite says of where `environment` is, and of where each of its services is.
pub(super) fn origins(environment: &suite::Environment, overrides: &Overrides) -> Vec<String> {
    let services = environment.services.iter().map(|service| {
        let name = format!("{}/{}", environment.name, service.name);
        origin(&name, &service.base, overrides)
    });
    let own = origin(&environment.name, &environment.base, overrides);
    std::iter::once(own).chain(services).collect()
}

/// The same of whatever flags call `name`.
fn origin(name: &str, base: &Base, overrides: &Overrides) -> String {
    let has = |list: &[(String, String)], name: &str| list.iter().any(|(known, _)| known == name);
    let variable = name.to_ascii_uppercase().replace(['-', '.', '/'], "_");
    if has(&overrides.base_urls, name) {
        return "--base-url".to_owned();
    }
    if has(&overrides.base_url_variables, &variable) {
        return format!("STATUSDIFF_BASE_URL_{variable}");
    }
    if has(&overrides.add_environments, name) {
        return "--add-env".to_owned();
    }
    let origin = match base {
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
    lines.extend(rows.iter().flat_map(|row| cells(row, ping)));
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

fn cells(row: &Row, ping: bool) -> Vec<Vec<String>> {
    let sites = row.sites();
    if sites.is_empty() {
        let problem = row.problem().unwrap_or_default();
        return vec![vec![
            row.name.clone(),
            "?".to_owned(),
            format!("✗ {problem}"),
        ]];
    }
    sites.iter().map(|site| site_cells(*site, ping)).collect()
}

fn site_cells(site: Site<'_>, ping: bool) -> Vec<String> {
    let (row, environment) = (site.row, site.environment);
    let url = match (address(environment), environment.is_mock()) {
        (Some(url), _) => row.clean(&url),
        (None, true) => "(embedded)".to_owned(),
        (None, false) => "(none of its own)".to_owned(),
    };
    let kind = environment.kind().as_str().to_owned();
    let mut cells = vec![environment.label(), kind, url];
    if ping {
        let answer = site.answer.map(|it| answer(row, it));
        cells.push(answer.unwrap_or_else(|| "not asked".to_owned()));
    }
    cells.push(row.clean(site.origin));
    cells
}

/// Its base URL; nothing for an embedded one.
pub(super) fn address(environment: &Environment) -> Option<String> {
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
pub(super) fn milliseconds(outcome: &Outcome) -> f64 {
    (outcome.duration.as_secs_f64() * 10_000.0).round() / 10.0
}
