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

    /// `location` as the target `SERVICE:/path`, if it is not the own origin's but one of the
    /// [`addresses`](Self::addresses); of several on one host it is the one with the longest prefix that the location
    /// has.
    #[must_use]
    pub fn named(&self, location: &str, request: &Url) -> Option<String> {
        let url = request.join(location).ok()?;
        if self.owns(&url) {
            return None;
        }
        let addresses = self.addresses.iter();
        let theirs = addresses.filter_map(|&(name, base)| {
            let there = Self { base, ..*self };
            let prefix = there.prefix();
            let is_below = prefix.is_empty() || after_prefix(url.path(), prefix).is_some();
            let target = || format!("{name}:{}", there.relative(location, request));
            there.owns(&url).then(|| (is_below, prefix.len(), target()))
        });
        let closest = theirs.max_by_key(|(is_below, length, _)| (*is_below, *length));
        closest.map(|(_, _, target)| target)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_named_by_the_closest_service() {
        let urls = [
            "http://h.test",
            "http://a.test/v2",
            "http://a.test/v2/deep",
            "http://b.test:81",
        ];
        let urls = urls.map(|text| Url::parse(text).unwrap());
        let names = ["default", "api", "deep", "login"];
        let addresses: Vec<_> = names.into_iter().zip(&urls).collect();
        for (base, location, expected) in [
            (0, "/x", None),
            (0, "https://h.test/x", None),
            (0, "http://a.test/v2/x?y#z", Some("api:/x?y#z")),
            (0, "http://a.test/v2", Some("api:/")),
            (0, "http://a.test/v2/deep/x", Some("deep:/x")),
            (0, "http://a.test/v2/deeper", Some("api:/deeper")),
            // Below none of them: the longest prefix is as good as any other.
            (0, "http://a.test/x", Some("deep:/x")),
            (0, "//b.test:81/x", Some("login:/x")),
            (0, "http://b.test/x", None),
            (0, "http://user@b.test:81/x", None),
            (3, "http://h.test/x", Some("default:/x")),
            (3, "/x", None),
            (0, "http://[", None),
        ] {
            let base = &urls[base];
            let origin = Origin {
                base,
                addresses: &addresses,
            };
            let target = origin.named(location, base);
            assert_eq!(target.as_deref(), expected, "{base} {location}");
        }
    }
}
