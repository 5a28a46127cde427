//! Where an environment is, and how that is taken off a `Location`.
//!
//! Input: the base URL that was asked, and those of the environment's services. Output: a form of a location that two
//! environments can be compared by. It refuses nothing: what is no URL stays as it is.

use url::{Position, Url};

/// An environment's own origin and path prefix, to be taken off a `Location`.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// The base URL that was asked.
    pub base: &'a Url,
    /// Everywhere the environment is, by the names of its services, for targets that name one.
    pub addresses: &'a [(&'a str, &'a Url)],
}

impl Origin<'_> {
    /// `location` in a form that two environments can be compared by: absolute, but without the own origin
    /// and prefix where it has them. A location that is no URL is returned as it is.
    #[must_use]
    pub fn relative(&self, location: &str, request: &Url) -> String {
        let Ok(url) = request.join(location) else {
            return location.to_owned();
        };
        if !self.owns(&url) {
            return url.into();
        }
        let place = &url[Position::BeforePath..];
        after_prefix(place, self.prefix()).map_or_else(|| place.to_owned(), rooted)
    }

    /// The same as `service` has it, if there is such an address.
    pub(super) fn at(self, service: Option<&str>) -> Option<Self> {
        let Some(service) = service else {
            return Some(self);
        };
        let mut addresses = self.addresses.iter();
        let &(_, base) = addresses.find(|(name, _)| *name == service)?;
        Some(Self { base, ..self })
    }

    /// Whether `url` is on the environment's own host, by http or https. Credentials in it would be lost with
    /// the origin, so such a URL is not its own.
    pub(super) fn owns(self, url: &Url) -> bool {
        // `port()` is absent where it is the default of the URL's own scheme.
        matches!(url.scheme(), "http" | "https")
            && (url.host(), url.port()) == (self.base.host(), self.base.port())
            && url.username().is_empty()
            && url.password().is_none()
    }

    pub(super) fn prefix(&self) -> &str {
        self.base.path().trim_end_matches('/')
    }
}

/// What follows `prefix` in `place`, if it has it as whole segments; a `*` may stand for the boundary.
pub(super) fn after_prefix<'a>(place: &'a str, prefix: &str) -> Option<&'a str> {
    let rest = place.strip_prefix(prefix)?;
    (!prefix.is_empty() && (rest.is_empty() || rest.starts_with(['/', '?', '#', '*'])))
        .then_some(rest)
}

/// `rest` as a path of its own.
pub(super) fn rooted(rest: &str) -> String {
    if rest.starts_with('/') {
        rest.to_owned()
    } else {
        format!("/{rest}")
    }
}
