//! Endpoints that an entry has to tell apart by their names.
//!
//! Input: the whole suites of a run. Output: how an entry names an endpoint. It refuses what nothing in an entry tells apart.

use std::collections::HashMap;

use http::Method;

use crate::diagnostic::Diagnostic;
use crate::suite::{Endpoint, Suite};

/// The names of all endpoints that share method and path with another.
#[derive(Debug, Default)]
pub struct Namesakes(HashMap<(Method, String), Vec<Option<String>>>);

impl Namesakes {
    /// Those of `suites`, whatever a run asks of them.
    #[must_use]
    pub fn of(suites: &[Suite]) -> Self {
        let mut counts: HashMap<(&Method, &str), usize> = HashMap::new();
        let endpoints = || suites.iter().flat_map(|suite| &suite.endpoints);
        for endpoint in endpoints() {
            *counts.entry(identity(endpoint)).or_default() += 1;
        }
        let mut names = HashMap::<_, Vec<_>>::new();
        for endpoint in endpoints() {
            let (method, path) = identity(endpoint);
            if counts.get(&(method, path)).is_some_and(|count| *count > 1) {
                let names = names.entry((method.clone(), path.to_owned())).or_default();
                names.push(endpoint.spec.name.clone());
            }
        }
        Self(names)
    }

    /// The `name` that an entry for the endpoint called `name` needs, if it needs one.
    ///
    /// # Errors
    ///
    /// Where several endpoints would be meant.
    pub fn name_in_entry<'n>(
        &self,
        method: &Method,
        path: &str,
        name: Option<&'n str>,
    ) -> Result<Option<&'n str>, Diagnostic> {
        let Some(names) = self.0.get(&(method.clone(), path.to_owned())) else {
            return Ok(None);
        };
        let meant = names
            .iter()
            .filter(|other| other.as_deref() == name)
            .count();
        if name.is_some() && meant < 2 {
            return Ok(name);
        }
        let message = format!(
            "the suite has {} endpoints `{method} {path}`, and nothing says which one is meant",
            names.len()
        );
        Err(Diagnostic::new("ambiguous-entry", message).help(
            "give each of them a `name` of its own in the suite, and the entry the name of the one it means",
        ))
    }
}

fn identity(endpoint: &Endpoint) -> (&Method, &str) {
    (&endpoint.spec.method, endpoint.path.written())
}
