//! Where an access wall sends whoever wants to be let in.
//!
//! Input: where an answer led. Output: the host, if it is nobody's in the suite. A wall sends a million paths to one
//! host, which takes a parser to find but once.

use std::borrow::Cow;

use url::Url;

use crate::compare::trail::{evident_place, is_left_as_is, path_of};
use crate::outcome::Hop;
use crate::plan::{Plan, ProbeId, is_same_host};

/// Where the answers of one environment lead.
#[derive(Debug, Default)]
pub(in crate::compare) struct SignIn {
    last: Option<Foreign>,
}

/// The host of no environment.
#[derive(Debug)]
struct Foreign {
    root: Url,
    /// With the port where that is unusual.
    name: String,
}

impl SignIn {
    /// The host to which an answer led away from the environment, unless that is another environment, or what was
    /// asked under another name: neither is a wall.
    pub(super) fn host(
        &mut self,
        plan: &Plan,
        id: ProbeId,
        location: Option<&str>,
        hops: &[Hop],
    ) -> Option<&str> {
        let whole = location.filter(|it| hops.is_empty() && !it.starts_with('/'));
        let is_known = whole.and_then(|location| self.leads_there(plan, id, location));
        match is_known {
            Some(true) => {}
            Some(false) => return None,
            None => self.last = foreign(plan, id, location, hops),
        }
        self.last.as_ref().map(|last| &*last.name)
    }

    /// Whether an answer led where another one did, and is a wall's for it; `None` where only a parser can tell. Takes a
    /// location with a host of its own.
    fn leads_there(&self, plan: &Plan, id: ProbeId, location: &str) -> Option<bool> {
        let last = self.last.as_ref()?;
        let probe = plan.probe(id)?;
        let home = plan.environments().get(id.environment)?;
        let home = home.at(probe.service).base_url()?;
        if home.path() != "/" || !is_left_as_is(probe.target) || is_same_host(&last.root, home) {
            return None;
        }
        let place = evident_place(&last.root, location)?;
        Some(!is_moved(path_of(place), path_of(probe.target)))
    }
}

fn foreign(plan: &Plan, id: ProbeId, location: Option<&str>, hops: &[Hop]) -> Option<Foreign> {
    let probe = plan.probe(id)?;
    let asked = plan.environments().get(id.environment)?.at(probe.service);
    let home = asked.base_url()?;
    if hops.is_empty() && location.is_some_and(|it| evident_place(home, it).is_some()) {
        return None;
    }
    let request = asked.url(probe.target)?;
    let hops = hops.iter().map(|hop| &*hop.target);
    let mut from = Cow::Borrowed(&request);
    let is_away = hops.chain(location).any(|target| {
        let Ok(next) = from.join(target) else {
            return false;
        };
        from = Cow::Owned(next);
        !is_same_host(&from, home)
    });
    let away = Some(from).filter(|_| is_away)?;
    if plan.is_at_home(&away) || is_moved(away.path(), request.path()) {
        return None;
    }
    let host = away.host_str()?;
    let name = match away.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    let mut root = away.into_owned();
    root.set_path("/");
    root.set_query(None);
    root.set_fragment(None);
    Some(Foreign { root, name })
}

/// Whether what was asked is there still, only on another host.
fn is_moved(path: &str, asked: &str) -> bool {
    path == asked && asked != "/"
}
