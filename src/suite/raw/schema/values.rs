//! Single values: what may be written, and what an editor says where something else is.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use super::super::{Follow, Switch, Text};
use super::patterns::{self, or_template};

/// A value that is spelled by a pattern, with numbers of the same spelling, and examples.
fn spelled(pattern: &str, what: &str, examples: &Value) -> Schema {
    json_schema!({
        "type": "string",
        "pattern": pattern,
        "patternErrorMessage": format!("expected {what}"),
        "examples": examples,
    })
}

/// A whole number within bounds, or a template of one.
fn counted(pattern: &str, what: &str, smallest: u64, largest: u64) -> Schema {
    json_schema!({
        "type": ["integer", "string"],
        "minimum": smallest,
        "maximum": largest,
        "pattern": or_template(pattern),
        "patternErrorMessage": format!("expected {what}"),
    })
}

macro_rules! values {
    ($($(#[$doc:meta])* $type:ident => $schema:expr;)*) => {$(
        $(#[$doc])*
        pub(in crate::suite::raw) struct $type;
        named!($type, stringify!($type), $schema);
    )*};
}

macro_rules! named {
    ($type:ty, $name:expr, $schema:expr) => {
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    };
}

named!(Switch, "Switch", json_schema!({ "type": "boolean" }));
named!(
    Follow,
    "Follow",
    json_schema!({
        "anyOf": [{ "type": "boolean" }, { "type": "integer", "minimum": 0, "maximum": 100 }],
    })
);
named!(
    Text,
    "Text",
    json_schema!({
        "type": ["string", "number", "boolean", "null"],
        "pattern": patterns::text(),
        "patternErrorMessage": "`${NAME}` and `${NAME:-fallback}` fill in values; `$${` is a literal `${`",
    })
);

values! {
    Path => spelled(
        &format!("^{}$", patterns::path()),
        "a path such as `/health`: one `/` at its beginning, no white space, fragment or `..`",
        &json!(["/health"]),
    );
    Method => spelled(
        &patterns::method(),
        "a method in upper case, such as `POST`",
        &json!(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
    );
    RequestLine => spelled(
        &patterns::request_line(),
        "`[METHOD ]/path`, such as `POST /login`",
        &json!(["POST /login"]),
    );
    Duration => spelled(
        &or_template(&patterns::duration()),
        "a number and a unit: `250ms`, `10s`, `2m`, `1h`",
        &json!(["250ms", "10s", "2m", "1h"]),
    );
    PlainDuration => spelled(
        &format!("^{}$", patterns::duration()),
        "a number and a unit: `250ms`, `10s`, `2m`, `1h`",
        &json!(["80ms", "1s"]),
    );
    Rate => spelled(
        &or_template(&patterns::rate()),
        "a number and a unit: `20/s`, `600/m`, `20/h`",
        &json!(["20/s", "600/m"]),
    );
    Concurrency => counted("0*[1-9][0-9]*", "a number of at least 1", 1, u64::from(u32::MAX));
    Times => counted("100|[0-9]{1,2}", "a number from 0 to 100", 0, 100);
    BaseUrl => spelled(
        &or_template(patterns::BASE_URL),
        "`http://` or `https://`, a host, and perhaps a path",
        &json!(["https://staging.example.com"]),
    );
    Proxy => spelled(
        &or_template(patterns::PROXY),
        "a URL such as `http://proxy.example.com:3128`, or `none`",
        &json!(["http://proxy.example.com:3128", "socks5h://localhost:1080", "none"]),
    );
    EnvironmentType => json_schema!({ "enum": ["development", "staging", "production"] });
    HttpVersion => json_schema!({ "enum": ["auto", "1.1", "2", 1.1, 2] });
    TlsVersion => json_schema!({ "enum": ["1.2", "1.3", 1.2, 1.3] });
    EnvironmentName => json_schema!({ "type": ["string", "number", "boolean"], "pattern": patterns::NAME });
    EnvironmentNames => json_schema!({
        "type": "array",
        "items": { "type": ["string", "number", "boolean"], "pattern": patterns::NAME },
        "minItems": 1,
        "uniqueItems": true,
    });
    Role => spelled(
        patterns::NAME,
        "the name of one of the environments' `credentials`, `anonymous` or `default`",
        &json!(["anonymous", "default"]),
    );
    ServiceName => spelled(
        patterns::NAME,
        "the name of one of the environments' `services`, or `default`",
        &json!(["default"]),
    );
    FileName => spelled(
        r"^(?!.*-----BEGIN)[^\x00-\x1F\x7F]+$",
        "the name of a file",
        &json!(["certs/ca.pem"]),
    );
    Token => spelled(
        &format!(r"^(?![bB][eE][aA][rR][eE][rR]\s)(?:[^\s$]|\$(?!\{{)|\$\$\{{|{})+$", patterns::TEMPLATE),
        "the token alone, usually `${TOKEN}`",
        &json!(["${TOKEN}"]),
    );
    TokenField => spelled(
        r"^(?!.*\$\{)[^.\s]+(?:\.[^.\s]+)*$",
        "the name of a field, such as `access_token` or `data.token`",
        &json!(["access_token"]),
    );
    Username => json_schema!({
        "type": ["string", "number", "boolean", "null"],
        "pattern": format!("^[^:]*$|{}", patterns::TEMPLATE),
        "patternErrorMessage": "a user name has no colon",
    });
    VercelHost => json_schema!({ "enum": ["deployment", "branch", "production"] });
    NetlifyUrl => json_schema!({ "enum": ["deployment", "production"] });
    VariableName => spelled(
        "^[A-Za-z_][A-Za-z0-9_]*$",
        "the name of a variable, such as `PREVIEW_URL`",
        &json!(["PREVIEW_URL"]),
    );
    UpsunName => json_schema!({
        "type": ["string", "number", "boolean"],
        "pattern": or_template(r"[^-\s][^\s]*"),
        "patternErrorMessage": "expected a name or an ID",
    });
    MockStatus => json_schema!({
        "type": ["integer", "string"],
        "minimum": 200,
        "maximum": 999,
        "pattern": r"^\s*(?:[2-9][0-9]{2}|3[0-9]{2}\s*->\s*\S.*)\s*$",
        "patternErrorMessage": "expected a status from 200 to 999, or a redirect such as `301 -> /new`",
        "examples": [200, 404, "301 -> /new"],
    });
}
