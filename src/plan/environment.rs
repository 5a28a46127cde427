//! An environment of a plan: every setting resolved.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use url::Url;

use super::connection::{Connection, Ready};
use super::credential::Credential;
use super::origin::Origin;
use super::retry::Retry;
use crate::suite::{As, EnvironmentType, MockRoute};

/// An environment with every value resolved.
#[derive(Debug)]
pub struct Environment {
    pub(super) name: String,
    /// The service that this is, where it is one of another environment's `services`.
    pub(super) service: Option<String>,
    pub(super) kind: EnvironmentType,
    pub(super) judged: bool,
    pub(super) base: Base,
    pub(super) detail: Detail,
    pub(super) headers: Arc<HeaderMap>,
    pub(super) timeout: Duration,
    pub(super) concurrency: usize,
    pub(super) connection: Connection,
    pub(super) rate_interval: Option<Duration>,
    pub(super) retry: Arc<Retry>,
    pub(super) credentials: Vec<Credential>,
    /// The names of the credentials; the environment's own `auth` has none.
    pub(super) credential_names: Vec<Option<String>>,
    pub(super) ready: Option<Ready>,
    pub(super) follows_redirects: bool,
    pub(super) origin: Origin,
    /// The same environment as each of its services has it: at its address, with its headers and credentials.
    pub(super) services: Vec<Environment>,
    /// Whether this service is shown what the environment's own base URL is shown.
    pub(super) shares_credentials: bool,
}

/// Where an environment is.
#[derive(Debug, PartialEq)]
pub(super) enum Base {
    Url(Url),
    /// Embedded: its URL is known once it listens.
    Mock(Arc<[MockRoute<String>]>, Option<Url>),
    /// All of it is in its services, or it is a service that this run does not ask.
    Nowhere,
}

/// How much of an environment, or of a service, is resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// All of it: this run asks it.
    All,
    /// Where it is; of what is not asked, only that may be of use.
    Address,
}

impl Detail {
    pub(super) fn of(is_asked: bool) -> Self {
        if is_asked { Self::All } else { Self::Address }
    }
}

impl Environment {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The service that this is, where it is one of an environment's [`services`](Self::services).
    #[must_use]
    pub fn service(&self) -> Option<&str> {
        self.service.as_deref()
    }

    /// The same environment as each of its services has it: at its address, with its headers and credentials.
    #[must_use]
    pub fn services(&self) -> &[Environment] {
        &self.services
    }

    /// The environment as `service`, an index into its services, has it; itself without one.
    #[must_use]
    pub fn at(&self, service: Option<usize>) -> &Self {
        service
            .and_then(|index| self.services.get(index))
            .unwrap_or(self)
    }

    /// Whose credentials are shown to `service`: its own, or the environment's, which it shares.
    #[must_use]
    pub fn keeper(&self, service: Option<usize>) -> &Self {
        let site = self.at(service);
        if site.shares_credentials { self } else { site }
    }

    /// Its name, and the service's: `staging`, `staging/login`.
    #[must_use]
    pub fn label(&self) -> String {
        match &self.service {
            Some(service) => format!("{}/{service}", self.name),
            None => self.name.clone(),
        }
    }

    /// Everywhere it is, by the names of its services; its own base URL is called `default`.
    pub fn addresses(&self) -> impl Iterator<Item = (&str, &Url)> {
        std::iter::once(self)
            .chain(&self.services)
            .filter_map(|site| Some((site.service().unwrap_or("default"), site.base_url()?)))
    }

    /// Its type, stated or inferred.
    #[must_use]
    pub fn kind(&self) -> EnvironmentType {
        self.kind
    }

    /// Whether its answers are judged; otherwise it is only asked as the reference.
    #[must_use]
    pub fn is_judged(&self) -> bool {
        self.judged
    }

    /// Its base URL; `None` for an embedded environment that does not listen yet, and for one that is nowhere but in
    /// its services.
    #[must_use]
    pub fn base_url(&self) -> Option<&Url> {
        match &self.base {
            Base::Url(url) => Some(url),
            Base::Mock(_, url) => url.as_ref(),
            Base::Nowhere => None,
        }
    }

    /// Whether it is embedded, so that no proxy may stand before it.
    #[must_use]
    pub fn is_mock(&self) -> bool {
        matches!(self.base, Base::Mock(..))
    }

    /// Whether it, or a service of it, is embedded.
    #[must_use]
    pub fn has_mock(&self) -> bool {
        self.is_mock() || self.services.iter().any(Self::is_mock)
    }

    /// How it is connected to.
    #[must_use]
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// What every request to it says, unless its endpoint says otherwise.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The time between one request and the next, where they are to be spaced.
    #[must_use]
    pub fn rate_interval(&self) -> Option<Duration> {
        self.rate_interval
    }

    /// When something is sent to it again, unless an endpoint says otherwise.
    #[must_use]
    pub fn retry(&self) -> &Retry {
        &self.retry
    }

    /// Who may ask; a probe's `credential` is an index into these.
    #[must_use]
    pub fn credentials(&self) -> &[Credential] {
        &self.credentials
    }

    /// Whether this service is shown what the environment's own base URL is shown.
    #[must_use]
    pub fn shares_credentials(&self) -> bool {
        self.shares_credentials
    }

    /// The index of its own `auth` among the credentials, if it has one that a probe needs.
    #[must_use]
    pub fn own_credential(&self) -> Option<usize> {
        self.credential(&As::Default)
    }

    /// What is waited for before the first probe.
    #[must_use]
    pub fn ready(&self) -> Option<&Ready> {
        self.ready.as_ref()
    }

    /// What is waited for where nothing is said, but waiting is asked for: the base URL.
    #[must_use]
    pub fn ready_by_default(&self) -> Ready {
        Ready::base_url(Arc::clone(&self.headers))
    }

    /// The longest time an attempt may take, where its endpoint does not say otherwise.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Requests in flight at most, at least 1.
    #[must_use]
    pub fn concurrency(&self) -> usize {
        self.concurrency
    }

    /// Whether TLS certificates go unverified.
    #[must_use]
    pub fn is_insecure(&self) -> bool {
        self.connection.insecure
    }

    /// Whether any of its probes may follow a redirect, to wherever that leads.
    #[must_use]
    pub fn follows_redirects(&self) -> bool {
        self.follows_redirects
    }

    /// `target`, which begins with `/`, appended to the base URL.
    #[must_use]
    pub fn url_text(&self, target: &str) -> String {
        let base = self
            .base_url()
            .map_or("", Url::as_str)
            .trim_end_matches('/');
        format!("{base}{target}")
    }

    /// `target`, in the form in which it is sent, appended to the base URL; `None` before an embedded environment
    /// listens.
    #[must_use]
    pub fn url(&self, target: &str) -> Option<Url> {
        Some(url_below(self.base_url()?, target))
    }

    /// Which credential `wanted` is.
    pub(super) fn credential(&self, wanted: &As) -> Option<usize> {
        let name = match wanted {
            As::Anonymous => return None,
            As::Default => None,
            As::Named(name) => Some(name),
        };
        self.credential_names
            .iter()
            .position(|known| known.as_ref() == name)
    }

    /// What `service`, or its own base URL, answers where it is embedded.
    pub(super) fn mock(&self, service: Option<usize>) -> Vec<MockRoute<String>> {
        let mut routes = match &self.at(service).base {
            Base::Mock(routes, _) => routes.to_vec(),
            Base::Url(_) | Base::Nowhere => Vec::new(),
        };
        let answers = routes.iter_mut().flat_map(|route| &mut route.answers);
        for location in answers.filter_map(|it| it.location.as_mut()) {
            let named = self.addresses().find_map(|(name, base)| {
                let path = location.strip_prefix(name)?.strip_prefix(":/")?;
                Some(format!("{}/{path}", base.as_str().trim_end_matches('/')))
            });
            *location = named.unwrap_or_else(|| std::mem::take(location));
        }
        routes
    }

    pub(super) fn set_base_url(&mut self, base_url: Url) {
        if let Base::Mock(_, url) = &mut self.base {
            *url = Some(base_url);
        }
    }
}

/// `target`, in the form in which it is sent, appended to a base URL. Only the path is parsed: the rest of the URL is the
/// same for every probe.
pub(crate) fn url_below(base: &Url, target: &str) -> Url {
    let mut url = base.clone();
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target, None),
    };
    if url.path() == "/" {
        url.set_path(path);
    } else {
        url.set_path(&format!("{}{path}", url.path().trim_end_matches('/')));
    }
    url.set_query(query);
    url
}
