//! Redirect targets (`Location`) and how they are compared between environments.
//!
//! Input: the target of `301 -> /new`, and a `Location` field with the URL it answered. Output: whether they
//! are the same place, or a form of the location that two environments can be compared by. Both sides go
//! through the same URL parser, so spellings that it normalises are equal; nothing is decoded.

use std::fmt;

use url::{Position, Url};

use super::origin::{Origin, after_prefix, rooted};
use super::parse::ParseError;
use super::slip;

/// What a redirect should lead to: a path, compared after the environment's own origin and prefix are taken
/// off, the same in a service of the environment (`login:/path`), or a full URL, compared whole; `*` stands for any
/// text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Target {
    written: Box<str>,
    /// The service that the path is below, where it is not the one that was asked.
    service: Option<Box<str>>,
    pattern: Pattern,
}

/// The normalised target, in which only `*` is special.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Pattern {
    /// Path, query and fragment on the environment's own origin.
    Path(Box<str>),
    /// Kept in two, so that a `*` in the host cannot reach into the path.
    Full { origin: Box<str>, rest: Box<str> },
}

impl Target {
    /// Reads a path that begins with `/`, the name of a service before one (`login:/path`), or an absolute http or https
    /// URL.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        if text
            .chars()
            .any(|character| character.is_whitespace() || character.is_control())
        {
            let message = format!(
                "the redirect target `{}` has white space in it",
                slip::shown(text)
            );
            return Err(ParseError::new(
                message,
                "a space in a target is written `%20`, or `*` for any text",
            ));
        }
        let (service, pattern) = match service_and_path(text) {
            Some((service, path)) => (Some(service.into()), path_pattern(path)?),
            None if text.starts_with('/') => (None, path_pattern(text)?),
            None => (None, full_pattern(text)?),
        };
        Ok(Self {
            written: text.into(),
            service,
            pattern,
        })
    }

    /// Whether it is a full URL, and not a path that holds in every environment.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        matches!(self.pattern, Pattern::Full { .. })
    }

    /// The service that the target names.
    #[must_use]
    pub fn service(&self) -> Option<&str> {
        self.service.as_deref()
    }

    /// Whether `location`, answered to a request for `request`, is this target.
    #[must_use]
    pub fn admits(&self, location: &str, request: &Url, origin: Origin<'_>) -> bool {
        let Ok(url) = request.join(location) else {
            return false;
        };
        let Some(origin) = origin.at(self.service()) else {
            return false;
        };
        match &self.pattern {
            Pattern::Full { origin, rest } => {
                glob(origin, &url[..Position::BeforePath])
                    && glob(rest, &url[Position::BeforePath..])
            }
            Pattern::Path(pattern) => {
                let place = &url[Position::BeforePath..];
                let prefix = origin.prefix();
                origin.owns(&url)
                    && match after_prefix(place, prefix) {
                        Some(rest) if after_prefix(pattern, prefix).is_none() => {
                            glob(pattern, &rooted(rest))
                        }
                        _ => glob(pattern, place),
                    }
            }
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

/// `login` and `/path` of `login:/path`; a name has letters, digits, `-`, `_` and `.`.
fn service_and_path(text: &str) -> Option<(&str, &str)> {
    let (name, path) = text.split_once(':')?;
    let is_name = |name: &str| {
        name.chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
    };
    let named = !name.is_empty() && is_name(name) && !is_http(name);
    (named && path.starts_with('/') && !path.starts_with("//")).then_some((name, path))
}

fn path_pattern(text: &str) -> Result<Pattern, ParseError> {
    if let Some(rest) = text.strip_prefix("//") {
        let message = format!(
            "the redirect target `{}` is neither a path nor a full URL",
            slip::shown(text)
        );
        return Err(ParseError::new(
            message,
            format!(
                "write `https://{}`, or a path with one `/`",
                slip::shown(rest)
            ),
        ));
    }
    // Any origin serves: the parser is wanted for what it does to the path.
    let url = Url::parse(&format!("http://origin{text}")).map_err(|error| no_url(text, error))?;
    Ok(Pattern::Path(url[Position::BeforePath..].into()))
}

fn full_pattern(text: &str) -> Result<Pattern, ParseError> {
    let Some((scheme, rest)) = text.split_once("://").filter(|(scheme, _)| is_http(scheme)) else {
        let message = format!(
            "the redirect target `{}` is neither a path nor a full URL",
            slip::shown(text)
        );
        let help = if text.contains(':') {
            "a full URL begins with `http://` or `https://`, a path with `/`".to_owned()
        } else {
            format!("write the path from its root: `/{}`", slip::shown(text))
        };
        return Err(ParseError::new(message, help));
    };
    if rest.contains('*') && !rest.contains(['/', '?', '#']) {
        let message = format!(
            "the `*` in `{}` stands for a part of the host only",
            slip::shown(text)
        );
        let host = rest.trim_end_matches('*');
        let host = if host.is_empty() { "*" } else { host };
        return Err(ParseError::new(
            message,
            format!(
                "write `{scheme}://{}/*` for any path on it",
                slip::shown(host)
            ),
        ));
    }
    let url = Url::parse(text).map_err(|error| no_url(text, error))?;
    Ok(Pattern::Full {
        origin: url[..Position::BeforePath].into(),
        rest: url[Position::BeforePath..].into(),
    })
}

fn is_http(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")
}

fn no_url(text: &str, error: url::ParseError) -> ParseError {
    ParseError {
        message: format!(
            "the redirect target `{}` is no URL: {error}",
            slip::shown(text)
        ),
        help: None,
    }
}

/// Whether `text` is `pattern`, in which `*` stands for any text.
pub fn glob(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let Some(mut rest) = pieces.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let Some(last) = pieces.next_back() else {
        return rest.is_empty();
    };
    for piece in pieces {
        let Some((_, after)) = rest.split_once(piece) else {
            return false;
        };
        rest = after;
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn compares_targets() {
        let plain = "http://h.test";
        let shop = "https://h.test/shop";
        let port = "http://localhost:8080";
        for (base, target, location, admitted) in [
            (plain, "/new", "/new", true),
            (plain, "/new", "http://h.test/new", true),
            (plain, "/new", "https://h.test/new", true),
            (plain, "/new", "//h.test/new", true),
            (plain, "/new", "http://H.TEST:80/new", true),
            (plain, "/new", "new", false),
            (plain, "/dir/new", "new", true),
            (plain, "/new", "../new", true),
            (plain, "/new", "http://other.test/new", false),
            (plain, "/new", "http://h.test:8080/new", false),
            (plain, "/new", "https://h.test:80/new", false),
            (plain, "/new", "ftp://h.test/new", false),
            (plain, "/new", "http://user@h.test/new", false),
            (plain, "/*", "https://other/x", false),
            (plain, "/*", "http://[", false),
            (plain, "/new", "/new/", false),
            (plain, "/new", "/new?a=1", false),
            (plain, "/new?a=1", "/new?a=1", true),
            (plain, "/new", "/new#top", false),
            (plain, "/new#top", "/new#top", true),
            (plain, "/login?*", "/login?next=/admin", true),
            (plain, "/login?*", "/login", false),
            (plain, "/a*b*c", "/a--b--c", true),
            (plain, "/a*b*c", "/ac", false),
            (plain, "/ab*ba", "/aba", false),
            (plain, "/a.c", "/abc", false),
            (plain, "/a[bc]", "/ab", false),
            (plain, "/caf%C3%A9", "/café", true),
            (plain, "/café", "/caf%C3%A9", true),
            (plain, "/café?q=é", "/caf%C3%A9?q=%C3%A9", true),
            (port, "/new", "https://localhost:8080/new", true),
            (port, "/new", "http://localhost/new", false),
            (shop, "/new", "/shop/new", true),
            (shop, "/new", "http://h.test/shop/new", true),
            (shop, "/new", "/new", true),
            (shop, "/shop/new", "/shop/new", true),
            (shop, "/shop/new", "/new", false),
            (shop, "/ping/new", "/shopping/new", false),
            (shop, "/shopping/new", "/shopping/new", true),
            (shop, "/shop*", "/shop/new", true),
            (shop, "/", "/shop", true),
            (shop, "/", "/shop/", true),
            (shop, "/?a", "/shop?a", true),
            (plain, "https://other.test/x", "https://other.test/x", true),
            (plain, "https://other.test/x", "http://other.test/x", false),
            (plain, "https://other.test", "https://other.test/", true),
            (
                plain,
                "HTTPS://Other.Test/*",
                "https://other.test/x?y",
                true,
            ),
            (plain, "http://h.test/dir/x", "x", true),
            (
                plain,
                "https://*.example.test/x",
                "https://a.example.test/x",
                true,
            ),
            (
                plain,
                "https://*.example.test/x",
                "https://evil.test/.example.test/x",
                false,
            ),
        ] {
            let base = url(base);
            let request = url(&format!("{}/dir/page", base.as_str().trim_end_matches('/')));
            let found = Target::parse(target).unwrap().admits(
                location,
                &request,
                Origin {
                    base: &base,
                    addresses: &[],
                },
            );
            assert_eq!(
                found, admitted,
                "base {base}, target {target}, location {location}"
            );
        }
    }

    #[test]
    fn takes_off_the_own_origin_and_prefix() {
        for (base, location, relative) in [
            ("http://h.test", "/new?a#b", "/new?a#b"),
            ("http://h.test", "https://h.test/new", "/new"),
            ("http://h.test", "new", "/dir/new"),
            ("http://h.test", "//other.test/new", "http://other.test/new"),
            (
                "http://h.test",
                "http://h.test:81/new",
                "http://h.test:81/new",
            ),
            ("http://h.test", "http://[", "http://["),
            ("http://h.test", "mailto:a@h.test", "mailto:a@h.test"),
            ("http://h.test/shop/", "/shop/new", "/new"),
            ("http://h.test/shop", "/shop", "/"),
            ("http://h.test/shop", "/shopping", "/shopping"),
            (
                "http://h.test/shop",
                "https://other.test/shop/new",
                "https://other.test/shop/new",
            ),
        ] {
            let base = url(base);
            let request = url("http://h.test/dir/page");
            assert_eq!(
                Origin {
                    base: &base,
                    addresses: &[],
                }
                .relative(location, &request),
                relative,
                "{base} {location}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_location_is_taken(location in "\\PC{0,40}|(https?:)?/{0,3}[a-z%/?#.:@*\\[\\]]{0,30}", target in "/[a-z*?/é]{0,9}") {
            let base = url("http://h.test/shop");
            let origin = Origin {
            base: &base,
            addresses: &[],
        };
            let _ = origin.relative(&location, &base);
            if let Ok(target) = Target::parse(&target) {
                let _ = target.admits(&location, &base, origin);
            }
        }

        #[test]
        fn a_target_admits_itself(path in "/[a-z0-9%é?/]{0,20}") {
            prop_assume!(!path.starts_with("//"));
            let base = url("http://h.test");
            let origin = Origin {
            base: &base,
            addresses: &[],
        };
            let admitted = Target::parse(&path).unwrap().admits(&path, &base, origin);
            prop_assert!(admitted);
        }
    }
}
