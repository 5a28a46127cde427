//! One numbering of services for all suites of a run.
//!
//! Input: suites, each with services in an order of its own. Output: the same suites, all of whose environments have
//! all services in one order. Where an environment does not have one there is none to be asked: its suite names it
//! nowhere.

use std::sync::Arc;

use crate::suite::model::{Base, Endpoint, EndpointSpec, Environment, Suite};
use crate::suite::service::plain;

/// Brings all of them into one order, that of their first mention.
pub(super) fn unite(suites: &mut [&mut Suite]) {
    let mut all: Vec<String> = Vec::new();
    for name in suites.iter().flat_map(|suite| &suite.services) {
        if !all.contains(name) {
            all.push(name.clone());
        }
    }
    for suite in suites.iter_mut().filter(|suite| suite.services != all) {
        let number = |name: &String| all.iter().position(|other| other == name);
        let numbers: Vec<_> = suite.services.iter().map(number).collect();
        for environment in &mut suite.environments {
            rearrange(environment, &all);
        }
        renumber(&mut suite.endpoints, &numbers);
        suite.services.clone_from(&all);
    }
}

fn rearrange(environment: &mut Environment, all: &[String]) {
    let mut own = std::mem::take(&mut environment.services);
    let services = all.iter().map(|name| {
        let position = own.iter().position(|service| service.name == *name);
        position.map_or_else(|| plain(name, Base::Nowhere), |at| own.swap_remove(at))
    });
    environment.services = services.collect();
}

fn renumber(endpoints: &mut [Endpoint], numbers: &[Option<usize>]) {
    // Neighbours share what they have in common, and go on to do so.
    let mut last: Option<(Arc<EndpointSpec>, Arc<EndpointSpec>)> = None;
    for endpoint in endpoints {
        let Some(service) = endpoint.spec.service else {
            continue;
        };
        let before = Arc::clone(&endpoint.spec);
        let known = last.as_ref().filter(|(one, _)| Arc::ptr_eq(one, &before));
        let after = known.map_or_else(
            || {
                Arc::new(EndpointSpec {
                    service: numbers.get(service).copied().flatten(),
                    ..(*before).clone()
                })
            },
            |(_, after)| Arc::clone(after),
        );
        endpoint.spec = Arc::clone(&after);
        last = Some((before, after));
    }
}
