//! What is true of a whole environment, told once instead of for each of its probes.
//!
//! Input: an environment. Output: which way all its probes went wrong, and what that usually means.

use std::fmt;

use super::advice;
use super::cell::label;
use super::finding::{push_advice, push_message};
use super::text::escaped;
use crate::compare::{EnvironmentView, ErrorKind, Uniform, Verdict};

/// An environment whose probes all went wrong in the same way.
pub(super) struct Whole {
    /// How.
    pub(super) verdict: Verdict,
    /// Which environment, and how many probes.
    pub(super) subject: String,
    /// What they have in common, and what that usually means.
    pub(super) message: String,
}

impl fmt::Display for Whole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.subject, self.message)
    }
}

/// What all probes of the environment have in common, if all went wrong in the same way.
pub(super) fn whole(environment: EnvironmentView<'_>) -> Option<Whole> {
    let url = escaped(environment.base_url());
    let (verdict, probes, message) = match environment.uniform()? {
        Uniform::Error { error, probes } if error.kind == ErrorKind::Walled => {
            return Some(Whole {
                verdict: Verdict::Error,
                subject: format!("{} ({probes} probes at {url})", escaped(&error.message)),
                message: advice::on_error(error.kind).to_owned(),
            });
        }
        Uniform::Error { error, probes } => {
            let mut text = label(error.kind).to_owned();
            push_advice(&mut text, advice::on_error(error.kind));
            push_message(&mut text, error);
            (Verdict::Error, probes, text)
        }
        Uniform::Status { status, probes } => {
            let mut text = status.as_u16().to_string();
            push_advice(&mut text, advice::on_status(*status));
            (Verdict::Mismatch, probes, text)
        }
    };
    Some(Whole {
        verdict,
        subject: format!("{}, all {probes} probes at {url}", environment.name()),
        message,
    })
}
