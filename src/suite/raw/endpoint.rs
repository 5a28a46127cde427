//! What the YAML says of endpoints.

#[cfg(test)]
use super::schema;
use super::{Follow, List, Pairs, RawExpect, RawRetry, Switch, Text, given};

/// The value of `endpoints`.
#[derive(Debug)]
pub(in crate::suite) struct RawEntries(pub(in crate::suite) Vec<RawEntry>);

/// One entry of `endpoints`.
#[derive(Debug)]
pub(in crate::suite) enum RawEntry {
    /// `/path`, perhaps after a method.
    Bare(String),
    /// `/path: expectation`.
    Pair(String, RawExpect),
    Long(Box<RawEndpoint>),
}

impl RawEntry {
    /// Whether it makes as many endpoints as there are values.
    pub(in crate::suite) fn is_expanded(&self) -> bool {
        match self {
            Self::Long(raw) => raw.each.is_some() || raw.each_file.is_some(),
            Self::Bare(_) | Self::Pair(..) => false,
        }
    }
}

/// The keys of the long form; a first key that is none of them is the path of a short form.
pub(in crate::suite) const ENDPOINT_KEYS: &[&str] = &[
    "path",
    "method",
    "name",
    "tags",
    "expect",
    "same",
    "environments",
    "service",
    "headers",
    "query",
    "body",
    "json",
    "form",
    "timeout",
    "follow_redirects",
    "redirects",
    "allow_crossing",
    "retry",
    "as",
    "each",
    "each_file",
];

/// An endpoint in its long form.
#[derive(Debug, Default, serde::Deserialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(
        rename = "Endpoint",
        title = "an endpoint",
        extend(
            "required" = ["path"],
            "not" = schema::two_bodies(),
            "dependencies" = schema::redirections()
        )
    )
)]
#[serde(deny_unknown_fields, expecting = "an endpoint")]
pub(in crate::suite) struct RawEndpoint {
    /// What is asked: it begins with `/`, may have a query, and is appended to the base URL of each environment.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Path"))]
    pub(in crate::suite) path: Option<Text>,
    /// The method, in upper case.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Method", extend("default" = "GET")))]
    pub(in crate::suite) method: Option<Text>,
    /// What reports call this endpoint.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Text"))]
    pub(in crate::suite) name: Option<Text>,
    /// Words for `--tag` to select by.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Tags"))]
    pub(in crate::suite) tags: Option<List>,
    /// What it should answer: `200`, `2xx`, `200-204`, `any`, `not 5xx`, `[200, 404]`, `301 -> /new`, `same`, or one of
    /// these for each environment: `{ production: 404, default: 200 }`.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(extend("default" = "same")))]
    pub(in crate::suite) expect: Option<RawExpect>,
    /// Whether the answers must also be like the reference's.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(extend("default" = false)))]
    pub(in crate::suite) same: Option<Switch>,
    /// The environments that are asked; without it, all.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::EnvironmentNames"))]
    pub(in crate::suite) environments: Option<List>,
    /// The service that is asked, by its name in the environments' `services`; `default` is the `base_url`.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::ServiceName", extend("default" = "default")))]
    pub(in crate::suite) service: Option<Text>,
    /// Headers of the request; they override those of the environment by name.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Headers"))]
    pub(in crate::suite) headers: Option<Pairs<Text>>,
    /// Fields that are added to the query of the path.
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) query: Option<Pairs<Text>>,
    /// What is sent, as text. A request has one of `body`, `json` and `form`.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Text"))]
    pub(in crate::suite) body: Option<Text>,
    /// What is sent, as JSON; `${NAME}` is filled in inside its strings.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Json"))]
    pub(in crate::suite) json: Option<serde_json::Value>,
    /// What is sent, as the fields of a form.
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) form: Option<Pairs<Text>>,
    /// The longest time one attempt may take.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Duration", extend("default" = "10s")))]
    pub(in crate::suite) timeout: Option<Text>,
    /// Whether redirects are followed, or how many of them; `true` is 10. What is judged is the last answer.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(extend("default" = false)))]
    pub(in crate::suite) follow_redirects: Option<Follow>,
    /// A chain of redirects and the answer at its end, instead of `expect`: `[301 -> /a, 302 -> /b, 200]`.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Redirects"))]
    pub(in crate::suite) redirects: Option<RawExpect>,
    /// Whether a redirect may lead into another environment of the suite.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(extend("default" = false)))]
    pub(in crate::suite) allow_crossing: Option<Switch>,
    /// When a request is sent again: how many times, `false`, or all there is to say.
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) retry: Option<RawRetry>,
    /// Who asks: the name of one of the environment's `credentials`, `anonymous`, or `default`, which is its `auth`.
    #[serde(default, rename = "as", deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Role", extend("default" = "default")))]
    pub(in crate::suite) credential: Option<Text>,
    /// Values that make one endpoint each, by the names that `${NAME}` asks for: `{ id: [1, 2], lang: [de, fr] }`
    /// makes four.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Each"))]
    pub(in crate::suite) each: Option<Pairs<List>>,
    /// A CSV file, relative to this one, whose rows make one endpoint each; its first line names the values.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::FileName"))]
    pub(in crate::suite) each_file: Option<Text>,
}

/// What all endpoints have that do not say otherwise: any of their keys but `path`, `name`, `tags`,
/// `each` and `each_file`.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, expecting = "a mapping of endpoint keys")]
pub(in crate::suite) struct RawDefaults {
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) method: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) expect: Option<RawExpect>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) same: Option<Switch>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) environments: Option<List>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) service: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) headers: Option<Pairs<Text>>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) query: Option<Pairs<Text>>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) body: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) json: Option<serde_json::Value>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) form: Option<Pairs<Text>>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) timeout: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) follow_redirects: Option<Follow>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) redirects: Option<RawExpect>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) allow_crossing: Option<Switch>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) retry: Option<RawRetry>,
    #[serde(default, rename = "as", deserialize_with = "given")]
    pub(in crate::suite) credential: Option<Text>,
}
