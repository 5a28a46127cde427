//! Lists, mappings, and what can be written in more than one way.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use super::super::{
    Pairs, RawAnswer, RawAnswerKeys, RawCredential, RawDefaults, RawDiscover, RawDiscoverKeys,
    RawEndpoint, RawEntries, RawEntry, RawEnvironment, RawEnvironmentKeys, RawExpect, RawMock,
    RawRetry, RawRetryKeys, RawRoot, RawService, RawServiceKeys, RawSuite, Text,
};
use super::patterns::{self, or_template};
use super::values::{BaseUrl, MockStatus, Times};

/// What `${NAME}` can ask for.
const NAME_OF_VALUE: &str = "^[A-Za-z_][A-Za-z0-9_]*$";

/// A schema that is made with the help of others, under a name of its own.
macro_rules! shapes {
    ($($type:ty, $name:literal, |$generator:ident| $schema:expr;)*) => {$(
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema($generator: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    )*};
}

/// Types that only the schema knows.
macro_rules! markers {
    ($($type:ident)*) => {$( pub(in crate::suite::raw) struct $type; )*};
}

markers! {
    AnswerHeaders Credentials Each Environments FileNames Headers Json OneAnswer ProgramAndArguments Redirects Resolve
    RetryOn Services Status Statuses Tags Vars
}

impl<T: JsonSchema> JsonSchema for Pairs<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("{}ByName", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        mapping(&generator.subschema_for::<T>(), &json!({}))
    }
}

shapes! {
    RawRoot, "File", |generator| root(generator);
    RawEntries, "Endpoints", |generator| endpoints(generator, &["array", "object"]);
    RawEntry, "Entry", |generator| entry(generator);
    RawDefaults, "Defaults", |generator| defaults(generator);
    RawExpect, "Expectation", |generator| expectation(generator);
    RawEnvironment, "Environment", |generator| json_schema!({
        "if": { "type": "string" },
        "then": generator.subschema_for::<BaseUrl>(),
        "else": generator.subschema_for::<RawEnvironmentKeys>(),
    });
    RawService, "Service", |generator| json_schema!({
        "if": { "type": "string" },
        "then": generator.subschema_for::<BaseUrl>(),
        "else": generator.subschema_for::<RawServiceKeys>(),
    });
    RawMock, "Mock", |generator| json_schema!({
        "type": ["object", "string", "null"],
        "pattern": r"^(?!.*\$\{).+$",
        "patternErrorMessage": "expected the name of a file, without `${…}`",
        "propertyNames": named(&patterns::request_line()),
        "additionalProperties": generator.subschema_for::<RawAnswer>(),
    });
    RawDiscover, "Discover", |generator| json_schema!({
        "if": { "type": "string" },
        "then": { "enum": ["upsun", "vercel", "netlify", "gitlab", "github"] },
        "else": generator.subschema_for::<RawDiscoverKeys>(),
    });
    RawAnswer, "Answer", |generator| json_schema!({
        "if": { "type": "array" },
        "then": { "minItems": 1, "items": generator.subschema_for::<OneAnswer>() },
        "else": generator.subschema_for::<OneAnswer>(),
    });
    OneAnswer, "OneAnswer", |generator| json_schema!({
        "if": { "type": "object" },
        "then": generator.subschema_for::<RawAnswerKeys>(),
        "else": generator.subschema_for::<MockStatus>(),
    });
    RawRetry, "Retry", |generator| json_schema!({
        "if": { "type": "object" },
        "then": generator.subschema_for::<RawRetryKeys>(),
        "else": { "anyOf": [generator.subschema_for::<Times>(), { "const": false }] },
    });
    Environments, "Environments", |generator| mapping(
        &generator.subschema_for::<RawEnvironment>(),
        &json!({ "allOf": [named(patterns::NAME)], "not": { "const": "default" } }),
    );
    Services, "Services", |generator| mapping(
        &generator.subschema_for::<RawService>(),
        &json!({ "allOf": [named(patterns::NAME)], "not": { "const": "default" } }),
    );
    Credentials, "Credentials", |generator| mapping(
        &generator.subschema_for::<RawCredential>(),
        &json!({ "allOf": [named(patterns::NAME)], "not": { "enum": ["anonymous", "default"] } }),
    );
    Vars, "Vars", |generator| mapping(
        &generator.subschema_for::<Text>(),
        &named(NAME_OF_VALUE),
    );
    Each, "Each", |generator| json_schema!({
        "type": "object",
        "minProperties": 1,
        "propertyNames": named(NAME_OF_VALUE),
        "additionalProperties": {
            "type": "array",
            "items": generator.subschema_for::<Text>(),
            "minItems": 1,
        },
    });
    FileNames, "FileNames", |_generator| json_schema!({
        "type": "array",
        "items": { "type": "string", "pattern": r"^(?!.*\$\{).+$", "examples": ["api/*.yaml"] },
        "minItems": 1,
    });
    Headers, "Headers", |_generator| headers(&json!({
        "allOf": [named(patterns::HEADER)],
        "not": { "pattern": patterns::FRAMING },
    }));
    AnswerHeaders, "AnswerHeaders", |_generator| headers(&named(patterns::HEADER));
    Resolve, "Resolve", |_generator| mapping(
        &json_schema!({
            "type": "string",
            "pattern": or_template(patterns::ADDRESS),
            "patternErrorMessage": "expected an IP address such as `10.0.0.5`, without a port",
        }),
        &named(patterns::HOST),
    );
    Json, "Json", |generator| {
        let inside = generator.subschema_for::<Json>();
        json_schema!({ "pattern": patterns::text(), "items": inside, "additionalProperties": inside })
    };
    Tags, "Tags", |_generator| json_schema!({
        "type": "array", "items": { "type": ["string", "number", "boolean"], "pattern": r"\S" },
    });
    ProgramAndArguments, "ProgramAndArguments", |generator| {
        let words = generator.subschema_for::<Text>();
        // No shell splits a command line; a path may have white space in it, the bare name of a program has none.
        let command_line = json!({ "type": "string", "pattern": r"^[^/\\$]*\s[^/\\$]*$" });
        json_schema!({
            "type": "array",
            "items": words,
            "minItems": 1,
            "not": { "maxItems": 1, "items": command_line },
        })
    };
    Status, "Status", |_generator| status(
        &format!("^{}$", patterns::status()),
        "a status, a class, a range or `any`, perhaps after `not`",
    );
    Statuses, "Statuses", |generator| {
        let what = "a status, a class, a range, or a list of them";
        let mut statuses = status(&or_template(&patterns::status()), what);
        statuses.insert("type".to_owned(), json!(["integer", "string", "array"]));
        statuses.insert("items".to_owned(), generator.subschema_for::<Status>().into());
        statuses.insert("minItems".to_owned(), 1.into());
        statuses
    };
    RetryOn, "RetryOn", |_generator| {
        let pattern = format!(r"^\s*(?:error|{})\s*$", patterns::some_status());
        let outcome = status(&pattern, "`error`, a status, a class or a range");
        json_schema!({ "type": "array", "items": outcome, "minItems": 1 })
    };
    Redirects, "Redirects", |_generator| {
        let (status_alone, redirect) = (patterns::status(), patterns::redirect());
        let pattern = format!(r"^(?!.*\$\{{)(?:{status_alone}|{redirect})$");
        let step = status(&pattern, "a step such as `301 -> /new`, and last the status of the answer");
        json_schema!({ "type": "array", "items": step, "minItems": 2, "maxItems": 101 })
    };
}

/// A suite, or only its endpoints: the first key tells, and only paths have a `/` in them.
fn root(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "if": { "anyOf": [{ "type": "array" }, only_paths()] },
        "then": endpoints(generator, &["array", "object"]),
        "else": generator.subschema_for::<RawSuite>(),
    })
}

fn only_paths() -> Value {
    json!({ "type": "object", "minProperties": 1, "propertyNames": named("/") })
}

/// A list of endpoints, a mapping of paths to expectations, or either.
fn endpoints(generator: &mut SchemaGenerator, types: &[&str]) -> Schema {
    json_schema!({
        "type": types,
        "items": generator.subschema_for::<RawEntry>(),
        "minItems": 1,
        "minProperties": 1,
        "propertyNames": named(&patterns::request_line()),
        "additionalProperties": generator.subschema_for::<RawExpect>(),
    })
}

fn entry(generator: &mut SchemaGenerator) -> Schema {
    let mut pair = endpoints(generator, &["object"]);
    pair.insert("maxProperties".to_owned(), 1.into());
    json_schema!({
        "if": { "type": "string" },
        "then": {
            "pattern": patterns::lone_request_line(),
            "patternErrorMessage": "expected `[METHOD ]/path`; an expectation follows a colon and a space",
            "examples": ["/health"],
        },
        "else": {
            "if": only_paths(),
            "then": pair,
            "else": generator.subschema_for::<RawEndpoint>(),
        },
    })
}

/// Any key of an endpoint but those that tell it from others.
fn defaults(generator: &mut SchemaGenerator) -> Schema {
    let mut schema = RawEndpoint::json_schema(generator);
    schema.remove("required");
    let text = "What all endpoints have that do not say otherwise: any of their keys but `path`, `name`, `tags`, `each` and `each_file`.";
    schema.insert("description".to_owned(), text.into());
    if let Some(Value::Object(keys)) = schema.get_mut("properties") {
        for key in ["path", "name", "tags", "each", "each_file"] {
            keys.remove(key);
        }
    }
    // What `defaults` say of redirects may be overridden before it can be a contradiction.
    if let Some(Value::Object(rules)) = schema.get_mut("dependencies") {
        rules.remove("follow_redirects");
    }
    schema
}

/// One for all environments, or one for each. Each keyword is about one type only, so that an editor tells what
/// is wrong with what is there.
fn expectation(generator: &mut SchemaGenerator) -> Schema {
    let pattern = format!(
        "{}|\\s*same\\s*|{}",
        patterns::status(),
        patterns::redirect()
    );
    let what = "`200`, `2xx`, `200-204`, `any`, `not 404`, `301 -> /new` or `same`";
    let mut one = status(&or_template(&pattern), what);
    one.insert("type".to_owned(), json!(["integer", "string", "array"]));
    one.insert(
        "items".to_owned(),
        generator.subschema_for::<Status>().into(),
    );
    one.insert("minItems".to_owned(), 1.into());
    let mut all = one.clone();
    all.insert(
        "type".to_owned(),
        json!(["integer", "string", "array", "object"]),
    );
    all.insert("minProperties".to_owned(), 1.into());
    all.insert("propertyNames".to_owned(), named(patterns::NAME));
    all.insert("additionalProperties".to_owned(), one.into());
    let examples = json!([
        200,
        404,
        "same",
        "2xx",
        "any",
        "not 5xx",
        "301 -> /new",
        [200, 404]
    ]);
    all.insert("examples".to_owned(), examples);
    all
}

/// A status as a number, or spelled by `pattern`.
fn status(pattern: &str, what: &str) -> Schema {
    json_schema!({
        "type": ["integer", "string"],
        "minimum": 200,
        "maximum": 999,
        "pattern": pattern,
        "patternErrorMessage": format!("expected {what}"),
    })
}

/// Keys that `pattern` spells, and the merge key of YAML, which some editors take for a name.
fn named(pattern: &str) -> Value {
    json!({ "pattern": format!("{pattern}|^<<$") })
}

/// A mapping; all its entries may be commented out.
fn mapping(values: &Schema, names: &Value) -> Schema {
    json_schema!({
        "type": ["object", "null"],
        "propertyNames": names,
        "additionalProperties": values,
    })
}

fn headers(names: &Value) -> Schema {
    let value = json_schema!({
        "type": ["string", "number", "boolean", "null"],
        "pattern": patterns::line(),
        "patternErrorMessage": "expected one line; `${NAME}` and `${NAME:-fallback}` fill in values",
    });
    mapping(&value, names)
}
