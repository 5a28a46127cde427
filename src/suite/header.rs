//! Request headers as a suite may set them.
//!
//! Input: names and values as text. Output: a [`HeaderName`], or nothing at all. It refuses what is no
//! header, and the ones that the program itself has to set (RFC 9110 and RFC 9112).

use http::{HeaderName, HeaderValue};

/// Fields that frame the message: wrong ones break the request itself.
const FRAMING: &[&str] = &["content-length", "transfer-encoding"];
const SECRET_NAMES: &[&str] = &["authorization", "cookie", "proxy-authorization"];
const SECRET_PARTS: &[&str] = &["token", "key", "secret", "password", "bypass"];

/// Whether the values of this header are secrets, shown as `***` wherever they turn up.
#[must_use]
pub fn is_secret_header(name: &HeaderName) -> bool {
    is_secret_name(name.as_str())
}

/// [`is_secret_header`] for a name that may not be one, such as that of a variable.
#[must_use]
pub fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET_NAMES.contains(&name.as_str()) || SECRET_PARTS.iter().any(|part| name.contains(part))
}

/// Reads the name of a header that a suite or `-H` may set.
pub fn parse_header_name(text: &str) -> Result<HeaderName, String> {
    let name = parse_any_header_name(text)?;
    if FRAMING.contains(&name.as_str()) {
        return Err(format!("`{text}` is set by the program itself"));
    }
    Ok(name)
}

/// Reads the name of a header of whatever direction.
pub(super) fn parse_any_header_name(text: &str) -> Result<HeaderName, String> {
    HeaderName::from_bytes(text.as_bytes()).map_err(|_no_name| match text {
        "" => "a header's name is missing".to_owned(),
        _ => format!("`{text}` is no name of a header: letters, digits and `-`"),
    })
}

/// Whether `value` may be a header's value once it is resolved.
pub fn check_header_value(value: &str) -> Result<(), String> {
    match HeaderValue::from_str(value) {
        Ok(_) => Ok(()),
        Err(_) => Err("a header's value has no line breaks or other control characters".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_secrets() {
        for (name, secret) in [
            ("authorization", true),
            ("cookie", true),
            ("x-api-key", true),
            ("x-vercel-protection-bypass", true),
            ("private-token", true),
            ("x-team", false),
            ("accept", false),
        ] {
            assert_eq!(
                is_secret_header(&HeaderName::from_static(name)),
                secret,
                "{name}"
            );
        }
    }

    #[test]
    fn reads_names_and_values() {
        for (name, good) in [
            ("X-Team", true),
            ("", false),
            ("X Team", false),
            ("X:", false),
            ("Content-Length", false),
            ("é", false),
        ] {
            assert_eq!(parse_header_name(name).is_ok(), good, "{name}");
        }
        for (value, good) in [
            ("a b", true),
            ("", true),
            ("é", true),
            ("a\nb", false),
            ("a\0", false),
        ] {
            assert_eq!(check_header_value(value).is_ok(), good, "{value:?}");
        }
    }
}
