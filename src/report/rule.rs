//! The kinds of problem, as tools know them: a stable word, and what it means.
//!
//! Input: why a probe went wrong. Output: its [`Rule`], by which code scanners sort and mute what they show.
//! Words are never changed: what was fixed would look new.

use super::advice;
use super::cell::label;
use crate::compare::{ErrorKind, Reason};
use crate::exit::ExitStatus;

/// What kind of problem it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// An answer is wrong, in this respect first.
    Mismatch(Reason),
    /// Nothing could be proven.
    Error(ErrorKind),
    /// It matched only after a retry, or not with every sample.
    Flaky,
    /// Certificates were not verified.
    Insecure,
}

/// How bad a kind of problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Mismatch,
    Error,
    Flaky,
    /// A mismatch that is known.
    Accepted,
    Insecure,
}

impl Class {
    /// All of them, worst first.
    pub(super) const ALL: [Self; 5] = [
        Self::Mismatch,
        Self::Error,
        Self::Flaky,
        Self::Accepted,
        Self::Insecure,
    ];

    /// The first part of a rule's name.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Mismatch => "mismatch",
            Self::Error => "error",
            Self::Flaky => "flaky",
            Self::Accepted => "accepted",
            Self::Insecure => "insecure",
        }
    }

    /// How loudly it is told; errors do not fail a run that passed.
    pub(super) fn level(self, exit: ExitStatus) -> Level {
        match self {
            Self::Error if exit == ExitStatus::Passed => Level::Warning,
            Self::Mismatch | Self::Error => Level::Error,
            Self::Flaky => Level::Warning,
            Self::Accepted | Self::Insecure => Level::Note,
        }
    }
}

/// How loudly a problem is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Error,
    Warning,
    Note,
}

impl Rule {
    pub(super) const fn class(self) -> Class {
        match self {
            Self::Mismatch(_) => Class::Mismatch,
            Self::Error(_) => Class::Error,
            Self::Flaky => Class::Flaky,
            Self::Insecure => Class::Insecure,
        }
    }

    /// Its name for tools: `mismatch/status`, `error/timeout`, `flaky`.
    pub(super) fn id(self) -> String {
        let class = self.class().as_str();
        match self {
            Self::Mismatch(reason) => format!("{class}/{}", reason.as_str()),
            Self::Error(kind) => format!("{class}/{}", kind.as_str()),
            Self::Flaky | Self::Insecure => class.to_owned(),
        }
    }

    /// Its name for people.
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Mismatch(Reason::Status) => "unexpected status",
            Self::Mismatch(Reason::Location) => "unexpected redirect target",
            Self::Mismatch(Reason::Same) => "not the reference's answer",
            Self::Mismatch(Reason::CrossesEnvironment) => "redirect into another environment",
            Self::Error(kind) => label(kind),
            Self::Flaky => "matched, but not every time",
            Self::Insecure => "certificates were not verified",
        }
    }

    /// What it means, in a sentence.
    pub(super) const fn meaning(self) -> &'static str {
        match self {
            Self::Mismatch(Reason::Status) => {
                "An environment answered with a status that the suite does not expect."
            }
            Self::Mismatch(Reason::Location) => {
                "An environment redirects elsewhere than the suite expects."
            }
            Self::Mismatch(Reason::Same) => {
                "An environment answered otherwise than the reference environment."
            }
            Self::Mismatch(Reason::CrossesEnvironment) => {
                "A redirect leads into another environment of the suite."
            }
            Self::Error(ErrorKind::NoReference) => {
                "What is expected is the reference's answer, and there is none to go by."
            }
            Self::Error(ErrorKind::Walled) => {
                "An access wall answered in place of the environment behind it."
            }
            Self::Error(ErrorKind::Failure(_)) => {
                "No complete answer came, so nothing is proven about the status."
            }
            Self::Flaky => {
                "Some attempts failed in passing or were answered otherwise; another was as expected."
            }
            Self::Insecure => "TLS certificates were not verified: the answers may be anybody's.",
        }
    }

    /// What to do about it.
    pub(super) fn help(self) -> &'static str {
        match self {
            Self::Mismatch(Reason::Status) => "mend the environment, or the `expect` in this line",
            Self::Mismatch(Reason::Location) => {
                "mend the redirect, or the target after `->` in this line"
            }
            Self::Mismatch(Reason::Same) => {
                "mend the environment, or give the endpoint an `expect` of its own"
            }
            Self::Mismatch(Reason::CrossesEnvironment) => {
                "a base URL that was copied along? `allow_crossing: true` lets it through"
            }
            Self::Error(kind) => match advice::on_error(kind) {
                "" => "the message says what is known",
                advice => advice,
            },
            Self::Flaky => "`--fail-on-flaky` makes it fail the run",
            Self::Insecure => {
                "`tls: { ca_file: … }` trusts an issuer, without `--insecure` or `insecure: true`"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_told_as_loudly_as_they_count() {
        for (class, exit, level) in [
            (Class::Mismatch, ExitStatus::Mismatch, Level::Error),
            (Class::Error, ExitStatus::Mismatch, Level::Error),
            (Class::Error, ExitStatus::Inconclusive, Level::Error),
            (Class::Error, ExitStatus::Passed, Level::Warning),
            (Class::Flaky, ExitStatus::Passed, Level::Warning),
            (Class::Insecure, ExitStatus::Passed, Level::Note),
        ] {
            assert_eq!(class.level(exit), level, "{class:?} {exit:?}");
        }
    }

    #[test]
    fn rules_go_by_the_words_of_the_json_report() {
        for (rule, id) in [
            (
                Rule::Mismatch(Reason::CrossesEnvironment),
                "mismatch/crosses_environment",
            ),
            (Rule::Error(ErrorKind::NoReference), "error/no_reference"),
            (Rule::Flaky, "flaky"),
            (Rule::Insecure, "insecure"),
        ] {
            assert_eq!(rule.id(), id);
        }
    }
}
