//! The words of a comparison: verdicts, reasons, errors and counts.

use std::fmt;
use std::iter::Sum;

use jiff::civil::Date;

use crate::outcome::FailureKind;

/// What the comparison says of a probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Not asked: the endpoint's `environments:` leaves this one out.
    Skipped,
    /// The answer is what was expected.
    Match,
    /// The answer is not what was expected, but it is known and accepted.
    Accepted,
    /// Nothing could be proven about the status.
    Error,
    /// The answer is not what was expected.
    Mismatch,
}

impl Verdict {
    /// All of them, from the best to the worst.
    pub const ALL: [Self; 5] = [
        Self::Skipped,
        Self::Match,
        Self::Accepted,
        Self::Error,
        Self::Mismatch,
    ];

    /// The word that reports use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Skipped => "skipped",
            Self::Match => "match",
            Self::Accepted => "accepted",
            Self::Error => "error",
            Self::Mismatch => "mismatch",
        }
    }
}

/// In which respect an answer is not what was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The status is not among the expected ones.
    Status,
    /// The redirect leads elsewhere than expected.
    Location,
    /// The status, or the redirect's target, is not the reference's.
    Same,
    /// A redirect leads into another environment of the suite.
    CrossesEnvironment,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Status,
        Self::Location,
        Self::Same,
        Self::CrossesEnvironment,
    ];

    /// The word that reports use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Location => "location",
            Self::Same => "same",
            Self::CrossesEnvironment => "crosses_environment",
        }
    }
}

/// Some of the reasons, in four bits: where everything mismatches, every probe has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reasons(u8);

impl Reasons {
    /// How many bits they take.
    pub(super) const BITS: u32 = 4;

    /// All of them, in declaration order.
    #[must_use]
    pub fn as_slice(self) -> &'static [Reason] {
        use Reason::{CrossesEnvironment as C, Location as L, Same as S, Status as A};
        const SETS: [&[Reason]; 1 << Reasons::BITS] = [
            &[],
            &[A],
            &[L],
            &[A, L],
            &[S],
            &[A, S],
            &[L, S],
            &[A, L, S],
            &[C],
            &[A, C],
            &[L, C],
            &[A, L, C],
            &[S, C],
            &[A, S, C],
            &[L, S, C],
            &[A, L, S, C],
        ];
        SETS.get(usize::from(self.0)).copied().unwrap_or_default()
    }

    /// Whether `reason` is one of them.
    #[must_use]
    pub const fn contains(self, reason: Reason) -> bool {
        self.0 & (1 << reason as u8) != 0
    }

    pub(super) const fn bits(self) -> u8 {
        self.0
    }

    /// What [`bits`](Self::bits) gave; further bits are left out.
    pub(super) const fn of_bits(bits: u8) -> Self {
        Self(bits & ((1 << Self::BITS) - 1))
    }
}

impl From<Reason> for Reasons {
    fn from(reason: Reason) -> Self {
        Self(1 << reason as u8)
    }
}

impl FromIterator<Reason> for Reasons {
    fn from_iter<I: IntoIterator<Item = Reason>>(reasons: I) -> Self {
        let each = reasons.into_iter().map(Self::from);
        Self(each.fold(0, |all, Self(bit)| all | bit))
    }
}

/// Why nothing could be proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// Probing failed.
    Failure(FailureKind),
    /// The expectation is the reference's answer, and there is none to go by.
    NoReference,
    /// Not the environment answered, but an access wall in front of it.
    Walled,
}

impl ErrorKind {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> + Clone {
        let failures = FailureKind::ALL.into_iter().map(Self::Failure);
        failures.chain([Self::NoReference, Self::Walled])
    }

    /// The word that reports use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Failure(kind) => kind.as_str(),
            Self::NoReference => "no_reference",
            Self::Walled => "walled",
        }
    }
}

impl ErrorKind {
    /// What tells kinds apart that share their word in reports.
    #[must_use]
    pub const fn cause(self) -> Option<&'static str> {
        match self {
            Self::Failure(kind) => kind.cause(),
            Self::NoReference | Self::Walled => None,
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The error of a probe, its text free of secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeError {
    /// The class.
    pub kind: ErrorKind,
    /// What happened, for a person. Untrusted: it may quote a server.
    pub message: String,
}

/// Why a mismatch is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excuse {
    /// In the words of whoever accepted it.
    pub reason: String,
    /// The last day on which it is (UTC); without one, until it is gone.
    pub until: Option<Date>,
}

/// How many probes have which verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Probes that matched, flaky ones included.
    pub matched: usize,
    /// Probes that did not match, accepted ones left out.
    pub mismatched: usize,
    /// Probes that did not match, which is known and accepted.
    pub accepted: usize,
    /// Probes about which nothing could be proven.
    pub errors: usize,
    /// Probes that the suite rules out.
    pub skipped: usize,
    /// Probes that matched only after a retry, or not with every sample.
    pub flaky: usize,
}

impl Tally {
    /// All probes, skipped ones included.
    #[must_use]
    pub const fn probes(&self) -> usize {
        self.matched + self.mismatched + self.accepted + self.errors + self.skipped
    }
}

impl Tally {
    pub(super) fn count(&mut self, verdict: Verdict, flaky: bool) {
        match verdict {
            Verdict::Skipped => self.skipped += 1,
            Verdict::Match => self.matched += 1,
            Verdict::Accepted => self.accepted += 1,
            Verdict::Error => self.errors += 1,
            Verdict::Mismatch => self.mismatched += 1,
        }
        self.flaky += usize::from(flaky);
    }
}

impl Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(tallies: I) -> Self {
        tallies.fold(Self::default(), |a, b| Self {
            matched: a.matched + b.matched,
            mismatched: a.mismatched + b.mismatched,
            accepted: a.accepted + b.accepted,
            errors: a.errors + b.errors,
            skipped: a.skipped + b.skipped,
            flaky: a.flaky + b.flaky,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_kept_in_declaration_order() {
        for bits in 0..1 << Reasons::BITS {
            let reasons = Reasons::of_bits(bits);
            let listed = reasons.as_slice();
            assert!(listed.is_sorted_by(|one, other| one < other), "{listed:?}");
            let again: Reasons = listed.iter().rev().copied().collect();
            assert_eq!(again, reasons);
        }
        let all: Reasons = Reason::ALL.into_iter().collect();
        assert_eq!(all.as_slice(), Reason::ALL);
    }
}
