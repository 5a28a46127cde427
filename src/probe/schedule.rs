//! Whether to ask once more, and when: pure, but for the dice.

use std::time::{Duration, SystemTime};

use crate::outcome::{FailureKind, Observed};
use crate::plan::{Probe, Retry};

/// What follows from an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// It is the outcome.
    Final,
    /// Once more, after this long.
    Again(Duration),
}

/// Decides after the attempt with this number, from 1. `retry_after` is what the answer asked for.
pub(super) fn next(
    probe: &Probe<'_>,
    observed: &Observed,
    attempt: u32,
    retry_after: Option<Duration>,
) -> Next {
    if attempt > probe.retries || !is_transient(probe, observed) {
        return Next::Final;
    }
    match retry_after {
        // Asking earlier would be rude, and waiting longer than anybody wants to would be useless.
        Some(wait) if wait > probe.retry.max_wait => Next::Final,
        Some(wait) => Next::Again(wait),
        None => Next::Again(back_off(probe.retry, attempt)),
    }
}

/// What a `Retry-After` field asks for (RFC 9110, section 10.2.3): seconds, or a date. A date in the past, and
/// anything else, asks for nothing.
#[must_use]
pub fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit are longer than anybody waits.
        return Some(Duration::from_secs(
            value.parse().unwrap_or(u64::from(u32::MAX)),
        ));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    date.duration_since(now).ok()
}

/// Whether the attempt may have failed for a reason that passes. An answer that is expected never is, nor is a
/// plain mismatch.
fn is_transient(probe: &Probe<'_>, observed: &Observed) -> bool {
    let by_status = observed
        .answer()
        .is_some_and(|answer| probe.retries_after(answer.status));
    let by_failure = probe.retry.on_error
        && observed
            .failure()
            .is_some_and(|failure| is_passing(failure.kind))
        && observed
            .answer()
            .is_none_or(|answer| probe.expectation.admits_status(answer.status));
    by_status || by_failure
}

/// Certificates and broken protocols do not mend themselves.
fn is_passing(kind: FailureKind) -> bool {
    matches!(
        kind,
        FailureKind::Dns
            | FailureKind::ConnectRefused
            | FailureKind::ConnectTimeout
            | FailureKind::Connect
            | FailureKind::OutOfDescriptors
            | FailureKind::OutOfPorts
            | FailureKind::Timeout
            | FailureKind::Reset
            | FailureKind::Body
    )
}

/// Exponential with full jitter: anything up to the doubled and redoubled first delay, so that many who failed
/// together do not come back together.
pub(super) fn back_off(retry: &Retry, attempt: u32) -> Duration {
    let longest = retry
        .backoff
        .saturating_mul(1 << attempt.saturating_sub(1).min(20))
        .min(retry.max_wait);
    longest.mul_f64(fastrand::f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_read_or_ignored() {
        let now = httpdate::parse_http_date("Mon, 23 Nov 2026 10:00:00 GMT").unwrap();
        for (value, expected) in [
            ("0", Some(0)),
            ("120", Some(120)),
            (" 7 ", Some(7)),
            ("99999999999999999999", Some(u64::from(u32::MAX))),
            ("Mon, 23 Nov 2026 10:01:30 GMT", Some(90)),
            ("Monday, 23-Nov-26 10:00:10 GMT", Some(10)),
            ("Mon Nov 23 10:00:05 2026", Some(5)),
            ("Mon, 23 Nov 2026 09:59:59 GMT", None),
            ("-1", None),
            ("1.5", None),
            ("", None),
            ("soon", None),
            ("10s", None),
            ("Mon, 99 Nov 2026 10:00:00 GMT", None),
        ] {
            let found = retry_after(value, now).map(|wait| wait.as_secs());
            assert_eq!(found, expected, "{value}");
        }
    }

    #[test]
    fn the_delay_grows_and_stays_below_the_longest_wait() {
        let retry = Retry {
            backoff: Duration::from_millis(250),
            max_wait: Duration::from_secs(2),
            ..Retry::default()
        };
        for (attempt, longest) in [
            (1, 250),
            (2, 500),
            (3, 1000),
            (4, 2000),
            (5, 2000),
            (90, 2000),
        ] {
            for _ in 0..100 {
                let delay = back_off(&retry, attempt);
                assert!(
                    delay <= Duration::from_millis(longest),
                    "{attempt}: {delay:?}"
                );
            }
        }
    }
}
