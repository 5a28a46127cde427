//! The JSON Schema of suites, generated from the raw types in tests only: the program prints the committed file.
//!
//! Input: the raw types. Output: `schema/suite.schema.json`, in draft 7, which every editor knows. What a key
//! means and which keys there are comes from the types themselves; written by hand is what they read by hand.
//! It refuses only what is never right: whatever the program accepts has to pass.

mod fresh;
mod patterns;
mod rules;
mod shapes;
mod values;

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};
use serde_json::Value;

pub(super) use super::Text;
pub(super) use rules::{
    any_of, base_or_services, beside_a_base, certificate, one_of, redirections, renewable,
    request_or_command, shared_or_own, two_bodies,
};
pub(super) use shapes::{
    AnswerHeaders, Credentials, Each, Environments, FileNames, Headers, Json, ProgramAndArguments,
    Redirects, Resolve, RetryOn, Services, Statuses, Tags, Vars,
};
pub(super) use values::{
    BaseUrl, Concurrency, Duration, EnvironmentName, EnvironmentNames, EnvironmentType, FileName,
    HttpVersion, Method, MockStatus, NetlifyUrl, Path, PlainDuration, Proxy, Rate, RequestLine,
    Role, ServiceName, Times, TlsVersion, Token, TokenField, UpsunName, Username, VariableName,
    VercelHost,
};

/// The schema of `T` as it is committed, with a final line break.
pub(super) fn generate<T: JsonSchema>(title: &str, description: &str) -> String {
    let mut settings = SchemaSettings::draft07();
    // Before the transforms of the draft, which move what stands beside a reference.
    settings
        .transforms
        .insert(0, Box::new(RecursiveTransform(never_null)));
    settings
        .transforms
        .insert(1, Box::new(RecursiveTransform(one_paragraph)));
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    schema.insert("title".to_owned(), title.into());
    schema.insert("description".to_owned(), description.into());
    serde_json::to_string_pretty(&schema).unwrap() + "\n"
}

/// A raw field is absent or has a value: its `Option` never stands for null.
fn never_null(schema: &mut Schema) {
    if schema.get("default").is_some_and(Value::is_null) {
        schema.remove("default");
    }
    let Some(Value::Array(either)) = schema.get("anyOf") else {
        return;
    };
    if let [Value::Object(value), null] = either.as_slice()
        && *null == serde_json::json!({ "type": "null" })
    {
        let value = value.clone();
        schema.remove("anyOf");
        for (keyword, content) in value {
            schema.insert(keyword, content);
        }
    }
}

/// Comments are broken into lines for the source, not for an editor.
fn one_paragraph(schema: &mut Schema) {
    if let Some(Value::String(text)) = schema.get("description") {
        let text = text.replace('\n', " ");
        schema.insert("description".to_owned(), text.into());
    }
}
