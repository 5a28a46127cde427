//! When a request is sent again.
//!
//! Input: the key `retry`. Output: [`Retry`], whose fields are taken one by one from the nearest layer. It
//! refuses to know what a transient outcome is: that is the business of the plan and the probe.

use std::time::Duration;

use super::Setting;
use crate::expect::StatusSet;

/// `retry`: extra attempts after a transient outcome. Each field is taken from the nearest layer that has it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Retry {
    /// How many extra attempts at most, 0 to 100.
    pub times: Option<Setting<u32>>,
    /// The longest pause before the first extra attempt; it doubles with each further one.
    pub backoff: Option<Setting<Duration>>,
    /// The longest `Retry-After` that is waited for.
    pub max_wait: Option<Setting<Duration>>,
    /// After which outcomes.
    pub on: Option<RetryOn>,
}

impl Retry {
    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.times.is_none()
            && self.backoff.is_none()
            && self.max_wait.is_none()
            && self.on.is_none()
    }
}

/// The outcomes after which a request is sent again.
#[derive(Debug, Clone, PartialEq)]
pub struct RetryOn {
    /// Whether a transient failure without an answer is one of them.
    pub error: bool,
    /// The statuses among them, if any.
    pub statuses: Option<StatusSet>,
}
