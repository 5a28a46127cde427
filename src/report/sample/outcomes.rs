//! What servers are said to have answered in the comparisons that the tests of all formats share.

use std::time::Duration;

use http::StatusCode;

use crate::outcome::FailureKind::Body;
use crate::outcome::{Answer, Failure, FailureKind, Hop, Observed, Outcome};

pub(super) fn answer(status: u16) -> Outcome {
    outcome(Observed::Answer(seen(status, None)))
}

pub(super) fn redirect(status: u16, location: &str) -> Outcome {
    outcome(Observed::Answer(seen(status, Some(location))))
}

pub(super) fn broken_off(status: u16, message: &str) -> Outcome {
    outcome(Observed::Partial(
        seen(status, None),
        Failure::new(Body, message),
    ))
}

pub(super) fn failure(kind: FailureKind, message: &str) -> Outcome {
    outcome(Observed::Nothing(Failure::new(kind, message)))
}

pub(super) fn retried(outcome: Outcome) -> Outcome {
    Outcome {
        attempts: 3,
        ..outcome
    }
}

pub(super) fn hop(status: u16, target: &str) -> Hop {
    Hop {
        status: StatusCode::from_u16(status).unwrap(),
        target: target.into(),
    }
}

fn seen(status: u16, location: Option<&str>) -> Answer {
    Answer {
        status: StatusCode::from_u16(status).unwrap(),
        location: location.map(Into::into),
    }
}

fn outcome(observed: Observed) -> Outcome {
    Outcome {
        observed,
        hops: Vec::new(),
        attempts: 1,
        reconnects: 0,
        duration: Duration::from_micros(3_140),
        samples: None,
    }
}
