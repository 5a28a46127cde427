//! Where a wrong answer leads, in the form that a list of accepted mismatches has for it.
//!
//! Input: a probe, and where its environment is. Output: the target without the environment's own origin, a service by
//! its name. It refuses nothing: what is nobody's stays a URL.

use std::iter::once;

use url::Url;

use crate::compare::view::{EnvironmentView, Probe};
use crate::expect::Origin;

/// What an environment's own base URL is called beside its services.
const OWN: &str = "default";

/// Where an endpoint was asked, and what else its environment is.
#[derive(Clone, Copy)]
pub(super) struct Home<'c> {
    pub(super) environment: Option<EnvironmentView<'c>>,
    pub(super) service: Option<&'c str>,
}

impl<'c> Home<'c> {
    /// Everything the environment is, by name.
    fn addresses(self) -> Vec<(&'c str, Url)> {
        let all = self.environment.into_iter().flat_map(|it| {
            let services = it.services().iter();
            let services = services.map(|(name, url)| (name.as_str(), url.as_str()));
            once((OWN, it.base_url())).chain(services)
        });
        all.filter_map(|(name, url)| Some((name, Url::parse(url).ok()?)))
            .collect()
    }

    /// Where the answer, and the redirects before it, led to: first in a form that holds wherever the environment is,
    /// then with the services' URLs in full. None where it leads nowhere.
    pub(super) fn targets(self, probe: Probe<'_>) -> Vec<String> {
        let leads_on = probe.status().is_some_and(|status| status.is_redirection());
        let hops = probe.hops().iter().map(|hop| &*hop.target);
        let places = hops.chain(probe.location().filter(|_| leads_on));
        let addresses = self.addresses();
        let own = self.service.unwrap_or(OWN);
        let base = addresses.iter().find(|(name, _)| *name == own);
        let known: Vec<_> = addresses.iter().map(|(name, url)| (*name, url)).collect();
        let mut asked = Url::parse(&probe.url()).ok();
        let (mut named, mut whole) = (Vec::new(), Vec::new());
        for place in places {
            let forms = base.map(|(_, base)| {
                let addresses = &known;
                let origin = Origin { base, addresses };
                let request = asked.as_ref().unwrap_or(base);
                let text = origin.relative(place, request);
                (origin.named(place, request), text)
            });
            let (service, text) = forms.unwrap_or_else(|| (None, place.to_owned()));
            named.push(service.unwrap_or_else(|| text.clone()));
            whole.push(text);
            asked = asked.and_then(|asked| asked.join(place).ok());
        }
        let mut forms = vec![named.join(" -> "), whole.join(" -> ")];
        forms.dedup();
        forms.retain(|form| !form.is_empty());
        forms
    }
}
