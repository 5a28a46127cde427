//! The nouns of a valid suite: what the rest of the program works with.

mod connection;
mod credential;
mod discover;
mod retry;

use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use http::{HeaderName, Method};

pub use connection::{HttpVersion, Proxy, Rate, Ready, Tls, TlsVersion};
pub use credential::{As, AuthRequest, Credential, CredentialKind, Refresh};
pub use discover::{Discover, NetlifyUrl, Upsun, VercelHost};
pub use retry::{Retry, RetryOn};

use super::template::Template;
use super::yaml::Node;
use crate::diagnostic::{Source, is_file_name};
use crate::expect::Expectation;

/// A suite whose structure is valid. Values that hold `${…}` are still templates: the plan resolves the
/// ones that a run asks for.
#[derive(Debug)]
pub struct Suite {
    /// The file, kept for diagnostics.
    pub source: Arc<Source>,
    /// The name shown in reports.
    pub name: Option<Template>,
    /// The reference that the suite or `--reference` names, an index into `environments`.
    pub reference: Option<usize>,
    /// The suite's `vars`.
    pub vars: Vars,
    /// In the order of the file, then those of `--add-env`.
    pub environments: Vec<Environment>,
    /// The names of the services, which every environment has in this order.
    pub services: Vec<String>,
    /// Settings under `defaults` that an environment may override; the others are already in the endpoints.
    pub defaults: Layer,
    /// In the order of the file.
    pub endpoints: Vec<Endpoint>,
    /// Where everything stands in the file, once somebody wants to know.
    pub(super) tree: OnceLock<Option<Node>>,
    /// The files that it includes, in the order of their endpoints.
    pub included: Vec<Included>,
}

/// A file that a suite includes.
#[derive(Debug)]
pub struct Included {
    /// The file, kept for diagnostics.
    pub source: Arc<Source>,
    /// How many entries the files before it have: the number of its own first one.
    pub first: u32,
    /// As that of the suite.
    pub(super) tree: OnceLock<Option<Node>>,
}

impl Suite {
    /// The folder that the names of files in the suite are relative to; none where it is in no file: they are
    /// relative to the working directory then.
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        let name = Some(self.source.name.as_str()).filter(|name| is_file_name(name))?;
        Path::new(name).parent()
    }

    /// The number of the file in which the entry with this number stands: 0 is the suite itself, 1 the first that
    /// it includes.
    #[must_use]
    pub fn file_of(&self, entry: u32) -> usize {
        self.included.partition_point(|file| file.first <= entry)
    }

    /// The names of all files, by number.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        let included = self.included.iter().map(|file| &file.source);
        std::iter::once(&self.source)
            .chain(included)
            .map(|source| source.name.as_str())
    }
}

/// Named values for `${NAME}`.
#[derive(Debug, Clone, Default)]
pub struct Vars {
    /// Each name once.
    pub values: Vec<(String, Template)>,
    /// Where names in these values are looked up, if not where the run looks further: the `vars` of the suite that
    /// they stand in, once another suite has borrowed their environment.
    pub beside: Option<Arc<Vars>>,
}

/// A value as written: ready, or known only once its `${…}` is resolved.
#[derive(Debug, Clone, PartialEq)]
pub enum Setting<T> {
    /// Written out.
    Value(T),
    /// To be resolved, then parsed.
    Template(Template),
}

/// A named base URL and how to talk to it.
#[derive(Debug, Clone)]
pub struct Environment {
    /// Unique, also without regard to case.
    pub name: String,
    /// The `type` that the suite states; without one the plan infers it from name and host.
    pub kind: Option<EnvironmentType>,
    /// Where it is.
    pub base: Base,
    /// Its further hosts, in the order of `Suite::services`.
    pub services: Vec<Service>,
    /// Values for `${NAME}` that hold in this environment only.
    pub vars: Vars,
    /// Headers and time limits for every request to it.
    pub layer: Layer,
    /// The longest time to establish a connection.
    pub connect_timeout: Option<Setting<Duration>>,
    /// Requests in flight at most, at least 1.
    pub concurrency: Option<Setting<usize>>,
    /// Whether methods other than GET, HEAD, OPTIONS and TRACE may be sent although it is production.
    pub allow_unsafe_methods: bool,
    /// How often requests may be sent.
    pub rate_limit: Option<Setting<Rate>>,
    /// Who asks where an endpoint does not say.
    pub auth: Option<Credential>,
    /// Who else may ask, by the names that `as` uses.
    pub credentials: Vec<(String, Credential)>,
    /// What is trusted.
    pub tls: Tls,
    /// The proxy on the way, where the usual variables are not to decide.
    pub proxy: Option<Proxy>,
    /// IP addresses for host names, instead of asking DNS.
    pub resolve: Vec<(String, Template)>,
    /// Which HTTP is spoken.
    pub http_version: HttpVersion,
    /// What is waited for before the first probe.
    pub ready: Option<Ready>,
    /// The suite that it stands in, by its number among those of the run, where that is another one: what it says is
    /// resolved there.
    pub lender: Option<usize>,
}

/// A further host of an environment, and who asks there.
#[derive(Debug, Clone)]
pub struct Service {
    /// Unique in the environment, also without regard to case.
    pub name: String,
    /// Where it is; never nowhere.
    pub base: Base,
    /// Headers for every request to it.
    pub headers: Vec<(HeaderName, Template)>,
    /// Who asks where an endpoint does not say.
    pub auth: Option<Credential>,
    /// Who else may ask, by the names that `as` uses.
    pub credentials: Vec<(String, Credential)>,
    /// Whether it is shown what the environment's own base URL is shown.
    pub shares_credentials: bool,
}

/// Where an environment is.
#[derive(Debug, Clone, PartialEq)]
pub enum Base {
    /// `base_url`: an absolute http or https URL once resolved.
    Url(Template),
    /// `discover`: not known before it is looked for, which makes a [`Base::Url`] of it.
    Discover(Discover),
    /// `mock`: an embedded server on loopback.
    Mock(Vec<MockRoute<Template>>),
    /// Nowhere itself: all of it is in its services.
    Nowhere,
}

/// What kind of system an environment is; production is guarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnvironmentType {
    /// A developer's own.
    Development,
    /// Anything between development and production.
    Staging,
    /// What users see.
    Production,
}

impl EnvironmentType {
    /// The word that suites and reports use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Staging => "staging",
            Self::Production => "production",
        }
    }
}

/// Settings that flags, endpoints, environments and `defaults` can all make; the nearest wins.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Layer {
    /// Request headers, each name once.
    pub headers: Vec<(HeaderName, Template)>,
    /// The longest time one attempt may take, redirects and body included.
    pub timeout: Option<Setting<Duration>>,
    /// When a request is sent again.
    pub retry: Retry,
}

impl Layer {
    /// This layer, and what a `farther` one says of all else.
    pub(super) fn over(mut self, farther: &Self) -> Self {
        for (name, value) in &farther.headers {
            if self.headers.iter().all(|(own, _)| own != name) {
                self.headers.push((name.clone(), value.clone()));
            }
        }
        let retry = farther.retry.clone();
        self.retry = Retry {
            times: self.retry.times.or(retry.times),
            backoff: self.retry.backoff.or(retry.backoff),
            max_wait: self.retry.max_wait.or(retry.max_wait),
            on: self.retry.on.or(retry.on),
        };
        self.timeout = self.timeout.or_else(|| farther.timeout.clone());
        self
    }
}

/// A method, a path and an expectation. Small, because there may be a million: all that most endpoints
/// share is behind `spec`.
#[derive(Debug)]
pub struct Endpoint {
    /// The path as written, query included; begins with `/`.
    pub path: Template,
    /// The line of the suite it stands on, from 1.
    pub line: u32,
    /// Its position among the entries of `endpoints` in all files, from 0; all that `each` makes of one have the same.
    pub entry: u32,
    /// Everything else.
    pub spec: Arc<EndpointSpec>,
}

impl Endpoint {
    /// Whether it says itself, without any `${…}`, that it is compared with the reference.
    #[must_use]
    pub fn is_compared(&self) -> bool {
        let is_same = |expect: &Setting<Arc<Expectation>>| match expect {
            Setting::Value(expectation) => **expectation == Expectation::Same,
            Setting::Template(_) => false,
        };
        self.spec.same
            || match &self.spec.expect {
                Expected::Everywhere(expect) => is_same(expect),
                Expected::PerEnvironment(each) => each.iter().flatten().any(is_same),
            }
    }
}

/// What an endpoint says besides its path.
#[derive(Debug, Clone)]
pub struct EndpointSpec {
    /// The name shown in reports.
    pub name: Option<String>,
    /// For `--tag`.
    pub tags: Vec<String>,
    /// GET unless the suite says otherwise.
    pub method: Method,
    /// What each environment should answer, in the order of `Suite::environments`; `None` where
    /// `environments:` leaves it out.
    pub expect: Expected,
    /// Whether the reference's status is demanded besides the expectation.
    pub same: bool,
    /// Query fields added to the path's own, percent-encoded when sent.
    pub query: Vec<(String, Template)>,
    /// What is sent as the request's content.
    pub body: Option<Body>,
    /// The endpoint's own headers and time limit.
    pub layer: Layer,
    /// How many redirects are followed; 0 judges the redirect itself.
    /// In a spec with `redirects`, as many as these steps need.
    pub follow_redirects: u32,
    /// Who asks.
    pub credential: As,
    /// The service that is asked, an index into `Suite::services`; `None` for the environment's own base URL.
    pub service: Option<usize>,
    /// Whether a redirect may lead into another environment of the suite.
    pub allow_crossing: bool,
}

impl EndpointSpec {
    /// Nothing but a method, and what it should be answered with everywhere.
    #[must_use]
    pub fn plain(method: Method, expectation: Expectation) -> Self {
        Self {
            name: None,
            tags: Vec::new(),
            method,
            expect: Expected::Everywhere(Setting::Value(Arc::new(expectation))),
            same: false,
            query: Vec::new(),
            body: None,
            layer: Layer::default(),
            follow_redirects: 0,
            credential: As::Default,
            service: None,
            allow_crossing: false,
        }
    }
}

/// What each environment should answer.
#[derive(Debug, Clone)]
pub enum Expected {
    /// The same expectation in every environment.
    Everywhere(Setting<Arc<Expectation>>),
    /// One entry for each environment of the suite, in order; `None` where the endpoint is not asked.
    PerEnvironment(Vec<Option<Setting<Arc<Expectation>>>>),
}

/// The content of a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// Sent as it is, without a content type.
    Text(Template),
    /// `application/json`; `${…}` is resolved in each string value.
    Json(serde_json::Value),
    /// `application/x-www-form-urlencoded`.
    Form(Vec<(String, Template)>),
}

/// What an embedded environment answers to one `[METHOD ]/path`; `T` is [`Template`] in a suite and
/// `String` once a plan has resolved it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MockRoute<T> {
    /// Any method where absent.
    pub method: Option<Method>,
    /// The path, compared as sent; a query is compared only where it is written.
    pub path: T,
    /// One answer or more, which are given in turn: after the last comes the first again.
    pub answers: Vec<MockAnswer<T>>,
}

/// One answer of an embedded environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MockAnswer<T> {
    /// The answer's status.
    pub status: http::StatusCode,
    /// The `Location` of `301 -> /new`.
    pub location: Option<T>,
    /// How long the answer is held back.
    pub delay: Duration,
    /// Further response fields.
    pub headers: Vec<(HeaderName, T)>,
    /// The answer's content.
    pub body: T,
}
