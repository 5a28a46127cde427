//! How an environment is connected to, and when it is ready: every value resolved, every file read.

use std::fs;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderName, StatusCode};
use url::Url;

use super::build::resolve_setting;
use super::environment::Base;
use super::request::{Renderer, Target, Unusable};
use crate::expect::Expectation;
use crate::suite::{
    self, HttpVersion, Template, TlsVersion, parse_duration, parse_ip, parse_proxy,
};

/// How connections are made. Environments that agree in all of it share their client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// The longest time to establish one.
    pub connect_timeout: Duration,
    /// Whether TLS certificates go unverified.
    pub insecure: bool,
    /// PEM of certificates that are trusted besides the platform's.
    pub ca: Option<Arc<[u8]>>,
    /// PEM of the client's certificate, its chain and its key.
    pub identity: Option<Arc<[u8]>>,
    /// The oldest version of TLS that may be spoken.
    pub min_tls: Option<TlsVersion>,
    /// The proxy on the way.
    pub proxy: Proxy,
    /// Addresses for host names, instead of asking DNS.
    pub resolve: Vec<(String, IpAddr)>,
    /// Which HTTP is spoken.
    pub http_version: HttpVersion,
}

impl Connection {
    /// The same, but past any proxy where it leads to something embedded.
    pub(super) fn on_the_way_to(self, base: &Base) -> Self {
        match base {
            Base::Mock(..) => Self {
                proxy: Proxy::None,
                ..self
            },
            Base::Url(_) | Base::Nowhere => self,
        }
    }
}

/// The proxy on the way to an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proxy {
    /// What the usual variables say.
    Environment,
    /// None, whatever they say.
    None,
    /// This one.
    Url(Url),
}

/// What an environment has to answer before its probes are sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Ready {
    /// What is asked: path and query.
    pub target: String,
    /// The same with secrets masked.
    pub shown_target: String,
    /// Statuses that will do; without any, all but 502, 503 and 504.
    pub expect: Option<Arc<Expectation>>,
    /// How long it may take altogether.
    pub timeout: Duration,
    /// The pause between one question and the next.
    pub interval: Duration,
    /// Fields that the answer has to have.
    pub headers: Vec<(HeaderName, String)>,
    /// Fields of the answer's outermost JSON object, as text.
    pub json: Vec<(String, String)>,
    /// What the question says: the environment's headers.
    pub request_headers: Arc<HeaderMap>,
}

impl Ready {
    /// The base URL, answered with anything that does not come from something in front of the environment.
    pub(super) fn base_url(request_headers: Arc<HeaderMap>) -> Self {
        Self {
            target: "/".to_owned(),
            shown_target: "/".to_owned(),
            expect: None,
            timeout: Duration::from_mins(2),
            interval: Duration::from_secs(1),
            headers: Vec::new(),
            json: Vec::new(),
            request_headers,
        }
    }

    /// Whether the status will do.
    #[must_use]
    pub fn expects(&self, status: StatusCode) -> bool {
        match &self.expect {
            Some(expectation) => expectation.admits_status(status),
            None => !matches!(status.as_u16(), 502..=504),
        }
    }

    /// What will do, in words.
    #[must_use]
    pub fn expected(&self) -> String {
        self.expect
            .as_ref()
            .map_or_else(|| "not 502-504".to_owned(), ToString::to_string)
    }
}

/// Why something under a key cannot be used.
pub(super) type AtKey = (Vec<String>, Unusable);

/// Resolves the settings of `environment`; the names of files are relative to `folder`. There is no proxy before what
/// is `embedded`.
pub(super) fn resolve(
    environment: &suite::Environment,
    embedded: bool,
    folder: Option<&Path>,
    connect_timeout: Duration,
    insecure: bool,
    renderer: &mut Renderer<'_>,
) -> Result<Connection, AtKey> {
    let tls = &environment.tls;
    let pem = |key: &str, file: &Option<Template>, mark: &str| match file {
        None => Ok(None),
        Some(file) => read_pem(file, folder, mark, renderer)
            .map(Some)
            .map_err(|error| at(&["tls", key], error)),
    };
    let ca = pem("ca_file", &tls.ca_file, "CERTIFICATE")?;
    let certificate = pem("cert_file", &tls.cert_file, "CERTIFICATE")?;
    let key = pem("key_file", &tls.key_file, "PRIVATE KEY")?;
    let identity = certificate
        .zip(key)
        .map(|(certificate, key)| [certificate, key].concat().into());
    let proxy = match &environment.proxy {
        _ if embedded => Proxy::None,
        None => Proxy::Environment,
        Some(suite::Proxy::None) => Proxy::None,
        Some(suite::Proxy::Url(url)) => {
            let url = renderer
                .proxy(url)
                .and_then(|url| parse_proxy(&url).map_err(Unusable::Invalid));
            url.map_err(|error| at(&["proxy"], error))?
                .map_or(Proxy::None, Proxy::Url)
        }
    };
    let mut resolve = Vec::new();
    for (host, address) in &environment.resolve {
        let address = renderer
            .public(address)
            .and_then(|text| parse_ip(&text).map_err(Unusable::Invalid));
        resolve.push((
            host.clone(),
            address.map_err(|error| at(&["resolve", host], error))?,
        ));
    }
    Ok(Connection {
        connect_timeout,
        insecure: insecure || tls.insecure,
        ca: ca.map(Into::into),
        identity,
        min_tls: tls.min_version,
        proxy,
        resolve,
        http_version: environment.http_version,
    })
}

/// Resolves `ready`.
pub(super) fn resolve_ready(
    ready: &suite::Ready,
    request_headers: Arc<HeaderMap>,
    renderer: &mut Renderer<'_>,
) -> Result<Ready, AtKey> {
    let default = Ready::base_url(request_headers);
    let Target { sent, shown } = renderer
        .path(&ready.path)
        .map_err(|error| at(&["path"], error))?;
    let expect = match &ready.expect {
        None => None,
        Some(setting) => {
            let expectation = renderer.expectation(setting).and_then(|expectation| {
                suite::check_ready(&expectation).map_err(Unusable::Invalid)?;
                Ok(expectation)
            });
            Some(expectation.map_err(|error| at(&["expect"], error))?)
        }
    };
    let duration = |setting: &Option<suite::Setting<Duration>>, key, default| match setting {
        None => Ok(default),
        Some(setting) => {
            resolve_setting(renderer, setting, parse_duration).map_err(|error| at(&[key], error))
        }
    };
    let timeout = duration(&ready.timeout, "timeout", default.timeout)?;
    let interval = duration(&ready.interval, "interval", default.interval)?;
    let mut headers = Vec::new();
    for (name, value) in &ready.headers {
        let value = renderer
            .public(value)
            .map_err(|error| at(&["header", name.as_str()], error))?;
        headers.push((name.clone(), value));
    }
    let mut json = Vec::new();
    for (field, value) in &ready.json {
        let value = renderer
            .public(value)
            .map_err(|error| at(&["json", field], error))?;
        json.push((field.clone(), value));
    }
    let shown_target = shown.unwrap_or_else(|| sent.clone());
    Ok(Ready {
        target: sent,
        shown_target,
        expect,
        timeout,
        interval,
        headers,
        json,
        ..default
    })
}

fn at(keys: &[&str], error: Unusable) -> AtKey {
    (keys.iter().map(|&key| key.to_owned()).collect(), error)
}

/// A file that holds a PEM block with `mark` in its name.
fn read_pem(
    file: &Template,
    folder: Option<&Path>,
    mark: &str,
    renderer: &Renderer<'_>,
) -> Result<Vec<u8>, Unusable> {
    let name = renderer.public(file)?;
    let path = folder.map_or_else(|| name.clone().into(), |folder| folder.join(&name));
    let bytes = fs::read(&path).map_err(|error| {
        Unusable::Invalid(format!("`{}` cannot be read: {error}", path.display()))
    })?;
    let text = String::from_utf8_lossy(&bytes);
    let holds = text
        .lines()
        .any(|line| line.starts_with("-----BEGIN ") && line.contains(mark));
    if !holds {
        let what = if mark == "CERTIFICATE" {
            "certificate"
        } else {
            "private key"
        };
        let message = format!("`{}` holds no {what} in PEM form", path.display());
        return Err(Unusable::Invalid(message));
    }
    Ok(bytes)
}
