//! What a base URL, an endpoint's path and an IP address may be.
//!
//! Input: their texts, with `${…}` already resolved. Output: a [`Url`] or an address, or nothing at all. It refuses
//! everything that would be sent otherwise than it is written (RFC 3986, section 5.2).

use std::net::{IpAddr, SocketAddr};
use std::ops::Range;

use url::Url;

use super::names::shortened;

/// Reads a base URL: http or https, a host, an optional path, and nothing else.
pub fn parse_base_url(text: &str) -> Result<Url, String> {
    let url = match Url::parse(text) {
        Ok(url) => url,
        Err(error) => return Err(no_url(text, error)),
    };
    if !matches!(url.scheme(), "http" | "https") {
        return Err(match url.scheme() {
            // `localhost:8080` parses as a URL with the scheme `localhost`.
            scheme if !text.contains("://") => {
                format!("a base URL begins with `http://` or `https://`, found `{scheme}:`")
            }
            scheme => format!("expected `http` or `https`, found `{scheme}`"),
        });
    }
    if text.contains('\\') || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err("a base URL has no white space, backslashes or control characters".to_owned());
    }
    if !text[url.scheme().len()..].starts_with("://") {
        return Err(format!("expected `{}://` at the beginning", url.scheme()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("a base URL has no user name or password in it".to_owned());
    }
    if url.query().is_some() {
        return Err("a base URL has no query".to_owned());
    }
    if url.fragment().is_some() {
        return Err("a base URL has no fragment (`#…`)".to_owned());
    }
    if has_dot_segment(text.split_once("://").map_or("", |(_, rest)| rest)) {
        return Err("a base URL has no `.` or `..` segments".to_owned());
    }
    Ok(url)
}

/// The most bytes of a path with its query, as it is sent. A whole URL has up to 65,534 (what the `http` crate takes);
/// the rest is for the base URL.
const MAX_TARGET: usize = 64_000;

/// Whether a path is short enough to be sent, with its query and as it is sent.
pub(crate) fn check_length(target: &str) -> Result<(), String> {
    if target.len() <= MAX_TARGET {
        return Ok(());
    }
    Err(format!(
        "a path has up to {MAX_TARGET} bytes as it is sent, with its query; found {}",
        target.len()
    ))
}

/// Whether `path` has nothing in it that could be anything but a path. Most have not, which one look at each byte tells.
pub(super) fn is_plain_path(path: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_');
    path.starts_with('/')
        && !path.starts_with("//")
        && path.len() <= MAX_TARGET
        && path.bytes().all(is_plain)
}

/// Whether `path` (with its query, if any) may be an endpoint's: sent as it is written, below a base URL.
pub fn check_path(path: &str) -> Result<(), String> {
    if is_plain_path(path) {
        return Ok(());
    }
    if path.starts_with("http://") || path.starts_with("https://") {
        return Err("a path is expected, found a full URL".to_owned());
    }
    if path.is_empty() {
        return Err("a path is missing".to_owned());
    }
    if !path.starts_with('/') {
        return Err(format!(
            "a path begins with `/`, found `{}`",
            shortened(path)
        ));
    }
    if path.starts_with("//") {
        return Err("a path begins with one `/`, found two".to_owned());
    }
    check_length(path)?;
    for c in path.chars() {
        match c {
            '\\' => return Err("a path has no backslashes: they would be sent as `/`".to_owned()),
            '#' => return Err("a path has no fragment (`#…`): it is never sent".to_owned()),
            c if c.is_control() => return Err("a path has no control characters".to_owned()),
            c if c.is_whitespace() => return Err("a path has no white space".to_owned()),
            _ => {}
        }
    }
    let before_query = path.split('?').next().unwrap_or(path);
    if has_dot_segment(before_query) {
        return Err(
            "a path has no `.` or `..` segments: they would be resolved before it is sent"
                .to_owned(),
        );
    }
    Ok(())
}

/// Where a URL holds a user name and a password.
pub(super) fn user_info(url: &str) -> Option<Range<usize>> {
    let start = url.find("://")? + 3;
    let rest = &url[start..];
    let authority = rest.split(['/', '?', '#']).next()?;
    let at = authority.rfind('@').or_else(|| {
        // A password with a `/` in it looks like a port that is no number.
        let (_, port) = authority.rsplit_once(':')?;
        let is_port = port.bytes().all(|byte| byte.is_ascii_digit());
        rest.rfind('@').filter(|_| !is_port)
    })?;
    Some(start..start + at)
}

/// Reads an IP address, without a port or brackets.
pub fn parse_ip(text: &str) -> Result<IpAddr, String> {
    text.parse().map_err(|_no_address| match text {
        "" => "an IP address is missing".to_owned(),
        text if text.parse::<SocketAddr>().is_ok() => {
            format!("`{text}` has a port, expected an IP address alone")
        }
        text => format!(
            "`{}` is no IP address, expected one such as `10.0.0.5`",
            shortened(text)
        ),
    })
}

fn no_url(text: &str, error: url::ParseError) -> String {
    if text.is_empty() {
        return "a base URL is missing".to_owned();
    }
    match error {
        url::ParseError::RelativeUrlWithoutBase => {
            format!(
                "a base URL begins with `http://` or `https://`, found `{}`",
                shortened(text)
            )
        }
        url::ParseError::EmptyHost => "a base URL has a host, found none".to_owned(),
        error => format!("no URL: {error}"),
    }
}

fn has_dot_segment(path: &str) -> bool {
    // Many paths have nothing that could be a dot, which is told much faster.
    let may_have_dots = path.bytes().any(|byte| matches!(byte, b'.' | b'%'));
    may_have_dots
        && path.split('/').any(|segment| {
            let plain = segment.to_ascii_lowercase().replace("%2e", ".");
            plain == "." || plain == ".."
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_urls() {
        for text in [
            "http://localhost:8080",
            "https://h.example/shop/",
            "http://[::1]:8/a",
            "HTTP://H",
        ] {
            assert!(parse_base_url(text).is_ok(), "{text}");
        }
        for text in [
            "",
            "localhost",
            "localhost:8080",
            "ftp://h",
            "http:/h",
            "http:h",
            "http://",
            "http://h?a",
            "http://h#a",
            "http://u@h",
            "http://u:p@h",
            "http://h/../a",
            "http://h/%2E/a",
            "http://h\\a",
            "http://h/a b",
            "http://h:99999",
            "//h",
            " http://h",
            "http://h/a\tb",
            "mailto:a@b",
        ] {
            assert!(parse_base_url(text).is_err(), "{text}");
        }
    }

    #[test]
    fn addresses() {
        for (text, good) in [
            ("10.0.0.5", true),
            ("::1", true),
            ("2001:db8::1", true),
            ("", false),
            ("10.0.0.5:443", false),
            ("[::1]", false),
            ("[::1]:443", false),
            ("localhost", false),
            ("10.0.0.256", false),
            ("010.0.0.5", false),
        ] {
            assert_eq!(parse_ip(text).is_ok(), good, "{text}");
        }
    }

    #[test]
    fn a_path_is_short_enough_to_be_sent() {
        for start in ["/", "/?a=", "/."] {
            let path = format!("{start}{}", "x".repeat(MAX_TARGET - start.len()));
            assert_eq!(check_path(&path), Ok(()));
            let message = check_path(&format!("{path}x")).unwrap_err();
            assert!(message.contains("found 64001"), "{message}");
        }
    }

    #[test]
    fn paths() {
        for path in [
            "/",
            "/a",
            "/a/b?c=d&e=/../f",
            "/ä",
            "/a/...",
            "/a//b",
            "/.well-known",
            "/a%2Fb",
            "/a:200",
        ] {
            assert_eq!(check_path(path), Ok(()), "{path}");
        }
        for path in [
            "",
            "a",
            "//a",
            "http://h/a",
            "/a#b",
            "/a\\b",
            "/a\tb",
            "/a b",
            "/.",
            "/a/../b",
            "/%2e%2E/a",
            "/a/.%2e",
            "?a",
            "/a\u{7f}",
            "/./a?b",
        ] {
            assert!(check_path(path).is_err(), "{path}");
        }
    }
}
