//! Environments that are only typed.
//!
//! Input: texts such as `clone=https://pr-12.example.com`, `clone/api=URL` for a service of it, or only the URL. Output:
//! [`Overrides`] that define the environments. It refuses what is no base URL, names that cannot be, and what is given
//! twice.

use std::iter::once;

use url::{Host, Url};

use super::Overrides;
use super::address::parse_base_url;
use super::environment::{base_url_help, check_name, is_name, plain};
use super::model::{Base, Environment};
use super::overrides::masked;
use super::service;
use super::template::Template;
use crate::diagnostic::Diagnostic;

/// Reads environments, each `NAME=URL` or a URL, the reference first; `NAME/SERVICE=URL` is a service of one. One
/// without a name is called after its host; of several on one host, after the port, else by number.
///
/// # Errors
///
/// Everything that keeps them from being compared.
pub fn compared_environments(texts: &[String]) -> Result<Overrides, Vec<Diagnostic>> {
    let mut problems = Vec::new();
    let read = texts.iter().map(|text| Typed::read(text));
    let typed: Vec<Typed<'_>> = read
        .filter_map(|typed| typed.map_err(|problem| problems.push(problem)).ok())
        .collect();
    problems.extend(twins(&typed));
    let mut known: Vec<Environment> = Vec::new();
    let homes = typed.iter().filter(|typed| typed.service.is_none());
    let named = homes.filter_map(|typed| Some((typed, typed.name?)));
    for (typed, name) in named {
        match check_name(name, &known) {
            Ok(()) => known.push(unreached(name)),
            Err(problem) => problems.push(typed.blamed(problem)),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut base_urls = Vec::with_capacity(typed.len());
    for one in &typed {
        let name = one.name.map_or_else(
            || {
                let name = one.name_by_host(&typed, &known);
                known.push(unreached(&name));
                name
            },
            str::to_owned,
        );
        let service = one.service.map(|service| format!("/{service}"));
        let name = name + service.as_deref().unwrap_or_default();
        base_urls.push((name, one.address.to_owned()));
    }
    let problems = services(&typed, &mut known);
    if !problems.is_empty() {
        return Err(problems);
    }
    let reference = base_urls.first().map(|(name, _)| name.split('/'));
    Ok(Overrides {
        reference: reference.and_then(|mut parts| parts.next().map(str::to_owned)),
        base_urls,
        ..Overrides::default()
    })
}

/// Adds the services to the environments that are `known`, and those that have nothing else. What is wrong with them.
fn services(typed: &[Typed<'_>], known: &mut Vec<Environment>) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for one in typed {
        let (Some(name), Some(service)) = (one.name, one.service) else {
            continue;
        };
        if known.iter().all(|it| it.name != name) {
            match check_name(name, known) {
                Ok(()) => known.push(plain(name, Base::Nowhere)),
                Err(problem) => problems.push(one.blamed(problem)),
            }
        }
        let Some(owner) = known.iter_mut().find(|it| it.name == name) else {
            continue;
        };
        match service::check_name(service, &owner.services) {
            Ok(()) => owner.services.push(service::plain(service, Base::Nowhere)),
            Err(message) => problems.push(one.blamed(Diagnostic::new("bad-service-name", message))),
        }
    }
    if let ([only], true) = (known.as_slice(), problems.is_empty()) {
        let message = format!("`{}` is the only environment", only.name);
        problems.push(Diagnostic::new("nothing-to-compare", message).help(
            "what it is compared with follows: `clone=https://pr-12.example.com`, and its services as `clone/api=URL`",
        ));
    }
    problems
}

/// An environment as it was typed.
struct Typed<'a> {
    /// All of it, as it may be shown.
    text: &'a str,
    name: Option<&'a str>,
    /// The service of that environment, where it is one.
    service: Option<&'a str>,
    /// What comes after the name.
    address: &'a str,
    url: Url,
}

impl<'a> Typed<'a> {
    fn read(text: &'a str) -> Result<Self, Diagnostic> {
        // A `=` may also stand in the path of a URL.
        let named = text.split_once('=');
        let named = named.filter(|(name, url)| match name.split_once('/') {
            Some((_, service)) => {
                !name.contains(':') && !service.contains('/') && url.contains("://")
            }
            None => !name.contains(':'),
        });
        let (name, address) = named.map_or((None, text), |(name, url)| (Some(name), url));
        let url = parse_base_url(address).map_err(|message| {
            let shown = masked(address);
            let shown = name.map_or_else(|| shown.clone(), |name| format!("{name}={shown}"));
            let problem = Diagnostic::new("bad-base-url", format!("`{shown}`: {message}"));
            problem.help(mend(address))
        })?;
        let (name, service) = match name.and_then(|name| name.split_once('/')) {
            Some((name, service)) => (Some(name), Some(service)),
            None => (name, None),
        };
        Ok(Self {
            text,
            name,
            service,
            address,
            url,
        })
    }

    /// A problem that it has.
    fn blamed(&self, problem: Diagnostic) -> Diagnostic {
        Diagnostic {
            message: format!("`{}`: {}", self.text, problem.message),
            ..problem
        }
    }

    /// Its host, unless others share that; then with the port, unless others share that too; then a number.
    fn name_by_host(&self, all: &[Typed<'_>], known: &[Environment]) -> String {
        let host = host_name(&self.url);
        let is_shared = |alike: &dyn Fn(&Url) -> bool| {
            let unnamed = all.iter().filter(|other| other.name.is_none());
            unnamed.filter(|other| alike(&other.url)).count() > 1
        };
        let same_host = |other: &Url| other.host() == self.url.host();
        let port = Url::port_or_known_default;
        let same_port = |other: &Url| same_host(other) && port(other) == port(&self.url);
        let with_port = port(&self.url).map(|port| format!("{host}-{port}"));
        let names = once(host.clone()).filter(|_| !is_shared(&same_host));
        let names = names.chain(with_port.filter(|_| !is_shared(&same_port)));
        let free = |name: &String| check_name(name, known).is_ok();
        // The port alone says nothing here.
        let numbered =
            once(host.clone()).chain((2..).map(|number: u32| format!("{host}-{number}")));
        names.chain(numbered).find(free).unwrap_or(host)
    }
}

/// The host, in the letters that a name may have.
fn host_name(url: &Url) -> String {
    let host = match url.host() {
        Some(Host::Ipv6(address)) => address.to_string(),
        host => host.map_or_else(String::new, |host| host.to_string()),
    };
    if is_name(&host) {
        return host;
    }
    let letter = |c: char| if is_name(&c.to_string()) { c } else { '-' };
    host.chars().map(letter).collect()
}

/// An environment of which only the name matters.
fn unreached(name: &str) -> Environment {
    plain(name, Base::Url(Template::literal("")))
}

/// What is typed twice would be compared with itself. A service may be shared as long as it is not asked.
fn twins<'t>(typed: &'t [Typed<'_>]) -> impl Iterator<Item = Diagnostic> + 't {
    let place = |typed: &Typed<'_>| typed.url.as_str().trim_end_matches('/').to_owned();
    let homes = typed
        .iter()
        .enumerate()
        .filter(|(_, it)| it.service.is_none());
    homes.filter_map(move |(index, one)| {
        let mut before = typed[..index].iter().filter(|it| it.service.is_none());
        let twin = before.find(|other| place(other) == place(one))?;
        let message = format!(
            "`{}` is the same place as `{}`: it would be compared with itself",
            one.text, twin.text
        );
        Some(Diagnostic::new("same-environment", message))
    })
}

fn mend(address: &str) -> String {
    if address.starts_with('/') {
        return format!("a path that is to be asked follows its flag: `--path {address}`");
    }
    if address.contains('@') {
        return "credentials are sent as a header: `-H 'Authorization: …'`".to_owned();
    }
    base_url_help(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(texts: &[&str]) -> Result<Vec<String>, Vec<String>> {
        let texts: Vec<String> = texts.iter().map(|&text| text.to_owned()).collect();
        match compared_environments(&texts) {
            Ok(overrides) => Ok(overrides
                .base_urls
                .into_iter()
                .map(|(name, _)| name)
                .collect()),
            Err(problems) => Err(problems
                .into_iter()
                .map(|problem| problem.message)
                .collect()),
        }
    }

    #[test]
    fn environments_are_named() {
        for (texts, names) in [
            (
                &["https://www.example.com", "https://pr-12.example.com/"][..],
                &["www.example.com", "pr-12.example.com"][..],
            ),
            (
                &[
                    "a=https://h.test",
                    "https://h.test:8443",
                    "b.1=http://h.test/a=b",
                ],
                &["a", "h.test", "b.1"],
            ),
            (
                &[
                    "http://localhost:8081",
                    "http://localhost:8082",
                    "http://h.test",
                ],
                &["localhost-8081", "localhost-8082", "h.test"],
            ),
            (
                &["http://h.test", "https://h.test"],
                &["h.test-80", "h.test-443"],
            ),
            (
                &["http://h.test/a=1", "http://h.test/b", "http://H.test/c"],
                &["h.test", "h.test-2", "h.test-3"],
            ),
            (
                &["http://h.test", "h.test=http://i.test", "http://default"],
                &["h.test-80", "h.test", "default-80"],
            ),
            (
                &["http://[::1]:1", "http://[2001:db8::1]"],
                &["--1", "2001-db8--1"],
            ),
            (
                &[
                    "a=http://h.test",
                    "a/api=http://i.test",
                    "http://j.test",
                    "j.test/api=http://i.test",
                    "c/api=http://k.test/a=b",
                ],
                &["a", "a/api", "j.test", "j.test/api", "c/api"],
            ),
        ] {
            let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
            assert_eq!(read(texts), Ok(names), "{texts:?}");
        }
    }

    #[test]
    fn what_cannot_be_compared_is_refused() {
        for (texts, count) in [
            (&["www.example.com", "http://h.test"][..], 1),
            (&["a=b", "/login", "http://h.test"], 2),
            (&["a=http://h.test", "A=http://i.test"], 1),
            (&["=http://h.test", "b c=http://i.test"], 2),
            (&["http://h.test", "http://h.test/"], 1),
            (&["a=http://h.test/x/", "b=http://h.test:80/x"], 1),
            (&["http://user:hunter2@h.test", "http://h.test?a"], 2),
            (&["a=http://h.test", "a/api=http://i.test"], 1),
            (
                &[
                    "a/api=http://h.test",
                    "b/api=http://i.test",
                    "b/api=http://j.test",
                ],
                1,
            ),
            (&["a=http://h.test", "A/api=http://i.test"], 1),
            (
                &[
                    "a=http://h.test",
                    "b=http://i.test",
                    "a/https=http://j.test",
                    "b/=http://j.test",
                ],
                2,
            ),
            (&["a=http://h.test", "a/b/c=http://i.test"], 1),
        ] {
            let problems = read(texts).unwrap_err();
            assert_eq!(problems.len(), count, "{texts:?}: {problems:?}");
            assert!(!problems.concat().contains("hunter2"), "{problems:?}");
        }
    }
}
