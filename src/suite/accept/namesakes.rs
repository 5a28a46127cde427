//! Endpoints that an entry has to tell apart by their services or names.
//!
//! Input: the whole suites of a run. Output: how an entry names an endpoint. It refuses what nothing in an entry tells apart.

use std::collections::HashMap;

use http::Method;

use super::entry::Accepted;
use crate::diagnostic::Diagnostic;
use crate::suite::{Endpoint, Suite};

/// What tells endpoints apart: their services and names.
type Marks = (String, Option<String>);

/// The services and names of all endpoints that share method and path with another.
#[derive(Debug, Default)]
pub struct Namesakes(HashMap<(Method, String), Vec<Marks>>);

impl Namesakes {
    /// Those of `suites`, whatever a run asks of them.
    #[must_use]
    pub fn of(suites: &[Suite]) -> Self {
        let mut counts: HashMap<(&Method, &str), usize> = HashMap::new();
        let endpoints = || suites.iter().flat_map(|suite| &suite.endpoints);
        for endpoint in endpoints() {
            *counts.entry(identity(endpoint)).or_default() += 1;
        }
        let mut marks = HashMap::<_, Vec<_>>::new();
        let all = suites.iter();
        let all = all.flat_map(|suite| suite.endpoints.iter().map(move |it| (suite, it)));
        for (suite, endpoint) in all {
            let (method, path) = identity(endpoint);
            if counts.get(&(method, path)).is_some_and(|count| *count > 1) {
                let marks = marks.entry((method.clone(), path.to_owned())).or_default();
                let service = endpoint.spec.service;
                let service = service.and_then(|number| suite.services.get(number));
                let service = service.map_or(Accepted::OWN_SERVICE, String::as_str);
                marks.push((service.to_owned(), endpoint.spec.name.clone()));
            }
        }
        Self(marks)
    }

    /// Finds whether `entry` means one endpoint.
    ///
    /// # Errors
    ///
    /// Where several endpoints would be meant.
    pub fn check(&self, entry: &Accepted) -> Result<(), Diagnostic> {
        let (method, path) = (&entry.method, &entry.path);
        let Some(all) = self.0.get(&(method.clone(), path.clone())) else {
            return Ok(());
        };
        let meant = all.iter().filter(|(service, name)| {
            entry.service.as_ref().is_none_or(|it| it == service)
                && (entry.name.is_none() || entry.name == *name)
        });
        let meant: Vec<_> = meant.collect();
        if meant.len() < 2 {
            return Ok(());
        }
        let message = format!(
            "the suite has {} endpoints `{method} {path}`, and nothing says which one is meant",
            all.len()
        );
        let problem = Diagnostic::new("ambiguous-entry", message);
        let is_alone = |marks: &Marks| meant.iter().filter(|it| it.0 == marks.0).count() == 1;
        Err(problem.help(if meant.iter().all(|it| is_alone(it)) {
            "`service` in the entry tells them apart, `default` for the environment's own base URL; else give them names in the suite, and `name` to the entry"
        } else if meant.iter().any(|it| is_alone(it)) {
            "`service` in the entry tells some of them apart, `default` for the environment's own base URL; those of one service need a `name` each in the suite, and the entry the name of the one it means"
        } else {
            "give each of them a `name` of its own in the suite, and the entry the name of the one it means"
        }))
    }

    /// The entry, which has both service and name, without what it does not need.
    ///
    /// # Errors
    ///
    /// Where several endpoints would be meant nevertheless.
    pub fn shortened(&self, entry: &Accepted) -> Result<Accepted, Diagnostic> {
        let (service, name) = (&entry.service, &entry.name);
        let forms = [(&None, &None), (&None, name), (service, &None)];
        let forms = forms.map(|(service, name)| Accepted {
            service: service.clone(),
            name: name.clone(),
            ..entry.clone()
        });
        if let Some(short) = forms.into_iter().find(|it| self.check(it).is_ok()) {
            return Ok(short);
        }
        self.check(entry).map(|()| entry.clone())
    }
}

fn identity(endpoint: &Endpoint) -> (&Method, &str) {
    (&endpoint.spec.method, endpoint.path.written())
}
