//! Following redirects (RFC 9110, section 15.4): where to, with which method, and what stays behind.

use http::{Method, StatusCode};
use url::Url;

use crate::outcome::{Failure, FailureKind};

/// Whether the status asks to be followed to its `Location`.
pub(super) fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// Where a redirect leads, or why it cannot be followed.
pub(super) fn target(
    status: StatusCode,
    location: Option<&str>,
    from: &Url,
) -> Result<Url, Failure> {
    let bad = |why: String| Failure::new(FailureKind::BadRedirect, why);
    let location =
        location.ok_or_else(|| bad(format!("a {} without a `Location`", status.as_u16())))?;
    if location.trim().is_empty() {
        return Err(bad(format!(
            "a {} with an empty `Location`",
            status.as_u16()
        )));
    }
    let mut url = from
        .join(location)
        .map_err(|error| bad(format!("the `Location` `{location}` is no URL: {error}")))?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(bad(format!(
            "the `Location` `{location}` is no http or https URL"
        )));
    }
    // Credentials from a server are not ours to send, and a fragment never goes over the wire.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_fragment(None);
    Ok(url)
}

/// The method of the next request: 301 and 302 turn POST into GET, 303 everything but HEAD.
pub(super) fn next_method(status: StatusCode, method: &Method) -> Method {
    match status.as_u16() {
        301 | 302 if *method == Method::POST => Method::GET,
        303 if *method != Method::HEAD => Method::GET,
        _ => method.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_change_as_browsers_change_them() {
        let table = [
            (301, "GET", "GET"),
            (301, "POST", "GET"),
            (301, "PUT", "PUT"),
            (302, "POST", "GET"),
            (302, "HEAD", "HEAD"),
            (303, "POST", "GET"),
            (303, "DELETE", "GET"),
            (303, "HEAD", "HEAD"),
            (307, "POST", "POST"),
            (308, "POST", "POST"),
        ];
        for (status, before, after) in table {
            let status = StatusCode::from_u16(status).unwrap();
            let before: Method = before.parse().unwrap();
            assert_eq!(
                next_method(status, &before).as_str(),
                after,
                "{status} {before}"
            );
        }
    }

    #[test]
    fn a_location_is_resolved_or_refused() {
        let from = Url::parse("https://h/a/b?q").unwrap();
        let table = [
            (Some("/c"), Some("https://h/c")),
            (Some("c"), Some("https://h/a/c")),
            (Some("//o/c"), Some("https://o/c")),
            (Some("http://u:p@o/c#f"), Some("http://o/c")),
            (Some("?r"), Some("https://h/a/b?r")),
            (None, None),
            (Some(" "), None),
            (Some("mailto:x@y"), None),
            (Some("http://"), None),
            (Some("ftp://h/c"), None),
        ];
        for (location, expected) in table {
            let target = target(StatusCode::FOUND, location, &from);
            assert_eq!(
                target.as_ref().ok().map(Url::as_str),
                expected,
                "{location:?}: {target:?}"
            );
        }
    }
}
