//! What the YAML says under `auth` and `credentials`.

#[cfg(test)]
use super::schema;
use super::{List, Pairs, Text, given};

/// Who asks: exactly one of `bearer`, `basic` and `login`.
#[derive(Debug, Default, serde::Deserialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(
        rename = "Credential",
        title = "a credential",
        extend(
            "oneOf" = schema::one_of(&["bearer", "basic", "login"]),
            "dependencies" = schema::renewable()
        )
    )
)]
#[serde(
    deny_unknown_fields,
    expecting = "a mapping with `bearer`, `basic` or `login`"
)]
pub(in crate::suite) struct RawCredential {
    /// A token for `Authorization: Bearer`, usually `${TOKEN}`.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Token"))]
    pub(in crate::suite) bearer: Option<Text>,
    /// A user name and a password.
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) basic: Option<RawBasic>,
    /// A request that signs in, once; its cookies are sent with all others.
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) login: Option<RawLogin>,
    /// How a bearer token is renewed, once, where it is refused.
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) refresh: Option<RawRefresh>,
}

/// A user name and a password.
#[derive(Debug, Default, serde::Deserialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(rename = "Basic", title = "basic", extend("required" = ["username", "password"]))
)]
#[serde(
    deny_unknown_fields,
    expecting = "a mapping with `username` and `password`"
)]
pub(in crate::suite) struct RawBasic {
    /// The name of the user; it has no colon.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Username"))]
    pub(in crate::suite) username: Option<Text>,
    /// The password, usually `${PASSWORD}`.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Text"))]
    pub(in crate::suite) password: Option<Text>,
}

/// A request that signs in.
#[derive(Debug, Default, serde::Deserialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(
        rename = "Login",
        title = "login",
        extend("required" = ["request"], "not" = schema::two_bodies())
    )
)]
#[serde(
    deny_unknown_fields,
    expecting = "a mapping such as `{ request: \"POST /login\", form: { … } }`"
)]
pub(in crate::suite) struct RawLogin {
    /// `[METHOD ]/path` in the environment itself; POST where something is sent.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::RequestLine"))]
    pub(in crate::suite) request: Option<Text>,
    /// Headers of the request.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Headers"))]
    pub(in crate::suite) headers: Option<Pairs<Text>>,
    /// What is sent, as text. A request has one of `body`, `json` and `form`.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Text"))]
    pub(in crate::suite) body: Option<Text>,
    /// What is sent, as JSON.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Json"))]
    pub(in crate::suite) json: Option<serde_json::Value>,
    /// What is sent, as the fields of a form.
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) form: Option<Pairs<Text>>,
}

/// How a bearer token is renewed: by a request, or by a program.
#[derive(Debug, Default, serde::Deserialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(
        rename = "Refresh",
        title = "refresh",
        extend("oneOf" = schema::request_or_command(), "not" = schema::two_bodies())
    )
)]
#[serde(
    deny_unknown_fields,
    expecting = "a mapping with `request` and `token`, or with `command`"
)]
pub(in crate::suite) struct RawRefresh {
    /// `[METHOD ]/path` in the environment itself; POST where something is sent.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::RequestLine"))]
    pub(in crate::suite) request: Option<Text>,
    /// Headers of the request.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Headers"))]
    pub(in crate::suite) headers: Option<Pairs<Text>>,
    /// What is sent, as text. A request has one of `body`, `json` and `form`.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Text"))]
    pub(in crate::suite) body: Option<Text>,
    /// What is sent, as JSON.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Json"))]
    pub(in crate::suite) json: Option<serde_json::Value>,
    /// What is sent, as the fields of a form.
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) form: Option<Pairs<Text>>,
    /// Where in the JSON answer the new token is; dots descend: `data.token`.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::TokenField"))]
    pub(in crate::suite) token: Option<Text>,
    /// A program that prints the new token, with its arguments; no shell is between.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::ProgramAndArguments"))]
    pub(in crate::suite) command: Option<List>,
}
