//! What each suite of a plan has for itself.
//!
//! Input: a plan. Output: whose an endpoint is, and which other environments its suite knows. It refuses to hold an
//! environment against a suite that has none of that name.

use url::Url;

use super::endpoint::Endpoint;
use super::environment::Environment;
use super::ground::Ground;
use super::{Plan, ProbeId, is_same_host};
use crate::suite::Vars;

/// What is one suite's own.
#[derive(Debug)]
pub(super) struct Part {
    /// The number of its first file.
    pub(super) first_file: usize,
    /// What it has of the environments; they are its own where there is no other suite.
    pub(super) ground: Option<Ground>,
    /// The base URLs of its environments that are not asked, as far as this run can tell them.
    pub(super) others: Vec<Url>,
    /// Its `vars`.
    pub(super) vars: Vars,
}

impl Plan {
    /// The files of all suites, as the user named them, with commas between.
    #[must_use]
    pub fn suite(&self) -> &str {
        &self.suite
    }

    /// The files of all suites, as the user named them.
    pub fn suites(&self) -> impl ExactSizeIterator<Item = &str> {
        let files = self.parts.iter().map(|part| part.first_file);
        files.map(|file| self.files.get(file).map_or("", String::as_str))
    }

    /// The suite that an endpoint stands in.
    pub(super) fn suite_of(&self, endpoint: &Endpoint) -> &Part {
        if let [only] = self.parts.as_slice() {
            return only;
        }
        let file = endpoint.requested.file;
        let after = self.parts.partition_point(|part| part.first_file <= file);
        // The first file of all is the first suite's.
        &self.parts[after.saturating_sub(1)]
    }

    /// Whether `url` is on the host of any environment of the suites, or of a service of one, asked or not. A host
    /// and the same one after `www.` are one place.
    #[must_use]
    pub fn is_at_home(&self, url: &Url) -> bool {
        let asked = self.environments.iter().flat_map(Environment::addresses);
        let others = self.parts.iter().flat_map(|part| &part.others);
        asked
            .map(|(_, base)| base)
            .chain(others)
            .any(|base| place(base) == place(url))
    }

    /// Whether `url` lies under the base URL of another environment of the same suite than the one that `id` asks, and
    /// not closer under its own.
    #[must_use]
    pub fn is_elsewhere(&self, id: ProbeId, url: &Url) -> bool {
        let Some(endpoint) = self.endpoints.get(id.endpoint) else {
            return false;
        };
        let closeness = |base: &Url| lies_under(url, base).then(|| base.path().len());
        let others = self.other_bases(id, endpoint);
        let others = others.filter_map(closeness).max();
        if others.is_none() {
            return false;
        }
        let own = self.environments.get(id.environment).into_iter();
        let own = own.flat_map(Environment::addresses);
        others > own.filter_map(|(_, base)| closeness(base)).max()
    }

    /// Whether another environment of the same suite is on the host that `id` asks.
    #[must_use]
    pub fn shares_host(&self, id: ProbeId) -> bool {
        let Some(endpoint) = self.endpoints.get(id.endpoint) else {
            return false;
        };
        let own = self.environments.get(id.environment);
        let Some(own) = own.and_then(|own| own.at(endpoint.service()).base_url()) else {
            return false;
        };
        let mut others = self.other_bases(id, endpoint);
        others.any(|other| is_same_host(other, own))
    }

    /// The base URLs of the other environments of the same suite, and of their services.
    fn other_bases<'p>(
        &'p self,
        id: ProbeId,
        endpoint: &Endpoint,
    ) -> impl Iterator<Item = &'p Url> {
        let part = self.suite_of(endpoint);
        let is_its = |index: usize| part.ground.as_ref().is_none_or(|it| it.of(index).is_some());
        let asked = self.environments.iter().enumerate();
        let asked = asked
            .filter(move |(index, _)| *index != id.environment && is_its(*index))
            .flat_map(|(_, it)| it.addresses());
        asked.map(|(_, base)| base).chain(&part.others)
    }
}

/// The host of `url` without its `www.`, and the port.
fn place(url: &Url) -> Option<(&str, Option<u16>)> {
    let host = url.host_str()?;
    Some((host.strip_prefix("www.").unwrap_or(host), url.port()))
}

/// Whether `url` has the origin of `base` and a path at or below its.
fn lies_under(url: &Url, base: &Url) -> bool {
    let prefix = base.path().trim_end_matches('/');
    let below = |rest: &str| rest.is_empty() || rest.starts_with('/');
    // That is the origin of http and https, and a base URL has no other scheme.
    url.path().strip_prefix(prefix).is_some_and(below)
        && (url.scheme(), url.host(), url.port()) == (base.scheme(), base.host(), base.port())
}
