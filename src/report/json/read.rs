//! The JSON report, read back.
//!
//! Input: the document that this module's parent writes. Output: a [`Recorded`] comparison. Unknown fields are
//! passed over, as every reader of the format should. It refuses other documents, later versions, and half a
//! file. A test reads all that is written, so that the two cannot drift apart.

mod accept;
mod record;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::io;

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use self::accept::{AcceptList, ExcuseEntry};
use super::{FORMAT, VERSION};
use crate::compare::{Recorded, RowRecord};

/// Reads a report; large ones row by row.
///
/// # Errors
///
/// Why `json` holds no report that this version can read.
pub fn read(json: impl io::Read) -> Result<Recorded, ReadError> {
    let mut deserializer = serde_json::Deserializer::from_reader(json);
    let report = Report::deserialize(&mut deserializer)?;
    deserializer.end()?;
    report.into_recorded().map_err(ReadError::Foreign)
}

/// Why a file holds no report.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It cannot be read at all.
    #[error("it cannot be read: {0}")]
    Io(serde_json::Error),
    /// It ends before the report does.
    #[error("it breaks off in line {}", .0.line())]
    Half(serde_json::Error),
    /// It is no JSON.
    #[error("it is no JSON: {0}")]
    Syntax(serde_json::Error),
    /// It is another program's, or a later version's.
    #[error("{0}")]
    Foreign(String),
}

impl From<serde_json::Error> for ReadError {
    fn from(error: serde_json::Error) -> Self {
        match error.classify() {
            serde_json::error::Category::Io => Self::Io(error),
            serde_json::error::Category::Eof => Self::Half(error),
            serde_json::error::Category::Syntax => Self::Syntax(error),
            serde_json::error::Category::Data => Self::Foreign(error.to_string()),
        }
    }
}

#[derive(Deserialize)]
struct Report {
    #[serde(deserialize_with = "format")]
    #[expect(dead_code, reason = "looked at while it is read")]
    format: (),
    #[serde(deserialize_with = "version")]
    #[expect(dead_code, reason = "looked at while it is read")]
    format_version: (),
    suite: String,
    #[serde(default)]
    suites: Vec<String>,
    name: Option<String>,
    started_at: String,
    duration_ms: f64,
    reference: String,
    shard: Option<ShardEntry>,
    complete: bool,
    exit_code: u8,
    #[serde(default)]
    insecure: Vec<String>,
    accept: Option<AcceptList>,
    summary: Summary,
    environments: Vec<Environment>,
    endpoints: Rows,
}

/// Of the counts, those that tell whether the report is whole; all are counted again.
#[derive(Deserialize)]
struct Summary {
    endpoints: usize,
}

#[derive(Deserialize)]
struct ShardEntry {
    index: u32,
    total: u32,
    of: String,
}

#[derive(Deserialize)]
struct Environment {
    name: String,
    r#type: String,
    base_url: String,
    #[serde(default)]
    services: BTreeMap<String, String>,
    #[serde(default)]
    embedded: bool,
}

#[derive(Deserialize)]
struct Endpoint {
    method: String,
    path: Box<str>,
    #[serde(default)]
    service: Option<Box<str>>,
    name: Option<Box<str>>,
    tags: Vec<String>,
    file: Box<str>,
    line: u32,
    #[serde(default)]
    position: u32,
    probes: Vec<ProbeEntry>,
}

#[derive(Deserialize)]
struct ProbeEntry {
    environment: String,
    url: Box<str>,
    verdict: String,
    expected: Box<str>,
    status: Option<u16>,
    error: Option<ErrorEntry>,
    reasons: Vec<String>,
    accepted: Option<ExcuseEntry>,
    location: Option<Box<str>>,
    attempts: u32,
    duration_ms: Option<f64>,
    #[serde(default)]
    reconnects: u32,
    #[serde(default)]
    redirects: Vec<Redirect>,
    #[serde(default)]
    samples: Vec<SampleEntry>,
    door: Option<DoorEntry>,
    curl: Option<Box<str>>,
}

#[derive(Deserialize)]
struct ErrorEntry {
    kind: String,
    cause: Option<String>,
    message: String,
}

#[derive(Deserialize)]
struct SampleEntry {
    status: Option<u16>,
    count: u32,
    location: Option<Box<str>>,
    error: Option<String>,
}

#[derive(Deserialize)]
struct DoorEntry {
    refuses: bool,
    sends_to: Option<String>,
    curl: Option<Box<str>>,
}

#[derive(Deserialize)]
struct Redirect {
    status: u16,
    target: Box<str>,
}

/// The rows, and the names of their environments in order.
struct Rows {
    environments: Option<Vec<String>>,
    rows: Vec<RowRecord>,
}

fn format<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(), D::Error> {
    match String::deserialize(deserializer)? {
        format if format == FORMAT => Ok(()),
        other => Err(D::Error::custom(format!(
            "its `format` is `{other}`, not `{FORMAT}`"
        ))),
    }
}

fn version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(), D::Error> {
    match u32::deserialize(deserializer)? {
        VERSION => Ok(()),
        other => Err(D::Error::custom(format!(
            "its format has version {other}, and this statusdiff reads version {VERSION}"
        ))),
    }
}

impl<'de> Deserialize<'de> for Rows {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(RowsVisitor)
    }
}

/// Makes each row small as soon as it is read.
struct RowsVisitor;

impl<'de> Visitor<'de> for RowsVisitor {
    type Value = Rows;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of endpoints")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Rows, A::Error> {
        let mut environments: Option<Vec<String>> = None;
        let mut rows = Vec::new();
        while let Some(endpoint) = list.next_element::<Endpoint>()? {
            let names = endpoint.probes.iter().map(|probe| &probe.environment);
            let known = environments.get_or_insert_with(|| names.clone().cloned().collect());
            if !names.eq(known.iter()) {
                let message = format!(
                    "`{}` has other environments than the first endpoint",
                    endpoint.path
                );
                return Err(A::Error::custom(message));
            }
            rows.push(endpoint.into_record().map_err(A::Error::custom)?);
        }
        Ok(Rows { environments, rows })
    }
}
