//! What a report says of accepted mismatches, read back.

use http::Method;
use jiff::civil::Date;
use serde::Deserialize;

use super::record::{status, unknown};
use crate::compare::{Acceptance, Excuse};
use crate::suite::Accepted;

#[derive(Deserialize)]
pub(super) struct AcceptList {
    file: String,
    stale: Vec<AcceptEntry>,
    expired: Vec<AcceptEntry>,
}

#[derive(Deserialize)]
struct AcceptEntry {
    line: u32,
    method: String,
    path: String,
    service: Option<String>,
    name: Option<String>,
    environment: String,
    status: Option<u16>,
    location: Option<String>,
    reason: String,
    until: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct ExcuseEntry {
    reason: String,
    until: Option<String>,
}

impl AcceptList {
    pub(super) fn into_acceptance(self) -> Result<Acceptance, String> {
        let entries = |entries: Vec<AcceptEntry>| {
            let entries = entries.into_iter().map(AcceptEntry::into_entry);
            entries.collect::<Result<_, String>>()
        };
        Ok(Acceptance {
            file: self.file,
            stale: entries(self.stale)?,
            expired: entries(self.expired)?,
        })
    }
}

impl AcceptEntry {
    fn into_entry(self) -> Result<Accepted, String> {
        let method = self.method.parse::<Method>();
        Ok(Accepted {
            method: method.map_err(|_no_method| unknown("method", &self.method))?,
            path: self.path,
            service: self.service,
            name: self.name,
            environment: self.environment,
            status: self.status.map(status).transpose()?,
            location: self.location,
            reason: self.reason,
            until: self.until.map(|text| date(&text)).transpose()?,
            line: self.line,
        })
    }
}

impl ExcuseEntry {
    pub(super) fn into_excuse(self) -> Result<Excuse, String> {
        Ok(Excuse {
            reason: self.reason,
            until: self.until.map(|text| date(&text)).transpose()?,
        })
    }
}

fn date(text: &str) -> Result<Date, String> {
    text.parse()
        .map_err(|_no_date| format!("`{text}` is no date"))
}
