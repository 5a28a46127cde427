//! `defaults`: what endpoints say when they say nothing else.
//!
//! Input: the raw mapping. Output: [`Defaults`], read once for all endpoints, so that a problem in it is
//! reported once.

use http::Method;

use super::duration::parse_duration;
use super::expectation::{self, Stated};
use super::model::{As, Body, Layer};
use super::place::Place;
use super::problems::Problems;
use super::raw::{List, Pairs, RawDefaults, Text};
use super::redirects::{self, Beside, Chain};
use super::service::{self, Wanted};
use super::template::Template;
use super::{fields, method, retry, role};
use crate::diagnostic::Diagnostic;

/// What holds for every endpoint that does not say otherwise.
#[derive(Clone, Default)]
pub(super) struct Defaults {
    pub(super) method: Option<Method>,
    pub(super) expect: Option<Stated>,
    pub(super) same: bool,
    pub(super) environments: Option<Vec<usize>>,
    pub(super) service: Wanted,
    pub(super) query: Vec<(String, Template)>,
    pub(super) body: Option<Body>,
    pub(super) follow_redirects: u32,
    pub(super) chain: Option<Chain>,
    pub(super) credential: As,
    pub(super) allow_crossing: bool,
    /// What an environment may override, and so is not put into the endpoints.
    pub(super) layer: Layer,
    /// What files that are included say of the same: it is as if each of their endpoints said so.
    pub(super) included: Layer,
}

impl Defaults {
    /// Those of an included file, which override the `farther` ones of the file that includes it.
    pub(super) fn included(self, raw: &RawDefaults, farther: Self) -> Self {
        let says_what = raw.expect.is_some() || raw.redirects.is_some();
        let chain = farther
            .chain
            .filter(|_| !says_what && raw.follow_redirects.is_none());
        let query = farther.query.into_iter();
        let query = query.filter(|(name, _)| self.query.iter().all(|(own, _)| own != name));
        let says_body = raw.body.is_some() || raw.json.is_some() || raw.form.is_some();
        Self {
            method: self.method.or(farther.method),
            expect: if says_what {
                self.expect
            } else {
                farther.expect
            },
            same: raw.same.map_or(farther.same, |_| self.same),
            environments: self.environments.or(farther.environments),
            service: if raw.service.is_some() {
                self.service
            } else {
                farther.service
            },
            query: query.chain(self.query.iter().cloned()).collect(),
            body: if says_body { self.body } else { farther.body },
            follow_redirects: raw
                .follow_redirects
                .map_or(farther.follow_redirects, |_| self.follow_redirects),
            chain: self.chain.or(chain),
            credential: if raw.credential.is_some() {
                self.credential
            } else {
                farther.credential
            },
            allow_crossing: raw
                .allow_crossing
                .map_or(farther.allow_crossing, |_| self.allow_crossing),
            layer: Layer::default(),
            included: self.layer.over(&farther.included),
        }
    }
}

/// Reads `defaults`; `environments` and `services` are the names of all there are.
pub(super) fn read(
    raw: &RawDefaults,
    environments: &[String],
    services: &[String],
    problems: &mut Problems,
) -> Defaults {
    let place = Place::keys(&["defaults"]);
    let timeout = raw.timeout.as_ref().and_then(|Text(text)| {
        problems.setting(
            &place.inside("timeout"),
            text,
            "bad-duration",
            parse_duration,
        )
    });
    let chain = chain(raw, &place, problems);
    let expect = match (&raw.expect, &raw.redirects, &chain) {
        (_, Some(_), None) => Some(Stated::Broken),
        (Some(raw), None, _) => Some(expectation::read(
            raw,
            &place.inside("expect"),
            environments,
            problems,
        )),
        _ => None,
    };
    check_targets(raw, chain.as_ref(), expect.as_ref(), services, problems);
    let limit = raw.environments.as_ref();
    let at_service = place.inside("service");
    let service = service::wanted(raw.service.as_ref(), services, &at_service, problems);
    Defaults {
        method: raw
            .method
            .as_ref()
            .and_then(|Text(text)| method_of(text, &place, problems)),
        expect,
        chain,
        credential: role::read(raw.credential.as_ref(), &place.inside("as"), problems)
            .unwrap_or_default(),
        allow_crossing: raw.allow_crossing.is_some_and(|switch| switch.0),
        same: raw.same.is_some_and(|switch| switch.0),
        environments: limit.map(|List(names)| {
            fields::environments(names, environments, &place.inside("environments"), problems)
        }),
        service: service.unwrap_or_default(),
        query: fields::pairs(raw.query.as_ref(), &place.inside("query"), problems),
        body: body(
            raw.body.as_ref(),
            raw.json.as_ref(),
            raw.form.as_ref(),
            &place,
            problems,
        ),
        follow_redirects: raw.follow_redirects.map_or(0, |follow| follow.0),
        layer: Layer {
            headers: fields::headers(raw.headers.as_ref(), &place.inside("headers"), problems),
            timeout,
            retry: retry::read(raw.retry.as_ref(), &place.inside("retry"), problems),
        },
        included: Layer::default(),
    }
}

fn check_targets(
    raw: &RawDefaults,
    chain: Option<&Chain>,
    expect: Option<&Stated>,
    services: &[String],
    problems: &mut Problems,
) {
    let key = if raw.redirects.is_some() {
        "redirects"
    } else {
        "expect"
    };
    let chained = chain.map(Chain::stated);
    if let Some(stated) = chained.as_ref().or(expect) {
        let place = Place::keys(&["defaults", key]);
        service::check_targets(stated, services, &place, problems);
    }
}

fn chain(raw: &RawDefaults, place: &Place, problems: &mut Problems) -> Option<Chain> {
    let beside = Beside {
        expect: raw.expect.as_ref(),
        follow_redirects: raw.follow_redirects,
    };
    redirects::read(raw.redirects.as_ref()?, &beside, place, problems)
}

fn method_of(text: &str, place: &Place, problems: &mut Problems) -> Option<Method> {
    match method::parse(text) {
        Ok(method) => Some(method),
        Err(problem) => {
            problems.value(place.inside("method"), problem);
            None
        }
    }
}

/// One of `body`, `json` and `form`.
pub(super) fn body(
    text: Option<&Text>,
    json: Option<&serde_json::Value>,
    form: Option<&Pairs<Text>>,
    place: &Place,
    problems: &mut Problems,
) -> Option<Body> {
    let given = [
        ("body", text.is_some()),
        ("json", json.is_some()),
        ("form", form.is_some()),
    ];
    let mut given = given
        .into_iter()
        .filter(|(_, given)| *given)
        .map(|(key, _)| key);
    if let (Some(first), Some(second)) = (given.next(), given.next()) {
        let problem = Diagnostic::new(
            "two-bodies",
            format!("both `{first}` and `{second}` say what is sent"),
        );
        problems.key(
            place.inside(second),
            problem.help("a request has one of `body`, `json` and `form`"),
        );
        return None;
    }
    if let Some(Text(text)) = text {
        return problems
            .template(&place.inside("body"), text)
            .map(Body::Text);
    }
    if let Some(value) = json {
        fields::check_json(value, &place.inside("json"), problems);
        return Some(Body::Json(value.clone()));
    }
    form.map(|form| Body::Form(fields::pairs(Some(form), &place.inside("form"), problems)))
}
