//! How an environment is reached: `tls`, `proxy`, `resolve`, `http_version`.
//!
//! Input: the raw keys. Output: their nouns. It refuses half a client certificate, versions that are not
//! spoken, proxies and addresses that are none.

use url::{Host, Url};

use super::address::{parse_ip, user_info};
use super::model::{HttpVersion, Proxy, Tls, TlsVersion};
use super::names::shortened;
use super::place::Place;
use super::problems::Problems;
use super::raw::{Pairs, RawTls, Text};
use super::template::Template;
use crate::diagnostic::Diagnostic;

const PROXY_SCHEMES: [&str; 4] = ["http", "https", "socks5", "socks5h"];

/// Reads `tls`; without it, nothing is set.
pub(super) fn tls(raw: Option<&RawTls>, place: &Place, problems: &mut Problems) -> Tls {
    let Some(raw) = raw else {
        return Tls::default();
    };
    let alone = match (&raw.cert_file, &raw.key_file) {
        (Some(_), None) => Some(("cert_file", "key_file")),
        (None, Some(_)) => Some(("key_file", "cert_file")),
        _ => None,
    };
    if let Some((there, missing)) = alone {
        let problem = Diagnostic::new("bad-tls", format!("`{there}` without `{missing}`"));
        let help =
            "a certificate and its private key go together; both keys may name the same file";
        problems.key(place.inside(there), problem.help(help));
    }
    let mut file = |key: &str, raw: &Option<Text>| {
        let Text(name) = raw.as_ref()?;
        file_name(name, &place.inside(key), problems)
    };
    Tls {
        ca_file: file("ca_file", &raw.ca_file),
        cert_file: file("cert_file", &raw.cert_file),
        key_file: file("key_file", &raw.key_file),
        insecure: raw.insecure.is_some_and(|switch| switch.0),
        min_version: raw
            .min_version
            .as_ref()
            .and_then(|Text(text)| tls_version(text, &place.inside("min_version"), problems)),
    }
}

/// Reads `proxy`.
pub(super) fn proxy(raw: Option<&Text>, place: &Place, problems: &mut Problems) -> Option<Proxy> {
    let Text(text) = raw?;
    let template = problems.template(place, text)?;
    match template.as_plain().map(parse_proxy) {
        None | Some(Ok(Some(_))) => Some(Proxy::Url(template)),
        Some(Ok(None)) => Some(Proxy::None),
        Some(Err(message)) => {
            let problem = Diagnostic::new("bad-proxy", message);
            let off = ["", "false", "no", "off", "direct"];
            let help = if off.contains(&text.to_ascii_lowercase().as_str()) {
                "no proxy at all is `proxy: none`; without the key the usual variables decide"
            } else {
                "a proxy looks like `http://proxy.example.com:3128`, `socks5h://localhost:1080` or `none`"
            };
            problems.value(place.clone(), problem.help(help));
            None
        }
    }
}

/// Reads a proxy once it is resolved: a URL, or nothing for `none`. The error does not repeat the text, which
/// may hold a password.
pub fn parse_proxy(text: &str) -> Result<Option<Url>, String> {
    if text == "none" {
        return Ok(None);
    }
    if text.is_empty() {
        return Err("a proxy is missing".to_owned());
    }
    let wrong_scheme = "a proxy begins with `http://`, `https://`, `socks5://` or `socks5h://`";
    let Some((scheme, _)) = text.split_once("://") else {
        return Err(wrong_scheme.to_owned());
    };
    if !PROXY_SCHEMES.contains(&scheme.to_ascii_lowercase().as_str()) {
        return Err(format!("{wrong_scheme}, found `{}://`", shortened(scheme)));
    }
    if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err("a proxy's URL has no white space or control characters".to_owned());
    }
    let url = Url::parse(text).map_err(|error| format!("the proxy is no URL: {error}"))?;
    if url.host_str().is_none_or(str::is_empty) {
        return Err("a proxy has a host, found none".to_owned());
    }
    let beyond_port = !matches!(url.path(), "" | "/");
    if beyond_port || url.query().is_some() || url.fragment().is_some() {
        return Err("a proxy's URL ends after its host and port".to_owned());
    }
    Ok(Some(url))
}

/// Reads `resolve`: host names, each once in any case, and their addresses.
pub(super) fn resolve(
    raw: Option<&Pairs<Text>>,
    place: &Place,
    problems: &mut Problems,
) -> Vec<(String, Template)> {
    let mut resolved: Vec<(String, Template)> = Vec::new();
    for (written, Text(address)) in raw.iter().flat_map(|pairs| &pairs.0) {
        let place = place.inside(written);
        let name = match host_name(written) {
            Ok(name) if resolved.iter().any(|(other, _)| *other == name) => {
                Err(format!("the host name `{name}` stands twice"))
            }
            other => other,
        };
        match name {
            Ok(name) => {
                let address = problems.template(&place, address);
                if let Some(Err(message)) =
                    address.as_ref().and_then(Template::as_plain).map(parse_ip)
                {
                    problems.value(place, Diagnostic::new("bad-address", message));
                }
                resolved.extend(address.map(|address| (name, address)));
            }
            Err(message) => {
                let problem = Diagnostic::new("bad-host", message);
                let help = "`resolve` maps host names to addresses: `www.example.com: 10.0.0.5`";
                problems.key(place, problem.help(help));
            }
        }
    }
    resolved
}

/// Reads `http_version`.
pub(super) fn http_version(
    raw: Option<&Text>,
    place: &Place,
    problems: &mut Problems,
) -> HttpVersion {
    let near = match raw.map(|Text(text)| text.as_str()) {
        None | Some("auto") => return HttpVersion::Auto,
        Some("1.1") => return HttpVersion::V1_1,
        Some("2") => return HttpVersion::V2,
        Some(other) => other,
    };
    let message = match near {
        "" => "an HTTP version is missing".to_owned(),
        text if text.contains("${") => "an HTTP version has no `${…}` in it".to_owned(),
        text => format!("the HTTP version `{}` is not spoken", shortened(text)),
    };
    let problem = Diagnostic::new("bad-version", message);
    problems.value(
        place.clone(),
        problem.help("the versions are `1.1`, `2` and `auto`"),
    );
    HttpVersion::Auto
}

fn tls_version(text: &str, place: &Place, problems: &mut Problems) -> Option<TlsVersion> {
    let message = match text {
        "1.2" => return Some(TlsVersion::V1_2),
        "1.3" => return Some(TlsVersion::V1_3),
        "" => "a TLS version is missing".to_owned(),
        text if text.contains("${") => "a TLS version has no `${…}` in it".to_owned(),
        text => format!("the TLS version `{}` is not spoken", shortened(text)),
    };
    let problem = Diagnostic::new("bad-version", message);
    problems.value(
        place.clone(),
        problem.help("the versions are `1.2` and `1.3`"),
    );
    None
}

fn file_name(name: &str, place: &Place, problems: &mut Problems) -> Option<Template> {
    let template = problems.template(place, name)?;
    let message = match template.as_plain() {
        Some("") => "the name of a file is missing",
        Some(name) if name.contains("-----BEGIN") => {
            "expected the name of a file, found what is in one"
        }
        Some(name) if name.chars().any(char::is_control) => {
            "the name of a file has no control characters"
        }
        _ => return Some(template),
    };
    let problem = Diagnostic::new("bad-tls", message);
    let help = "a PEM file is named relative to the suite: `ca_file: certs/ca.pem`";
    problems.value(place.clone(), problem.help(help));
    None
}

/// The host name as it is looked up: lower case, in its ASCII form.
fn host_name(text: &str) -> Result<String, String> {
    if text.is_empty() {
        return Err("a host name is missing".to_owned());
    }
    let shown = shortened(text);
    if text.contains("://") {
        return Err(match user_info(text) {
            Some(_) => "expected a host name, found a URL".to_owned(),
            None => format!("expected a host name, found the URL `{shown}`"),
        });
    }
    if text.contains('*') {
        return Err(format!(
            "`{shown}` is no host name: there are no patterns here"
        ));
    }
    if let Some((name, port)) = text.rsplit_once(':')
        && !name.contains(':')
        && port.chars().all(|c| c.is_ascii_digit())
    {
        return Err(format!(
            "`{shown}` has a port, expected `{}` alone",
            shortened(name)
        ));
    }
    match Host::parse(text) {
        Ok(Host::Domain(name)) => Ok(name),
        Ok(Host::Ipv4(_) | Host::Ipv6(_)) => Err(format!("`{shown}` is an address already")),
        Err(_) if parse_ip(text).is_ok() => Err(format!("`{shown}` is an address already")),
        Err(_) => Err(format!("`{shown}` is no host name")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_proxies() {
        for (text, good) in [
            ("none", true),
            ("http://proxy:3128", true),
            ("http://user:pass@proxy:3128/", true),
            ("HTTPS://proxy", true),
            ("socks5://127.0.0.1:1080", true),
            ("socks5h://localhost:1080", true),
            ("", false),
            ("None", false),
            ("proxy:3128", false),
            ("socks4://proxy", false),
            ("ftp://proxy", false),
            ("http://", false),
            ("socks5://", false),
            ("http://proxy/path", false),
            ("http://proxy?a", false),
            ("http://pro xy", false),
            ("http://proxy:99999", false),
        ] {
            assert_eq!(parse_proxy(text).is_ok(), good, "{text}");
        }
        let error = parse_proxy("htp://user:hunter2@proxy").unwrap_err();
        assert!(!error.contains("hunter2"), "{error}");
    }

    #[test]
    fn reads_host_names() {
        for (text, name) in [
            ("www.example.com", Some("www.example.com")),
            ("WWW.Example.com", Some("www.example.com")),
            ("bücher.example", Some("xn--bcher-kva.example")),
            ("localhost", Some("localhost")),
            ("", None),
            ("www.example.com:443", None),
            ("https://www.example.com", None),
            ("*.example.com", None),
            ("10.0.0.5", None),
            ("::1", None),
            ("[::1]", None),
            ("a b", None),
            ("a/b", None),
        ] {
            assert_eq!(host_name(text).ok().as_deref(), name, "{text}");
        }
    }
}
