//! Values that flags take: from the text that was typed to what it means, or why it means nothing.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::error::ErrorKind;
use http::{HeaderName, HeaderValue};
use statusdiff::report::Format;
use statusdiff::suite::{check_header_value, parse_header_name};

pub(super) fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|&number| number > 0)
        .ok_or_else(|| "a whole number of at least 1".to_owned())
}

pub(super) fn name_and_url(text: &str) -> Result<(String, String), String> {
    let (name, url) = text
        .split_once('=')
        .ok_or("expected `NAME=URL`, such as `staging=https://staging.example.com`")?;
    Ok((name.to_owned(), url.to_owned()))
}

/// Reads a header. What was typed is not quoted when it cannot be read, as other values are: it may be a secret.
#[derive(Debug, Clone)]
pub(super) struct HeaderParser;

impl TypedValueParser for HeaderParser {
    type Value = (HeaderName, HeaderValue);

    fn parse_ref(
        &self,
        command: &clap::Command,
        _argument: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<Self::Value, clap::Error> {
        let text = value.to_str().ok_or_else(|| "it is not UTF-8".to_owned());
        text.and_then(header).map_err(|why| {
            let message = format!("invalid value for '--header <NAME: VALUE>': {why}\n");
            clap::Error::raw(ErrorKind::ValueValidation, message).with_cmd(command)
        })
    }
}

fn header(text: &str) -> Result<(HeaderName, HeaderValue), String> {
    let (name, value) = text
        .split_once(':')
        .ok_or("expected `NAME: VALUE`, such as `X-Team: web`")?;
    let (name, value) = (parse_header_name(name.trim())?, value.trim());
    check_header_value(value)?;
    let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|error| error.to_string())?;
    Ok((name, value))
}

/// All formats, for the long help; the short one has no room for them.
pub(super) fn format_help() -> String {
    let names = Format::ALL.map(Format::name).join(", ");
    format!(
        "The report on standard output\n\nOne of {names}. `github` also adds the Markdown report to the file that \
         `GITHUB_STEP_SUMMARY` names."
    )
}

/// Names them all, in the completions and where a word is none of them.
pub(super) fn formats() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(Format::ALL.map(Format::name)).try_map(|name| name.parse())
}

fn format(text: &str) -> Result<Format, String> {
    text.parse().map_err(|_unknown| {
        let names: Vec<_> = Format::ALL.iter().map(|format| format.name()).collect();
        format!("expected one of {}", names.join(", "))
    })
}

pub(super) fn format_and_path(text: &str) -> Result<(Format, PathBuf), String> {
    let (name, path) = text
        .split_once('=')
        .filter(|(_, path)| !path.is_empty())
        .ok_or("expected `FORMAT=PATH`, such as `json=report.json`")?;
    let format = format(name)?;
    if path == "-" {
        return Err(format!(
            "a report goes into a file; for standard output say `--format {name}`"
        ));
    }
    Ok((format, PathBuf::from(path)))
}
