//! What a failure usually comes from.
//!
//! Input: a kind of error, or a status that a whole environment gives. Output: a hint for a person, or
//! nothing where the name says it all.

use http::StatusCode;

use crate::compare::ErrorKind;
use crate::outcome::FailureKind;

/// Walls differ in what they want; these are the common ones.
const WALL: &str = "give it what lets checks through: a header such as `x-vercel-protection-bypass`, or \
                    `CF-Access-Client-Id` and `CF-Access-Client-Secret`, or `auth: { basic: … }`";

/// What an error of this kind usually comes from.
pub(super) const fn on_error(kind: ErrorKind) -> &'static str {
    let kind = match kind {
        ErrorKind::NoReference => {
            return "the reference answered 429, 5xx or not at all, which is no measure";
        }
        ErrorKind::Walled => return WALL,
        ErrorKind::Failure(kind) => kind,
    };
    match kind {
        FailureKind::Dns => "is the host spelt right, and known from here?",
        FailureKind::ConnectRefused => "is it running, and is the port right?",
        FailureKind::ConnectTimeout | FailureKind::Connect => "is it reachable from here?",
        FailureKind::OutOfPorts => "does it close every connection after an answer?",
        FailureKind::TlsExpired => "the certificate has to be renewed",
        FailureKind::TlsHostname => "is the host of the base URL right?",
        FailureKind::TlsUntrusted => "is its issuer known here?",
        FailureKind::Tls | FailureKind::Protocol => "is http or https right in the base URL?",
        FailureKind::Timeout => "slower than its time limit",
        FailureKind::Reset => "did a proxy or the application give up?",
        FailureKind::TooManyRedirects => "more than `follow_redirects` allows",
        FailureKind::Unreachable => "not sent after it had stopped answering",
        FailureKind::NotReady => "is it still being deployed?",
        FailureKind::Deadline => "not sent or not finished before `--deadline`",
        FailureKind::Interrupted => "not sent or not finished",
        FailureKind::OutOfDescriptors
        | FailureKind::Body
        | FailureKind::RedirectLoop
        | FailureKind::BadRedirect
        | FailureKind::Other => "",
    }
}

/// What it usually means that an environment gives the same wrong status everywhere.
pub(super) fn on_status(status: StatusCode) -> &'static str {
    match status.as_u16() {
        401 | 403 | 407 => "is it behind a wall that wants a credential?",
        404 => "is the path of the base URL right?",
        429 => "`--concurrency 1` asks more gently",
        300..=399 => "a login, https, or another host?",
        500..=599 => "is it down, or in maintenance?",
        _ => "is something else answering in its place?",
    }
}
