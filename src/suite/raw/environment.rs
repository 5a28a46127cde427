//! What the YAML says of environments.

#[cfg(test)]
use super::schema;
use super::{
    Pairs, RawCredential, RawDiscover, RawMock, RawReady, RawRetry, RawService, RawTls, Switch,
    Text, given,
};

/// An environment: its base URL, or all its keys.
#[derive(Debug)]
pub(in crate::suite) enum RawEnvironment {
    Missing,
    Url(Text),
    Long(Box<RawEnvironmentKeys>),
}

/// An environment with all its keys.
#[derive(Debug, Default, serde::Deserialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(
        rename = "EnvironmentKeys",
        title = "an environment",
        extend(
            "oneOf" = schema::base_or_services(),
            "dependencies" = schema::beside_a_base()
        )
    )
)]
#[serde(
    deny_unknown_fields,
    expecting = "a base URL, or a mapping with `base_url`, `discover` or `mock`"
)]
pub(in crate::suite) struct RawEnvironmentKeys {
    /// Where it is: `http://` or `https://`, a host, and perhaps a path, below which all endpoints are asked. An
    /// environment has either this, `discover` or `mock`.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::BaseUrl"))]
    pub(in crate::suite) base_url: Option<Text>,
    /// How the base URL is found, instead of `base_url`: a platform whose own words tell it (`upsun`, `vercel`,
    /// `netlify`, `gitlab`, `github`), a variable, or a program. Looked for only where a run asks this environment.
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) discover: Option<RawDiscover>,
    /// An embedded server on this machine that answers as described, instead of `base_url`: a mapping of
    /// `[METHOD ]/path` to answers, or the name of a YAML file with one, relative to the suite.
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) mock: Option<RawMock>,
    /// Its further hosts by name, for the `service` of endpoints: a base URL each, or a mapping with all there is to
    /// say. Every environment has the same ones; with them it may have neither `base_url` nor `mock`.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Services"))]
    pub(in crate::suite) services: Option<Pairs<RawService>>,
    /// What kind of system it is. Without it the name tells; production is guarded against POST and its like.
    #[serde(default, rename = "type", deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::EnvironmentType"))]
    pub(in crate::suite) kind: Option<Text>,
    /// Headers of every request to it.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Headers"))]
    pub(in crate::suite) headers: Option<Pairs<Text>>,
    /// Values for `${NAME}` in this environment; they come before those of the suite.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Vars"))]
    pub(in crate::suite) vars: Option<Pairs<Text>>,
    /// The longest time one attempt may take.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Duration", extend("default" = "10s")))]
    pub(in crate::suite) timeout: Option<Text>,
    /// The longest time to establish a connection.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Duration", extend("default" = "5s")))]
    pub(in crate::suite) connect_timeout: Option<Text>,
    /// Requests in flight at a time.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Concurrency", extend("default" = 10)))]
    pub(in crate::suite) concurrency: Option<Text>,
    /// Whether POST, PUT, PATCH and DELETE may be sent to it although it is production.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(extend("default" = false)))]
    pub(in crate::suite) allow_unsafe_methods: Option<Switch>,
    /// How many requests are sent at most, evenly spaced; retries and redirects count.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Rate"))]
    pub(in crate::suite) rate_limit: Option<Text>,
    /// When a request is sent again: how many times, `false`, or all there is to say.
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) retry: Option<RawRetry>,
    /// Who asks, unless an endpoint says otherwise with `as`.
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) auth: Option<RawCredential>,
    /// Further credentials by name, for the `as` of endpoints.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Credentials"))]
    pub(in crate::suite) credentials: Option<Pairs<RawCredential>>,
    /// Certificates and versions.
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) tls: Option<RawTls>,
    /// The proxy on the way: a URL, or `none`. Without it `HTTPS_PROXY` and its like decide.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Proxy"))]
    pub(in crate::suite) proxy: Option<Text>,
    /// Addresses of host names, to test a machine before DNS points at it.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Resolve"))]
    pub(in crate::suite) resolve: Option<Pairs<Text>>,
    /// The version of HTTP that is spoken.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::HttpVersion", extend("default" = "auto")))]
    pub(in crate::suite) http_version: Option<Text>,
    /// What it has to answer before anything else is asked, such as just after it was deployed.
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) ready: Option<RawReady>,
}
