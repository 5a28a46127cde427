//! How an environment is reached.
//!
//! Input: the keys `tls`, `proxy`, `resolve`, `http_version`, `rate_limit` and `ready` of an environment.
//! Output: their nouns. The names of files stay as they are written, relative to the suite's folder.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderName;

use super::Setting;
use crate::expect::Expectation;
use crate::suite::template::Template;

/// `rate_limit`: how often requests may be sent, evenly spaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// The time between one request and the next.
    pub interval: Duration,
}

/// `tls`: what is trusted, and what is shown to the server.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tls {
    /// A PEM file of certificates that are trusted besides the platform's.
    pub ca_file: Option<Template>,
    /// A PEM file of the client's certificate and its chain; never without `key_file`.
    pub cert_file: Option<Template>,
    /// A PEM file of the private key for `cert_file`; never without it.
    pub key_file: Option<Template>,
    /// Whether the server's certificate is not verified at all.
    pub insecure: bool,
    /// The oldest version that may be spoken.
    pub min_version: Option<TlsVersion>,
}

/// Versions of TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TlsVersion {
    /// RFC 5246.
    V1_2,
    /// RFC 8446.
    V1_3,
}

/// `proxy`, where an environment does not leave it to the usual variables.
#[derive(Debug, Clone, PartialEq)]
pub enum Proxy {
    /// None, whatever the variables say.
    None,
    /// This one: an http, https, socks5 or socks5h URL.
    Url(Template),
}

/// `http_version`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HttpVersion {
    /// What the server prefers: HTTP/2 where TLS offers it, else HTTP/1.1.
    #[default]
    Auto,
    /// HTTP/1.1 only.
    V1_1,
    /// HTTP/2 only, without TLS too.
    V2,
}

/// `ready`: what an environment has to answer before its probes are sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Ready {
    /// What is asked; begins with `/`.
    pub path: Template,
    /// A set of statuses; without one, anything but 502, 503 and 504 will do.
    pub expect: Option<Setting<Arc<Expectation>>>,
    /// How long it may take altogether.
    pub timeout: Option<Setting<Duration>>,
    /// The pause between one question and the next.
    pub interval: Option<Setting<Duration>>,
    /// `header`: fields that the answer has to have, with these values.
    pub headers: Vec<(HeaderName, Template)>,
    /// `json`: fields of the answer's outermost JSON object, with their values as text.
    pub json: Vec<(String, Template)>,
}
