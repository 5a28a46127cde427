//! What each environment should answer to an endpoint.
//!
//! Input: what the endpoint and `defaults` state, and the environments that are asked. Output: [`Expected`]. It
//! refuses to leave an environment without an expectation, and targets that are never seen.

use std::sync::Arc;

use super::Reader;
use crate::diagnostic::Diagnostic;
use crate::expect::Expectation;
use crate::suite::expectation::{Expect, Stated};
use crate::suite::model::{Expected, Setting};
use crate::suite::place::Place;

impl Reader<'_> {
    /// What each environment should answer. `limit` are the environments that are asked, if not all.
    pub(super) fn expected(
        &mut self,
        own: Option<&Stated>,
        limit: Option<&[usize]>,
        number: u32,
    ) -> Option<Expected> {
        let defaults = self.defaults.expect.as_ref();
        if matches!(own, Some(Stated::Broken)) || matches!(defaults, Some(Stated::Broken)) {
            return None;
        }
        let everywhere = match (own, defaults) {
            (Some(Stated::All(expect)), _) | (None, Some(Stated::All(expect))) => {
                Some(expect.clone())
            }
            (None, None) => Some(Setting::Value(Arc::clone(&self.same))),
            _ => None,
        };
        if let (Some(expect), None) = (&everywhere, limit) {
            return Some(Expected::Everywhere(expect.clone()));
        }
        let mut each = Vec::with_capacity(self.environments.len());
        for environment in 0..self.environments.len() {
            if limit.is_some_and(|limit| !limit.contains(&environment)) {
                each.push(None);
                continue;
            }
            let stated = [own, defaults].into_iter().flatten();
            let mut expects = stated.filter_map(|stated| stated.of(environment));
            let expect: Option<&Expect> = everywhere.as_ref().or_else(|| expects.next());
            if expect.is_none() {
                self.gap(environment, own.is_some(), number);
            }
            each.push(expect.cloned());
        }
        Some(Expected::PerEnvironment(each))
    }

    /// An environment for which nothing is expected.
    fn gap(&mut self, environment: usize, own: bool, number: u32) {
        let name = &self.environments[environment];
        let problem = Diagnostic::new(
            "no-expectation",
            format!("nothing is expected of `{name}` here"),
        )
        .help(format!(
            "`{name}: …` or `default: …` says what it should answer"
        ));
        if own {
            self.problems
                .value(Place::EndpointExpect(number, String::new()), problem);
        } else if !self.gap_reported {
            self.gap_reported = true;
            self.problems
                .value(Place::keys(&["defaults", "expect"]), problem);
        }
    }

    /// A redirect that is followed is never seen.
    pub(super) fn check_followed(&mut self, expect: &Expected, number: u32) {
        let target = |expect: &Expect| match expect {
            Setting::Value(expectation) => match &**expectation {
                Expectation::Redirect(..) => Some(expectation.to_string()),
                Expectation::Status(_) | Expectation::Chain(_) | Expectation::Same => None,
            },
            Setting::Template(_) => None,
        };
        let found = match expect {
            Expected::Everywhere(expect) => target(expect).map(|text| (text, String::new())),
            Expected::PerEnvironment(each) => {
                let mut each = each.iter().zip(self.environments);
                each.find_map(|(expect, name)| Some((target(expect.as_ref()?)?, name.clone())))
            }
        };
        if let Some((text, environment)) = found {
            let problem = Diagnostic::new("followed-redirect", format!("`{text}` can never match where redirects are followed"))
                .help("`follow_redirects: false` judges the redirect itself; without a target the last answer is judged");
            self.problems
                .value(Place::EndpointExpect(number, environment), problem);
        }
    }
}
