//! What probing met: a response, or why there is none.
//!
//! Plain data without opinion. Whether an outcome is right is decided in [`compare`](crate::compare);
//! what only a comparison can find, such as a missing reference, is not in here.

mod samples;

use std::fmt;
use std::time::Duration;

use http::StatusCode;

pub use samples::{Sample, Samples};

/// Everything one probe observed, after its redirects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The answer, or why there is none.
    pub observed: Observed,
    /// The redirects that were followed on the way, in order.
    pub hops: Vec<Hop>,
    /// How many times the probe was sent: 1, and one more for every retry; 0 if it was not; else its samples.
    pub attempts: u32,
    /// How many requests were sent again, at once, because a kept connection turned out to be closed.
    pub reconnects: u32,
    /// From sending the last attempt to the end of its answer.
    pub duration: Duration,
    /// All that came, where the probe was sampled; `observed` is the usual one then.
    pub samples: Option<Box<Samples>>,
}

/// The answer to a probe, as far as one came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Observed {
    /// A complete HTTP answer.
    Answer(Answer),
    /// The status was seen, but the answer broke off after its header section.
    Partial(Answer, Failure),
    /// No status was seen.
    Nothing(Failure),
}

impl Observed {
    /// The status and location that were seen, whole answer or not.
    #[must_use]
    pub fn answer(&self) -> Option<&Answer> {
        match self {
            Self::Answer(answer) | Self::Partial(answer, _) => Some(answer),
            Self::Nothing(_) => None,
        }
    }

    /// Why there is no complete answer.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Partial(_, failure) | Self::Nothing(failure) => Some(failure),
            Self::Answer(_) => None,
        }
    }
}

/// The part of a response that a suite can have expectations about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The final status code (RFC 9110, section 15), never an interim one.
    pub status: StatusCode,
    /// The `Location` field as the server wrote it; bytes that are not UTF-8 are replaced.
    pub location: Option<Box<str>>,
}

/// One followed redirect: what was asked and what it answered.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hop {
    /// The redirect's own status.
    pub status: StatusCode,
    /// The absolute URL it led to.
    pub target: Box<str>,
}

/// Why a probe has no complete answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// The class, a stable word in reports.
    pub kind: FailureKind,
    /// What happened, for a person. It may quote a server or a library, so it is untrusted text.
    pub message: Box<str>,
}

impl Failure {
    /// A failure of `kind` explained by `message`.
    pub fn new(kind: FailureKind, message: impl Into<Box<str>>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }
}

/// How a run of probes ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// Every probe was asked.
    Complete,
    /// The time for the whole run was over first.
    Deadline,
    /// It was interrupted (SIGINT).
    Interrupted,
    /// It was told to end (SIGTERM).
    Terminated,
}

/// The classes of failure that probing can tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FailureKind {
    /// The host's name did not resolve.
    Dns,
    /// The peer refused the connection.
    ConnectRefused,
    /// No connection within the connect timeout.
    ConnectTimeout,
    /// No connection, for any other reason.
    Connect,
    /// No connection, because the process may open no more files; `connect` in reports.
    OutOfDescriptors,
    /// No connection, because every local port towards the peer is in use; `connect` in reports.
    OutOfPorts,
    /// The certificate is out of date, or not valid yet.
    TlsExpired,
    /// The certificate is for another name.
    TlsHostname,
    /// The certificate's issuer is unknown.
    TlsUntrusted,
    /// Any other TLS failure.
    Tls,
    /// Connected, but no complete answer in time.
    Timeout,
    /// Closed or reset before a complete status and header section.
    Reset,
    /// What came is not valid HTTP, or its header section is too large.
    Protocol,
    /// The answer broke off inside its body.
    Body,
    /// A followed redirect led to a request that had been made before.
    RedirectLoop,
    /// More redirects than the endpoint follows.
    TooManyRedirects,
    /// A redirect that cannot be followed.
    BadRedirect,
    /// Not sent: the environment had stopped answering.
    Unreachable,
    /// Not sent: the environment was not ready in time.
    NotReady,
    /// Not sent or not finished: the run's time was up.
    Deadline,
    /// Not sent or not finished: the run was interrupted.
    Interrupted,
    /// Anything else.
    Other,
}

impl FailureKind {
    /// All of them.
    pub const ALL: [Self; 22] = [
        Self::Dns,
        Self::ConnectRefused,
        Self::ConnectTimeout,
        Self::Connect,
        Self::OutOfDescriptors,
        Self::OutOfPorts,
        Self::TlsExpired,
        Self::TlsHostname,
        Self::TlsUntrusted,
        Self::Tls,
        Self::Timeout,
        Self::Reset,
        Self::Protocol,
        Self::Body,
        Self::RedirectLoop,
        Self::TooManyRedirects,
        Self::BadRedirect,
        Self::Unreachable,
        Self::NotReady,
        Self::Deadline,
        Self::Interrupted,
        Self::Other,
    ];

    /// The word that reports use, stable within a format version.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::ConnectRefused => "connect_refused",
            Self::ConnectTimeout => "connect_timeout",
            Self::Connect | Self::OutOfDescriptors | Self::OutOfPorts => "connect",
            Self::TlsExpired => "tls_expired",
            Self::TlsHostname => "tls_hostname",
            Self::TlsUntrusted => "tls_untrusted",
            Self::Tls => "tls",
            Self::Timeout => "timeout",
            Self::Reset => "reset",
            Self::Protocol => "protocol",
            Self::Body => "body",
            Self::RedirectLoop => "redirect_loop",
            Self::TooManyRedirects => "too_many_redirects",
            Self::BadRedirect => "bad_redirect",
            Self::Unreachable => "unreachable",
            Self::NotReady => "not_ready",
            Self::Deadline => "deadline",
            Self::Interrupted => "interrupted",
            Self::Other => "other",
        }
    }
}

impl FailureKind {
    /// What tells kinds apart that share their word in reports.
    #[must_use]
    pub const fn cause(self) -> Option<&'static str> {
        match self {
            Self::OutOfDescriptors => Some("file_descriptors"),
            Self::OutOfPorts => Some("local_ports"),
            _ => None,
        }
    }

    /// Whether there was no connection at all, and this machine was not the reason.
    #[must_use]
    pub const fn is_unconnected(self) -> bool {
        matches!(
            self,
            Self::Dns | Self::ConnectRefused | Self::ConnectTimeout | Self::Connect
        )
    }

    /// Whether this machine ran out of something, which says nothing about the environment.
    #[must_use]
    pub const fn is_local(self) -> bool {
        matches!(self, Self::OutOfDescriptors | Self::OutOfPorts)
    }
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::FailureKind;

    #[test]
    fn all_kinds_are_listed_in_their_order() {
        let places = FailureKind::ALL.map(|kind| kind as usize);
        assert_eq!(places, std::array::from_fn(|place| place));
        assert_eq!(FailureKind::ALL.last(), Some(&FailureKind::Other));
    }
}
