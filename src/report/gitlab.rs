//! GitLab's Code Quality report: what went wrong, for the widget of a merge request.
//!
//! Input: a comparison. Output: a JSON array with an issue for each problem, worst first, and none where all is
//! well. Its fingerprints are unique and the same from run to run: by them GitLab tells what is new from what
//! was fixed.

use std::io;

use serde::{Serialize, Serializer};

use super::Options;
use super::problem::{Problem, Problems, file};
use super::rule::Class;
use crate::compare::Comparison;

/// Writes the report and a final line break.
pub(super) fn render(
    comparison: &Comparison,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let report = Report {
        problems: Problems::of(comparison),
        path: file(comparison, options).unwrap_or(comparison.file()),
        suite: comparison.file(),
        options,
    };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    out.write_all(b"\n")
}

struct Report<'c> {
    problems: Problems<'c>,
    path: &'c str,
    suite: &'c str,
    options: &'c Options,
}

impl Serialize for Report<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // What is accepted is not to be mended: GitLab would count it.
        let problems = self.problems.worst_first();
        let problems = problems.filter(|problem| problem.class() != Class::Accepted);
        serializer.collect_seq(problems.map(|problem| {
            let path = problem.file(Some(self.path), self.suite, self.options);
            Issue::new(&problem, path.unwrap_or(self.path))
        }))
    }
}

#[derive(Serialize)]
struct Issue<'c> {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Location<'c>,
}

#[derive(Serialize)]
struct Location<'c> {
    path: &'c str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

impl<'c> Issue<'c> {
    fn new(problem: &Problem<'_>, path: &'c str) -> Self {
        Self {
            description: format!("{}: {}", problem.subject(), problem.message()),
            check_name: problem.rule.id(),
            fingerprint: problem.fingerprint(path),
            severity: match problem.class() {
                Class::Mismatch => "critical",
                Class::Error => "major",
                Class::Flaky => "minor",
                Class::Accepted | Class::Insecure => "info",
            },
            location: Location {
                path,
                lines: Lines {
                    begin: problem.line(),
                },
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::report::Format;
    use crate::report::sample::{down, green, rendered, shop};

    #[test]
    fn lists_every_problem() {
        let text = rendered(Format::Gitlab, &shop(), |options| options);
        insta::assert_snapshot!("shop-gitlab", text);
    }

    #[test]
    fn tells_a_whole_environment_once() {
        let text = rendered(Format::Gitlab, &down(), |options| options);
        insta::assert_snapshot!("down-gitlab", text);
    }

    #[test]
    fn is_empty_where_all_is_well() {
        assert_eq!(
            rendered(Format::Gitlab, &green(), |options| options),
            "[]\n"
        );
    }
}
