//! Reports: one finished comparison in, bytes out.
//!
//! Input: a [`Comparison`], already ordered and counted. Output: one of the [`Format`]s on a writer; only
//! [`JsonLines`] can begin with single rows before. A format is one file here, one variant and one arm. It
//! refuses to judge, to open files and to ask the terminal anything: width and colour come in [`Options`].

mod acceptance;
mod advice;
mod cell;
mod facts;
mod finding;
mod github;
mod gitlab;
mod html;
mod json;
mod jsonl;
mod junit;
mod label;
mod markdown;
mod news;
mod problem;
mod repeats;
mod rule;
#[cfg(test)]
mod sample;
mod sarif;
mod summary;
mod table;
mod tap;
mod text;
mod unsent;
mod whole;

use std::io;
use std::str::FromStr;

use crate::compare::Comparison;
use crate::exit::ExitStatus;
pub use json::{ReadError, read as read_json};
pub use jsonl::JsonLines;
pub use text::{counted, escaped};

/// The JSON Schema of the JSON report, in draft 7. Fields that it does not know are no error: they are added
/// within a version.
pub const JSON_SCHEMA: &str = include_str!("../../schema/report.schema.json");

/// The formats a report can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// For people: what went wrong, what that usually means, and the counts.
    Table,
    /// For programs: everything, by `schema report`.
    Json,
    /// The same as it comes: one line for each probe, the last one for the run.
    Jsonl,
    /// For what reads test results: one suite for each environment, one case for each probe, and one for all
    /// that were never sent.
    Junit,
    /// For Perl's `prove` and its like: one test point for each probe, and one for all of an environment that
    /// were never sent.
    Tap,
    /// For a pull request or an issue: what the table says, in fewer than 65,000 characters.
    Markdown,
    /// For GitHub Actions: workflow commands that annotate the suite's own lines.
    Github,
    /// For GitLab: a Code Quality report.
    Gitlab,
    /// For code scanning: SARIF 2.1.0.
    Sarif,
    /// For browsers: one page with everything, by filter and on demand.
    Html,
}

impl Format {
    /// All of them, in the order of `--help`.
    pub const ALL: [Self; 10] = [
        Self::Table,
        Self::Json,
        Self::Jsonl,
        Self::Junit,
        Self::Tap,
        Self::Markdown,
        Self::Github,
        Self::Gitlab,
        Self::Sarif,
        Self::Html,
    ];

    /// The word for `--format` and `--report`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Junit => "junit",
            Self::Tap => "tap",
            Self::Markdown => "markdown",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Sarif => "sarif",
            Self::Html => "html",
        }
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|format| format.name() == name);
        known.ok_or_else(|| UnknownFormat {
            name: name.to_owned(),
        })
    }
}

/// A word that is no format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown format `{name}`; there are {}", Format::ALL.map(|format| format!("`{}`", format.name())).join(", "))]
pub struct UnknownFormat {
    /// The word.
    pub name: String,
}

/// What a report looks like, besides its format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Whether reports for people list matching endpoints too.
    pub all: bool,
    /// Whether the table may use ANSI colours. Nothing is said by colour alone.
    pub color: bool,
    /// How many columns the table may take.
    pub width: usize,
    /// The suite's file relative to the root of its repository, with `/` between folders, for reports that
    /// point into it; `None` takes it as the user named it.
    pub file: Option<String>,
    /// The same for the files that the suite includes: their names, and where they are.
    pub included: Vec<(String, String)>,
    /// The verdict on the run.
    pub exit: ExitStatus,
}

impl Options {
    /// Mismatches only, no colour, 100 columns.
    #[must_use]
    pub const fn new(exit: ExitStatus) -> Self {
        Self {
            all: false,
            color: false,
            width: 100,
            file: None,
            included: Vec::new(),
            exit,
        }
    }
}

/// Writes `comparison` as `format`. Fails only if `out` does.
pub fn render(
    format: Format,
    comparison: &Comparison,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    match format {
        Format::Table => table::render(comparison, options, out),
        Format::Json => json::render(comparison, options, out),
        Format::Jsonl => JsonLines::default().finish(comparison, options, out),
        Format::Junit => junit::render(comparison, out),
        Format::Tap => tap::render(comparison, options, out),
        Format::Markdown => markdown::render(comparison, options, out),
        Format::Github => github::render(comparison, options, out),
        Format::Gitlab => gitlab::render(comparison, options, out),
        Format::Sarif => sarif::render(comparison, options, out),
        Format::Html => html::render(comparison, options, out),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_goes_by_its_name() {
        for format in Format::ALL {
            assert_eq!(format.name().parse(), Ok(format));
        }
        let error = "tabel".parse::<Format>().unwrap_err();
        let text = error.to_string();
        assert!(
            text.starts_with("unknown format `tabel`; there are `table`, `json`, "),
            "{text}"
        );
    }

    #[test]
    fn every_format_ends_its_last_line() {
        for format in Format::ALL {
            for comparison in [sample::shop(), sample::green(), sample::known()] {
                let text = sample::rendered(format, &comparison, |options| options);
                assert!(
                    text.ends_with('\n') && !text.ends_with("\n\n"),
                    "{format:?}"
                );
            }
        }
    }
}
