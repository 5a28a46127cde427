//! Why a request failed: from the error's chain of sources to a class and a sentence.

use std::error::Error;
use std::io;
use std::iter::successors;
use std::time::Duration;

use jiff::Timestamp;
use rustls::CertificateError;
use rustls::pki_types::UnixTime;
use url::{Host, Url};

use super::limits;
use crate::outcome::{Answer, Failure, FailureKind};

/// How far an exchange had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Before the end of the header section.
    Head,
    /// After it.
    Body,
}

/// What `error` means for a request to `url`.
pub(super) fn classify(
    error: &reqwest::Error,
    phase: Phase,
    url: &Url,
    connect_timeout: Duration,
) -> Failure {
    let kind = kind(error, phase, url);
    let host = url.host_str().unwrap_or_default();
    let peer = url
        .port_or_known_default()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    let cause = innermost(error);
    let message = match kind {
        FailureKind::Dns => format!("the name `{host}` does not resolve"),
        FailureKind::ConnectRefused => format!("{peer} refused the connection"),
        FailureKind::ConnectTimeout => {
            format!("no connection to {peer} within {}", Words(connect_timeout))
        }
        FailureKind::Connect => format!("no connection to {peer}: {cause}"),
        FailureKind::OutOfDescriptors => format!(
            "no file descriptor left for a connection to {peer}: raise `ulimit -n`, or lower `-j`"
        ),
        FailureKind::OutOfPorts => format!(
            "no free local port for a connection to {peer}: all are in use, or were a minute ago; lower `-j`, or widen \
             `net.ipv4.ip_local_port_range`"
        ),
        FailureKind::TlsExpired
        | FailureKind::TlsHostname
        | FailureKind::TlsUntrusted
        | FailureKind::Tls => match find::<rustls::Error>(error) {
            Some(error) => tls_message(error, &peer),
            None => format!("TLS with {peer} failed: {cause}"),
        },
        FailureKind::Reset => {
            "the connection was closed before the answer's status and headers were complete".into()
        }
        FailureKind::Protocol => format!("the answer is not valid HTTP: {cause}"),
        FailureKind::Body => format!("the answer broke off inside its body: {cause}"),
        _ => cause,
    };
    Failure::new(kind, message)
}

/// The time for a connection was up before its host's name was looked up.
pub(super) fn no_addresses(host: &str, limit: Duration) -> Failure {
    let message = format!("the name `{host}` did not resolve within {}", Words(limit));
    Failure::new(FailureKind::Dns, message)
}

/// The attempt's time was up.
pub(super) fn timeout(limit: Duration, answer: Option<&Answer>) -> Failure {
    let limit = Words(limit);
    let message = match answer {
        Some(answer) => format!(
            "status {} came, but no complete answer within {limit}",
            answer.status.as_u16()
        ),
        None => format!("no answer within {limit}"),
    };
    Failure::new(FailureKind::Timeout, message)
}

/// A failure that has no class.
pub(super) fn other(message: &str) -> Failure {
    Failure::new(FailureKind::Other, message)
}

/// Whether the header section was too large for the client.
pub(super) fn is_too_large(error: &reqwest::Error) -> bool {
    find::<hyper::Error>(error).is_some_and(hyper::Error::is_parse_too_large)
}

/// The text of the last cause: the outer ones only say that something failed.
pub(super) fn innermost(error: &reqwest::Error) -> String {
    causes(error)
        .last()
        .map(ToString::to_string)
        .unwrap_or_default()
}

fn tls_message(error: &rustls::Error, peer: &str) -> String {
    use rustls::{AlertDescription, Error as Tls};
    match error {
        Tls::InvalidCertificate(problem) => {
            format!("the certificate of {peer} {}", certificate_problem(problem))
        }
        Tls::AlertReceived(AlertDescription::CertificateRequired) => {
            format!("{peer} demands a client certificate")
        }
        Tls::AlertReceived(alert) => format!("{peer} refuses TLS: alert {alert:?}"),
        Tls::InvalidMessage(_) => format!("what {peer} speaks is not TLS: {error}"),
        _ => format!("TLS with {peer} failed: {error}"),
    }
}

/// What is wrong with a certificate, as the rest of a sentence that it opens.
fn certificate_problem(problem: &CertificateError) -> String {
    match problem {
        CertificateError::ExpiredContext { not_after, .. } => {
            format!("expired at {}", Date(*not_after))
        }
        CertificateError::NotValidYetContext { not_before, .. } => {
            format!("is not valid before {}", Date(*not_before))
        }
        CertificateError::NotValidForNameContext { presented, .. } if presented.is_empty() => {
            "is for no name at all".into()
        }
        CertificateError::NotValidForNameContext { presented, .. } => {
            format!("is for another name: {}", presented.join(", "))
        }
        CertificateError::UnknownIssuer => "is from an unknown issuer".into(),
        problem if is_authority(problem) => {
            "is that of an authority (`CA:TRUE`), such as signs for others, and no server may use it as its own".into()
        }
        CertificateError::Other(problem) => format!("is not valid: {}", spaced(&problem.to_string())),
        _ => format!("is not valid: {problem}"),
    }
}

/// Whether a server showed the certificate of an authority as its own. The library that finds it is not named here, but
/// its text has no other meaning.
fn is_authority(problem: &CertificateError) -> bool {
    matches!(problem, CertificateError::Other(inner) if inner.to_string() == "CaUsedAsEndEntity")
}

/// The name of an error, as a program has it, in words: `InvalidNetworkMask` as `invalid network mask`.
fn spaced(name: &str) -> String {
    if !name.chars().all(|c| c.is_ascii_alphanumeric()) {
        return name.to_owned();
    }
    let mut words = String::new();
    for character in name.chars() {
        if character.is_ascii_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.push(character.to_ascii_lowercase());
    }
    words
}

fn kind(error: &reqwest::Error, phase: Phase, url: &Url) -> FailureKind {
    if error.is_timeout() {
        return if error.is_connect() {
            FailureKind::ConnectTimeout
        } else {
            FailureKind::Timeout
        };
    }
    // Before the name: a look-up needs a file descriptor too.
    if let Some(kind) = exhausted(error, url) {
        return kind;
    }
    if error.is_dns() {
        return FailureKind::Dns;
    }
    if let Some(error) = find::<rustls::Error>(error) {
        return tls_kind(error);
    }
    if let Some(kind) = causes(error)
        .filter_map(|cause| cause.downcast_ref())
        .find_map(|error| http1_kind(error, phase))
    {
        return kind;
    }
    if let Some(error) = find::<h2::Error>(error) {
        return http2_kind(error, phase);
    }
    if let Some(io) = causes(error)
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .last()
    {
        return io_kind(
            io.kind(),
            phase,
            error.is_connect(),
            url.scheme() == "https",
        );
    }
    match phase {
        Phase::Body => FailureKind::Body,
        Phase::Head if error.is_connect() => FailureKind::Connect,
        // The connection ended between two steps: its task took the cause along.
        Phase::Head if is_abandoned(error) => FailureKind::Reset,
        Phase::Head => FailureKind::Other,
    }
}

fn exhausted(error: &reqwest::Error, url: &Url) -> Option<FailureKind> {
    let kind = causes(error)
        .filter_map(|cause| cause.downcast_ref())
        .find_map(limits::exhausted)?;
    // Without IPv6 on this machine there is no address for the near end, and that is not for want of ports.
    let without_address =
        kind == FailureKind::OutOfPorts && matches!(url.host(), Some(Host::Ipv6(_)));
    (!without_address).then_some(kind)
}

fn tls_kind(error: &rustls::Error) -> FailureKind {
    let rustls::Error::InvalidCertificate(error) = error else {
        return FailureKind::Tls;
    };
    match error {
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => FailureKind::TlsExpired,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            FailureKind::TlsHostname
        }
        CertificateError::UnknownIssuer => FailureKind::TlsUntrusted,
        error if is_authority(error) => FailureKind::TlsUntrusted,
        _ => FailureKind::Tls,
    }
}

fn http1_kind(error: &hyper::Error, phase: Phase) -> Option<FailureKind> {
    if error.is_parse() {
        return Some(FailureKind::Protocol);
    }
    if error.is_incomplete_message() {
        return Some(match phase {
            Phase::Head => FailureKind::Reset,
            Phase::Body => FailureKind::Body,
        });
    }
    None
}

fn is_abandoned(error: &reqwest::Error) -> bool {
    find::<hyper::Error>(error).is_some_and(|error| error.is_canceled() || error.is_closed())
}

fn http2_kind(error: &h2::Error, phase: Phase) -> FailureKind {
    match (phase, error.is_remote() || error.is_io()) {
        (Phase::Body, _) => FailureKind::Body,
        (Phase::Head, true) => FailureKind::Reset,
        (Phase::Head, false) => FailureKind::Protocol,
    }
}

fn io_kind(kind: io::ErrorKind, phase: Phase, connecting: bool, secure: bool) -> FailureKind {
    use io::ErrorKind as Io;
    let cut = matches!(
        kind,
        Io::ConnectionReset | Io::ConnectionAborted | Io::BrokenPipe | Io::UnexpectedEof
    );
    match (phase, kind) {
        // A chunk size that is no number.
        (Phase::Body, Io::InvalidInput | Io::InvalidData) => FailureKind::Protocol,
        (Phase::Body, _) => FailureKind::Body,
        (Phase::Head, Io::ConnectionRefused) if connecting => FailureKind::ConnectRefused,
        (Phase::Head, Io::TimedOut) if connecting => FailureKind::ConnectTimeout,
        (Phase::Head, _) if cut && connecting && secure => FailureKind::Tls,
        (Phase::Head, _) if cut => FailureKind::Reset,
        (Phase::Head, _) if connecting => FailureKind::Connect,
        (Phase::Head, _) => FailureKind::Other,
    }
}

fn find<E: Error + 'static>(error: &reqwest::Error) -> Option<&E> {
    causes(error).find_map(|cause| cause.downcast_ref())
}

/// The error and its causes, outermost first. TLS errors are inside io errors, which do not name them as their
/// source.
fn causes<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    successors(Some(error), |&error| {
        let inner = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        inner
            .map(|inner| inner as &(dyn Error + 'static))
            .or_else(|| error.source())
    })
}

/// A point in time as a certificate has it.
struct Date(UnixTime);

impl std::fmt::Display for Date {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let seconds = self.0.as_secs();
        let known = i64::try_from(seconds)
            .ok()
            .and_then(|seconds| Timestamp::from_second(seconds).ok());
        match known {
            Some(date) => write!(f, "{date}"),
            None => write!(f, "second {seconds} of 1970"),
        }
    }
}

/// A duration as a person writes it.
struct Words(Duration);

impl std::fmt::Display for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let seconds = self.0.as_secs_f64();
        if seconds < 1.0 {
            write!(f, "{} ms", self.0.as_millis())
        } else {
            write!(f, "{} s", (seconds * 10.0).round() / 10.0)
        }
    }
}
