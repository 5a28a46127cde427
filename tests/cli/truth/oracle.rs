//! What the contract says of an answer, written down a second time and as plainly as possible.

use serde_json::{Value, json};

use super::generate::{Answer, Case, REFERENCE};

/// One item of an expectation.
#[derive(Clone, Debug)]
pub(super) enum Atom {
    Status(u16),
    Class(u16),
    Range(u16, u16),
    Any,
    Not(Box<Atom>),
}

/// An expectation of one environment.
#[derive(Clone, Debug)]
pub(super) enum Expectation {
    One(Atom),
    List(Vec<Atom>),
    Redirect(Atom, String),
    Same,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Match,
    Mismatch,
    NoReference,
    Skipped,
}

#[derive(Clone, Debug)]
pub(super) struct Judgement {
    pub(super) verdict: Verdict,
    /// The first reason of a mismatch.
    reason: &'static str,
}

impl Atom {
    pub(super) fn admits(&self, status: u16) -> bool {
        match self {
            Self::Status(only) => status == *only,
            Self::Class(class) => status / 100 == *class,
            Self::Range(first, last) => (*first..=*last).contains(&status),
            Self::Any => true,
            Self::Not(atom) => !atom.admits(status),
        }
    }
}

impl Expectation {
    pub(super) fn admits_status(&self, status: u16) -> bool {
        match self {
            Self::One(atom) | Self::Redirect(atom, _) => atom.admits(status),
            Self::List(atoms) => {
                let (negative, positive): (Vec<_>, Vec<_>) =
                    atoms.iter().partition(|atom| matches!(atom, Atom::Not(_)));
                negative.iter().all(|atom| atom.admits(status))
                    && (positive.is_empty() || positive.iter().any(|atom| atom.admits(status)))
            }
            Self::Same => true,
        }
    }
}

impl Verdict {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::Mismatch => "mismatch",
            Self::NoReference => "error",
            Self::Skipped => "skipped",
        }
    }
}

impl Judgement {
    fn new(verdict: Verdict) -> Self {
        Self {
            verdict,
            reason: "",
        }
    }

    fn mismatch(reason: &'static str) -> Self {
        Self {
            verdict: Verdict::Mismatch,
            reason,
        }
    }

    /// The contract leaves open whether further reasons follow the first.
    pub(super) fn admits_reasons(&self, reasons: &Value) -> bool {
        match self.verdict {
            Verdict::Mismatch => reasons[0] == self.reason,
            _ => *reasons == json!([]),
        }
    }
}

/// The verdict on `case` in one environment.
pub(super) fn judge(case: &Case, environment: usize) -> Judgement {
    let Some(expectation) = &case.expectations[environment] else {
        return Judgement::new(Verdict::Skipped);
    };
    let answer = &case.answers[environment];
    if !expectation.admits_status(answer.status) {
        return Judgement::mismatch("status");
    }
    if let Expectation::Redirect(_, target) = expectation
        && answer.place.as_deref() != Some(target)
    {
        return Judgement::mismatch("location");
    }
    if matches!(expectation, Expectation::Same) || case.same {
        return judge_same(answer, &case.answers[REFERENCE]);
    }
    Judgement::new(Verdict::Match)
}

fn judge_same(answer: &Answer, reference: &Answer) -> Judgement {
    if reference.status == 429 || reference.status / 100 == 5 {
        return Judgement::new(Verdict::NoReference);
    }
    if answer.status == reference.status && answer.place == reference.place {
        Judgement::new(Verdict::Match)
    } else {
        Judgement::mismatch("same")
    }
}
