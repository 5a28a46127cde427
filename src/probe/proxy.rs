//! Which proxy a request goes through, so that a failure on the way can say so. The decision itself is the
//! HTTP client's; this asks the same matcher about the same variables.

use hyper_util::client::proxy::matcher::Matcher;
use url::Url;

use crate::plan::Proxy;

/// The variables that name a proxy.
const VARIABLES: [&str; 6] = [
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
];

/// Whether a proxy can be named elsewhere, too.
const HAS_SYSTEM_PROXIES: bool = cfg!(any(target_os = "macos", windows));

/// The proxies of the process environment.
pub(super) struct Proxies {
    matcher: Option<Matcher>,
}

impl Proxies {
    /// Those that stand in the way that `proxy` chooses.
    pub(super) fn new(proxy: &Proxy) -> Self {
        Self {
            matcher: match proxy {
                Proxy::Environment if !is_ruled_out() => Some(Matcher::from_env()),
                Proxy::Environment | Proxy::None => None,
                Proxy::Url(url) => Some(Matcher::builder().all(url.as_str()).build()),
            },
        }
    }

    /// The proxy in front of `url`, as `scheme://host:port` without credentials.
    pub(super) fn before(&self, url: &Url) -> Option<String> {
        let destination = url[..url::Position::BeforePath].parse().ok()?;
        let proxy = self.matcher.as_ref()?.intercept(&destination)?;
        let uri = proxy.uri();
        let host = uri.authority().map_or("", |authority| authority.as_str());
        let host = host
            .rsplit_once('@')
            .map_or(host, |(_credentials, host)| host);
        Some(format!("{}://{host}", uri.scheme_str().unwrap_or("http")))
    }
}

/// Whether there is no proxy whatever the URL: a client that need not ask for each request is faster. `NO_PROXY`
/// may be `*`, which the matcher applies to names only, and not to addresses.
pub(super) fn is_ruled_out() -> bool {
    let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    if !HAS_SYSTEM_PROXIES && VARIABLES.into_iter().all(|name| variable(name).is_none()) {
        return true;
    }
    let excluded = variable("NO_PROXY").or_else(|| variable("no_proxy"));
    excluded.is_some_and(|hosts| hosts.split(',').any(|host| host.trim() == "*"))
}
