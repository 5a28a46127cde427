//! The HTTP clients of a run, one for each way in which environments are to be talked to.

use std::cell::{Cell, OnceCell};
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use http::header::{ACCEPT, HOST, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use reqwest::{
    Certificate, ClientBuilder, Identity, Proxy, Request, Response, redirect, retry, tls,
};
use rustls::crypto::ring;
use url::Url;

use super::failure::{self, Phase};
use super::pace::Pacer;
use super::proxy::{self, Proxies};
use super::resolver::Resolver;
use crate::outcome::{Failure, FailureKind};
use crate::plan::{self, Connection, Environment, Plan};
use crate::suite::{HttpVersion, TlsVersion};

/// Kept connections are dropped before the servers that are known to be impatient drop them (Node: 5 s).
const IDLE: Duration = Duration::from_secs(3);

/// The header fields that an answer may have; the first client keeps to the library's cheaper 100.
const MANY_HEADERS: usize = 5_000;

/// The bytes that an answer's header fields may have. Of HTTP/1 the library takes about as many, and more where they
/// come fast.
const MANY_HEADER_BYTES: u32 = 400 * 1024;

/// What makes two environments need clients of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Setup {
    connection: Connection,
    /// Whether certificates are to be verified at all: reading the system's takes longer than anything else at
    /// the start.
    roots: bool,
}

/// A client for an environment. Clones share their connections.
#[derive(Clone)]
pub(super) struct Client {
    hot: reqwest::Client,
    /// Keeps no connections and takes more headers: for methods that may be sent only once, and for asking
    /// again where the first answer was lost to a stale connection or had too many headers.
    fresh: Rc<OnceCell<Result<reqwest::Client, Failure>>>,
    proxies: Rc<Proxies>,
    resolver: Arc<Resolver>,
    setup: Setup,
}

/// An answer, and how many times its request had to be sent again on a new connection.
pub(super) struct Sent {
    pub(super) response: Response,
    pub(super) reconnects: u32,
}

/// For each environment of the plan one client for itself and one for each of its services, or why there can be none;
/// no clients for an environment that has no slots in `share`. `keeps` says whether they keep connections.
pub(super) fn for_environments(
    plan: &Plan,
    share: &[usize],
    keeps: bool,
    resolver: &Arc<Resolver>,
) -> Vec<Vec<Result<Client, Failure>>> {
    // Fails where a provider is installed already, which is then the embedding program's choice.
    let _ = ring::default_provider().install_default();
    let mut known: Vec<Client> = Vec::new();
    let mut client = |site: &Environment| {
        let setup = Setup::new(site);
        if let Some(client) = known.iter().find(|client| client.setup == setup) {
            return Ok(client.clone());
        }
        let client = Client::new(setup, keeps, resolver);
        known.extend(client.iter().cloned());
        client
    };
    let mut clients = Vec::new();
    for (environment, slots) in plan.environments().iter().zip(share) {
        let sites = std::iter::once(environment).chain(environment.services());
        let sites = sites.take(if *slots > 0 { usize::MAX } else { 0 });
        clients.push(sites.map(&mut client).collect());
    }
    clients
}

impl Setup {
    fn new(environment: &Environment) -> Self {
        let secure = environment
            .base_url()
            .is_some_and(|url| url.scheme() == "https");
        let mut connection = environment.connection().clone();
        // Below the limit for the whole attempt, so that the two can be told apart.
        connection.connect_timeout = connection
            .connect_timeout
            .min(environment.timeout().mul_f64(0.9));
        let roots = !connection.insecure && (secure || environment.follows_redirects());
        Self { connection, roots }
    }

    fn builder(&self, resolver: &Arc<Resolver>) -> Result<ClientBuilder, Failure> {
        let Connection {
            connect_timeout,
            insecure,
            ca,
            identity,
            min_tls,
            proxy: way,
            resolve,
            http_version,
        } = &self.connection;
        let mut builder = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            // With none allowed, no request is copied in case it had to be sent again.
            .retry(retry::never().max_retries_per_request(0))
            .connect_timeout(*connect_timeout)
            .dns_resolver(Arc::clone(resolver))
            .http2_max_header_list_size(MANY_HEADER_BYTES)
            .default_headers(default_headers());
        if *insecure {
            builder = builder.tls_danger_accept_invalid_certs(true);
        } else if !self.roots {
            builder = builder.tls_certs_only([]);
        }
        if let Some(pem) = ca.as_ref().filter(|_| self.roots) {
            let certificates =
                Certificate::from_pem_bundle(pem).map_err(|error| unusable(&error))?;
            builder = builder.tls_certs_merge(certificates);
        }
        if let Some(pem) = identity {
            builder = builder.identity(Identity::from_pem(pem).map_err(|error| unusable(&error))?);
        }
        if let Some(version) = min_tls {
            builder = builder.tls_version_min(match version {
                TlsVersion::V1_2 => tls::Version::TLS_1_2,
                TlsVersion::V1_3 => tls::Version::TLS_1_3,
            });
        }
        builder = match way {
            plan::Proxy::Environment if !proxy::is_ruled_out() => builder,
            plan::Proxy::Environment | plan::Proxy::None => builder.no_proxy(),
            plan::Proxy::Url(url) => {
                builder.proxy(Proxy::all(url.clone()).map_err(|error| unusable(&error))?)
            }
        };
        for (host, address) in resolve {
            // Port 0 stands for the URL's own.
            builder = builder.resolve(host, SocketAddr::new(*address, 0));
        }
        Ok(match http_version {
            HttpVersion::Auto => builder,
            HttpVersion::V1_1 => builder.http1_only(),
            HttpVersion::V2 => builder.http2_prior_knowledge(),
        })
    }
}

impl Client {
    fn new(setup: Setup, keeps: bool, resolver: &Arc<Resolver>) -> Result<Self, Failure> {
        let mut hot = setup.builder(resolver)?.pool_idle_timeout(IDLE);
        if !keeps {
            hot = hot.pool_max_idle_per_host(0);
        }
        let hot = hot.build();
        let hot = hot.map_err(|error| unusable(&error))?;
        let proxies = Proxies::new(&setup.connection.proxy);
        Ok(Self {
            hot,
            fresh: Rc::default(),
            proxies: Rc::new(proxies),
            resolver: Arc::clone(resolver),
            setup,
        })
    }

    /// Sends what `request` makes, when it is its turn. One whose answer was lost to a connection that the server
    /// had just closed, or had more headers than the first client takes, is sent once more, at once, on a new
    /// connection.
    pub(super) async fn execute(
        &self,
        (method, url): (&Method, &Url),
        turn: (&Pacer, &Cell<Duration>),
        request: impl Fn() -> Request,
    ) -> Result<Sent, Failure> {
        if !method.is_idempotent() {
            return Box::pin(self.execute_fresh(url, turn, request(), 0)).await;
        }
        let (pacer, waited) = turn;
        pacer.turn(waited).await;
        let error = match self.hot.execute(request()).await {
            Ok(response) => {
                return Ok(Sent {
                    response,
                    reconnects: 0,
                });
            }
            Err(error) => error,
        };
        let failure = self.classify(&error, Phase::Head, url);
        let stale = failure.kind == FailureKind::Reset;
        if stale || failure::is_too_large(&error) {
            return Box::pin(self.execute_fresh(url, turn, request(), u32::from(stale))).await;
        }
        Err(failure)
    }

    /// Sends it on a new connection, when it is its turn.
    async fn execute_fresh(
        &self,
        url: &Url,
        (pacer, waited): (&Pacer, &Cell<Duration>),
        request: Request,
        reconnects: u32,
    ) -> Result<Sent, Failure> {
        pacer.turn(waited).await;
        let response = self.fresh()?.execute(request).await;
        let response = response.map_err(|error| self.classify(&error, Phase::Head, url))?;
        Ok(Sent {
            response,
            reconnects,
        })
    }

    /// What `error` means.
    pub(super) fn classify(&self, error: &reqwest::Error, phase: Phase, url: &Url) -> Failure {
        let limit = self.setup.connection.connect_timeout;
        let failure = failure::classify(error, phase, url, limit);
        if failure.kind == FailureKind::ConnectTimeout
            && let Some(host) = url
                .domain()
                .filter(|host| self.resolver.is_asking_for(host))
        {
            return failure::no_addresses(host, limit);
        }
        match self.proxies.before(url) {
            Some(proxy) => Failure {
                message: format!("{} (via proxy {proxy})", failure.message).into(),
                ..failure
            },
            None => failure,
        }
    }

    /// Refuses what looks like an answer but is none of the environment's.
    pub(super) fn check(&self, response: &Response, url: &Url) -> Result<(), Failure> {
        let fields = response.headers().iter();
        let bytes: usize = fields
            .map(|(name, value)| name.as_str().len() + value.len())
            .sum();
        if u32::try_from(bytes).unwrap_or(u32::MAX) > MANY_HEADER_BYTES {
            let message = "the answer's header section is too large";
            return Err(Failure::new(FailureKind::Protocol, message));
        }
        match response.status() {
            StatusCode::SWITCHING_PROTOCOLS => {
                let message = "the server switches protocols (101), which nobody asked for";
                Err(Failure::new(FailureKind::Protocol, message))
            }
            StatusCode::PROXY_AUTHENTICATION_REQUIRED if url.scheme() == "http" => {
                match self.proxies.before(url) {
                    Some(proxy) => {
                        let message =
                            format!("the proxy demands authentication (407) (via proxy {proxy})");
                        Err(Failure::new(FailureKind::Connect, message))
                    }
                    None => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    fn fresh(&self) -> Result<&reqwest::Client, Failure> {
        let build = || {
            let builder = self
                .setup
                .builder(&self.resolver)?
                .pool_max_idle_per_host(0);
            builder
                .http1_max_headers(MANY_HEADERS)
                .build()
                .map_err(|error| unusable(&error))
        };
        self.fresh.get_or_init(build).as_ref().map_err(Clone::clone)
    }
}

/// What every request says unless the suite tells it otherwise.
fn default_headers() -> HeaderMap {
    let agent = HeaderValue::from_static(concat!("statusdiff/", env!("CARGO_PKG_VERSION")));
    // Room for one more: what looks for a header makes room for it first.
    let mut headers = HeaderMap::with_capacity(4);
    headers.insert(USER_AGENT, agent);
    headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
    headers
}

/// The same, and all that is known beforehand of what requests to the environment say: the library would make it anew
/// for each of them.
pub(super) fn greeting(environment: &Environment) -> HeaderMap {
    let mut headers = default_headers();
    // Over TLS it may turn out to be HTTP/2, which has `:authority` instead.
    let is_http1 = environment.connection().http_version != HttpVersion::V2;
    let base = environment.base_url();
    if let Some(base) = base.filter(|base| is_http1 && base.scheme() == "http")
        && let Ok(host) = HeaderValue::from_str(&host(base))
    {
        headers.insert(HOST, host);
    }
    headers
}

/// The `Host` field (RFC 9110, section 7.2) of requests to this URL.
fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

fn unusable(error: &reqwest::Error) -> Failure {
    let cause = failure::innermost(error);
    let message = format!(
        "no TLS client can be made: {cause}; are the files under `tls` whole, and root certificates installed \
         (package `ca-certificates`, variable `SSL_CERT_FILE`)?"
    );
    Failure::new(FailureKind::Tls, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_that_of_the_url_and_a_port_of_its_own() {
        for (url, expected) in [
            ("http://h/a", "h"),
            ("http://h:80", "h"),
            ("http://h:443/a", "h:443"),
            ("http://[::1]/a", "[::1]"),
            ("http://[::1]:8080/a", "[::1]:8080"),
            ("http://bücher.example:1", "xn--bcher-kva.example:1"),
            ("http://0x7f.1:0080", "127.0.0.1"),
        ] {
            assert_eq!(host(&Url::parse(url).unwrap()), expected, "{url}");
        }
    }
}
