//! What kind of system an environment is, told from its name and host.
//!
//! Input: a name, and the host of a base URL where there is one. Output: an [`EnvironmentType`]. It knows no
//! doubt: what nothing speaks against is production.

use std::net::{Ipv4Addr, Ipv6Addr};

use url::Host;

use super::EnvironmentType;

const STAGING: &[&str] = &[
    "stag", "staging", "stage", "pre", "preprod", "preview", "uat", "qa", "test",
];
const PRODUCTION: &[&str] = &["prod", "prd", "production", "live", "main", "master"];
const DEVELOPMENT: &[&str] = &["dev", "development", "local"];

/// The type of an environment that states none. Staging's words win over production's, and those over
/// development's; a name with none of them is production, unless its host is loopback or private.
#[must_use]
pub fn infer_type(name: &str, host: Option<&Host<&str>>) -> EnvironmentType {
    type_in_name(name).unwrap_or_else(|| {
        if host.is_some_and(is_private) {
            EnvironmentType::Development
        } else {
            EnvironmentType::Production
        }
    })
}

/// The type that the words of a name tell, where they tell one.
#[must_use]
pub fn type_in_name(name: &str) -> Option<EnvironmentType> {
    let name = name.to_ascii_lowercase();
    let parts: Vec<&str> = name.split(|c: char| !c.is_ascii_alphabetic()).collect();
    let has = |words: &[&str]| parts.iter().any(|part| words.contains(part));
    if has(STAGING) {
        Some(EnvironmentType::Staging)
    } else if has(PRODUCTION) {
        Some(EnvironmentType::Production)
    } else if has(DEVELOPMENT) {
        Some(EnvironmentType::Development)
    } else {
        None
    }
}

fn is_private(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            name == "localhost" || name.ends_with(".localhost")
        }
        Host::Ipv4(address) => is_private_v4(*address),
        Host::Ipv6(address) => is_private_v6(*address),
    }
}

/// RFC 1918 private, RFC 3927 link-local, RFC 1122 loopback.
fn is_private_v4(address: Ipv4Addr) -> bool {
    address.is_loopback() || address.is_private() || address.is_link_local()
}

/// RFC 4193 unique local, RFC 4291 loopback and link-local.
fn is_private_v6(address: Ipv6Addr) -> bool {
    address.is_loopback()
        || address.is_unique_local()
        || address.is_unicast_link_local()
        || address.to_ipv4_mapped().is_some_and(is_private_v4)
}

#[cfg(test)]
mod tests {
    use super::*;
    use EnvironmentType::{Development, Production, Staging};

    #[test]
    fn infers_types() {
        for (name, url, expected) in [
            ("production", None, Production),
            ("PROD-eu", Some("http://127.0.0.1"), Production),
            ("prod2", None, Production),
            ("staging-live", None, Staging),
            ("pre_prod", None, Staging),
            ("preprod", None, Staging),
            ("qa1", None, Staging),
            ("dev", Some("https://shop.example"), Development),
            ("local.dev", None, Development),
            ("main-dev", None, Production),
            ("latest", Some("https://shop.example"), Production),
            ("clone", Some("https://shop.example"), Production),
            ("clone", None, Production),
            ("clone", Some("http://localhost:8080"), Development),
            ("clone", Some("http://a.localhost"), Development),
            ("clone", Some("http://localhost.example"), Production),
            ("clone", Some("http://10.1.2.3"), Development),
            ("clone", Some("http://172.31.0.1"), Development),
            ("clone", Some("http://172.32.0.1"), Production),
            ("clone", Some("http://192.168.1.1"), Development),
            ("clone", Some("http://169.254.1.1"), Development),
            ("clone", Some("http://[::1]"), Development),
            ("clone", Some("http://[fd00::1]"), Development),
            ("clone", Some("http://[fe80::1]"), Development),
            ("clone", Some("http://[2001:db8::1]"), Production),
            ("clone", Some("http://8.8.8.8"), Production),
        ] {
            let url = url.map(|url| url::Url::parse(url).unwrap());
            let host = url.as_ref().and_then(url::Url::host);
            assert_eq!(infer_type(name, host.as_ref()), expected, "{name} {url:?}");
        }
    }
}
