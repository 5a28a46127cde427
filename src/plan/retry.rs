//! When a probe may be sent again: the layers of `retry` merged.

use std::time::Duration;

use http::StatusCode;

use super::build::resolve_setting;
use super::request::{Renderer, Unusable};
use crate::expect::{Expectation, StatusSet};
use crate::suite::{self, RetryOn, parse_duration, parse_retries};

/// When a probe is sent again, with every value resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct Retry {
    /// Extra attempts at most.
    pub times: u32,
    /// The longest pause before the first of them; it doubles with each further one.
    pub backoff: Duration,
    /// The longest `Retry-After` that is waited for.
    pub max_wait: Duration,
    /// Whether after a transient failure without an answer.
    pub on_error: bool,
    /// After which statuses.
    pub statuses: Option<StatusSet>,
}

impl Default for Retry {
    fn default() -> Self {
        let passing = Expectation::parse_list(["408", "429", "502", "503", "504"]);
        let statuses = match passing {
            Ok(Expectation::Status(statuses)) => Some(statuses),
            _ => None,
        };
        let (backoff, max_wait) = (Duration::from_millis(250), Duration::from_secs(30));
        Self {
            times: 2,
            backoff,
            max_wait,
            on_error: true,
            statuses,
        }
    }
}

impl Retry {
    /// Whether the status is one after which it may be sent again.
    #[must_use]
    pub fn is_on(&self, status: StatusCode) -> bool {
        self.statuses
            .as_ref()
            .is_some_and(|statuses| statuses.contains(status))
    }

    /// This, with what a nearer layer says instead; the error also names the key that it is about.
    pub(super) fn overridden(
        &self,
        layer: &suite::Retry,
        renderer: &Renderer<'_>,
    ) -> Result<Self, (&'static str, Unusable)> {
        let mut retry = self.clone();
        if let Some(times) = &layer.times {
            retry.times = resolve_setting(renderer, times, parse_retries)
                .map_err(|error| ("times", error))?;
        }
        for (key, setting, value) in [
            ("backoff", &layer.backoff, &mut retry.backoff),
            ("max_wait", &layer.max_wait, &mut retry.max_wait),
        ] {
            if let Some(setting) = setting {
                *value = resolve_setting(renderer, setting, parse_duration)
                    .map_err(|error| (key, error))?;
            }
        }
        if let Some(RetryOn { error, statuses }) = &layer.on {
            retry.on_error = *error;
            retry.statuses.clone_from(statuses);
        }
        Ok(retry)
    }
}
