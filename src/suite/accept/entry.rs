//! One accepted mismatch.
//!
//! Input: what the YAML says of it. Output: an [`Accepted`]. It refuses an entry that has no reason, and one
//! that does not say which answer it is about.

use std::fmt;

use http::{Method, StatusCode};
use jiff::civil::Date;

use crate::diagnostic::Diagnostic;
use crate::suite::address::check_path;
use crate::suite::method;
use crate::suite::place::Place;
use crate::suite::problems::Problems;
use crate::suite::raw::{RawAccepted, Text};
use crate::suite::service;

/// A mismatch that is known, and why it is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The endpoint's method.
    pub method: Method,
    /// The endpoint's path, as the suite writes it.
    pub path: String,
    /// The service that is asked, `default` for the environment's own base URL; none where that makes no difference.
    pub service: Option<String>,
    /// The endpoint's name, where the suite has several with this method and path.
    pub name: Option<String>,
    /// The environment that answers so.
    pub environment: String,
    /// The status it answers; none where no status was seen.
    pub status: Option<StatusCode>,
    /// Where it redirects to, without the environment's own origin; `*` stands for any text.
    pub location: Option<String>,
    /// Why it may stay so.
    pub reason: String,
    /// The last day on which it may (UTC).
    pub until: Option<Date>,
    /// The line of the entry, from 1; 0 for one that is not written yet.
    pub line: u32,
}

impl Accepted {
    /// What is written for a reason that somebody still has to give.
    pub const NO_REASON: &str = "TODO";

    /// What is written for an endpoint that asks no service, where others of its path do.
    pub const OWN_SERVICE: &str = service::OWN;

    /// Whether it no longer excuses anything on the day `today`.
    #[must_use]
    pub fn is_expired(&self, today: Date) -> bool {
        self.until.is_some_and(|until| until < today)
    }

    /// Whether both excuse the same answer.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let key = |entry: &Self| {
            let Self {
                method,
                path,
                service,
                name,
                environment,
                status,
                location,
                ..
            } = entry.clone();
            let endpoint = (method, path, service, name);
            (endpoint, environment, status, location)
        };
        key(self) == key(other)
    }

    /// The entry without its place.
    pub(super) fn content(&self) -> Self {
        Self {
            line: 0,
            ..self.clone()
        }
    }
}

/// What it is about: `GET /reports on staging, 403`, `GET api:/orders on staging, 404`.
impl fmt::Display for Accepted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.method)?;
        if let Some(service) = self
            .service
            .as_deref()
            .filter(|it| *it != Self::OWN_SERVICE)
        {
            write!(f, "{service}:")?;
        }
        f.write_str(&self.path)?;
        if let Some(name) = &self.name {
            write!(f, " ({name})")?;
        }
        write!(f, " on {}", self.environment)?;
        match self.status {
            Some(status) => write!(f, ", {}", status.as_u16())?,
            None => f.write_str(", no status")?,
        }
        match &self.location {
            Some(location) => write!(f, " -> {location}"),
            None => Ok(()),
        }
    }
}

/// Reads the entry that stands at `place`.
pub(super) fn read(
    raw: RawAccepted,
    line: u32,
    place: &Place,
    problems: &mut Problems,
) -> Option<Accepted> {
    let mut required = |value: Option<Text>, key: &str, help: &str| {
        let text = value.map(|Text(text)| text);
        let text = text.filter(|text| !text.trim().is_empty() && !is_null(text));
        if text.is_none() {
            let problem = Diagnostic::new("missing-key", format!("`{key}` is missing"));
            problems.missing(place.inside(key), problem.help(help));
        }
        text
    };
    let endpoint = required(
        raw.endpoint,
        "endpoint",
        "method and path as the suite writes them: `endpoint: GET /reports`",
    );
    let environment = required(
        raw.environment,
        "environment",
        "the environment that answers so: `environment: staging`",
    );
    let reason = required(
        raw.reason,
        "reason",
        "why it may stay so: `reason: rules differ, SHOP-12`",
    );
    let status = raw.status.map(|Text(text)| text);
    let status = status.filter(|text| !is_null(text));
    let location = raw.location.map(|Text(text)| text);
    let location = location.filter(|text| !is_null(text));
    if status.is_none() && location.is_none() {
        let problem = Diagnostic::new("missing-key", "`status` is missing");
        problems.missing(
            place.inside("status"),
            problem.help("the status that is accepted: `status: 403`; beside it, or instead where none was seen, `location:` has the redirect's target"),
        );
    }
    let status = status.map(|text| parse_status(&text));
    let endpoint = endpoint.map(|text| parse_endpoint(&text));
    let until = raw.until.map(|Text(text)| parse_date(&text));
    let status = settled(status, place.inside("status"), problems);
    let endpoint = settled(endpoint, place.inside("endpoint"), problems);
    let until = settled(until, place.inside("until"), problems);
    let (method, path) = endpoint.ok()??;
    Some(Accepted {
        method,
        path,
        service: raw.service.map(|Text(text)| text),
        name: raw.name.map(|Text(text)| text),
        environment: environment?,
        status: status.ok()?,
        location,
        reason: reason?,
        until: until.ok()?,
        line,
    })
}

/// The value, or nothing where it is a problem, which is told.
fn settled<T>(
    value: Option<Result<T, Diagnostic>>,
    place: Place,
    problems: &mut Problems,
) -> Result<Option<T>, Reported> {
    value.transpose().map_err(|problem| {
        problems.value(place, problem);
        Reported
    })
}

/// That there was a problem.
struct Reported;

fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null")
}

fn parse_endpoint(text: &str) -> Result<(Method, String), Diagnostic> {
    let (method, path) = method::split(text);
    let method = method.map_or(Ok(Method::GET), method::parse)?;
    if !path.contains("${") {
        check_path(path).map_err(|message| Diagnostic::new("bad-path", message))?;
    }
    Ok((method, path.to_owned()))
}

fn parse_status(text: &str) -> Result<StatusCode, Diagnostic> {
    let number = text
        .parse()
        .ok()
        .filter(|number| (200..=999).contains(number));
    let status = number.and_then(|number: u16| StatusCode::from_u16(number).ok());
    status.ok_or_else(|| {
        Diagnostic::new(
            "bad-status",
            format!("`{text}` is no status, expected the one that was seen, 200 to 999"),
        )
        .help("each answer that is accepted has an entry of its own")
    })
}

fn parse_date(text: &str) -> Result<Date, Diagnostic> {
    let date = text.parse::<Date>().ok();
    // Other spellings of a date are read too, but nobody should have to guess which.
    date.filter(|date| date.to_string() == text).ok_or_else(|| {
        Diagnostic::new(
            "bad-date",
            format!("`{text}` is no date, expected one such as `2026-12-31`"),
        )
        .help("the last day on which the mismatch is accepted (UTC)")
    })
}
