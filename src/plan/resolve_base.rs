//! Where an environment or a service is, with every value resolved.
//!
//! Input: what the suite says of it. Output: a URL, or what an embedded server answers. It refuses what nobody has
//! looked for.

use super::environment::Base;
use super::request::{Renderer, Unusable};
use super::resolve_environment::Resolver;
use crate::suite::{self, MockAnswer, MockRoute, Template, parse_base_url};

impl Resolver<'_, '_> {
    /// Where the environment is, or what stands below `keys` in it.
    pub(super) fn base(&mut self, base: &suite::Base, keys: &[&str]) -> Option<Base> {
        let key = match base {
            suite::Base::Mock(_) => "mock",
            suite::Base::Discover(_) => {
                self.problems.not_discovered(self.home, self.name);
                return None;
            }
            suite::Base::Url(_) | suite::Base::Nowhere => "base_url",
        };
        let base = self.read_base(base);
        self.usable(false, &[keys, &[key]].concat(), base)
    }

    /// The same for what is not asked in this run: what is wrong with it does not matter.
    pub(super) fn quiet_base(&self, base: &suite::Base) -> Base {
        self.read_base(base).unwrap_or(Base::Nowhere)
    }

    fn read_base(&self, base: &suite::Base) -> Result<Base, Unusable> {
        match base {
            suite::Base::Nowhere | suite::Base::Discover(_) => Ok(Base::Nowhere),
            suite::Base::Url(template) => {
                let text = self.renderer.public(template)?;
                let url = parse_base_url(&text).map_err(Unusable::Invalid)?;
                Ok(Base::Url(url))
            }
            suite::Base::Mock(routes) => {
                let routes = routes.iter().map(|route| mock_route(&self.renderer, route));
                Ok(Base::Mock(routes.collect::<Result<_, _>>()?, None))
            }
        }
    }
}

fn mock_route(
    renderer: &Renderer<'_>,
    route: &MockRoute<Template>,
) -> Result<MockRoute<String>, Unusable> {
    let answers = route.answers.iter().map(|it| mock_answer(renderer, it));
    Ok(MockRoute {
        method: route.method.clone(),
        path: renderer.public(&route.path)?,
        answers: answers.collect::<Result<_, _>>()?,
    })
}

fn mock_answer(
    renderer: &Renderer<'_>,
    answer: &MockAnswer<Template>,
) -> Result<MockAnswer<String>, Unusable> {
    let headers = answer.headers.iter();
    let headers = headers.map(|(name, value)| Ok((name.clone(), renderer.public(value)?)));
    let location = answer.location.as_ref();
    Ok(MockAnswer {
        status: answer.status,
        location: location.map(|it| renderer.public(it)).transpose()?,
        delay: answer.delay,
        headers: headers.collect::<Result<_, Unusable>>()?,
        body: renderer.public(&answer.body)?,
    })
}
