//! The rows of `statusdiff environments` as a document for programs.

use serde::Serialize;

use super::rows::{Row, Site, address, milliseconds};

/// A document of all of them.
pub(super) fn json(rows: &[Row]) -> String {
    let environments = rows.iter().map(|row| {
        let sites = row.sites();
        let (home, services) = sites
            .split_first()
            .map_or((None, &[][..]), |(home, rest)| (Some(home), rest));
        let origin = row.origins.first().map_or("", String::as_str);
        JsonRow {
            name: &row.name,
            kind: home.map(|it| it.environment.kind().as_str()),
            base_url: home.and_then(|it| json_address(*it)),
            source: row.clean(origin),
            error: row.problem(),
            ping: home.and_then(|it| json_ping(*it)),
            services: services.iter().map(|it| json_service(*it)).collect(),
        }
    });
    let document = Json {
        format: "statusdiff-environments",
        format_version: 1,
        environments: environments.collect(),
    };
    // Nothing in it has keys that are no text.
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

fn json_service(site: Site<'_>) -> JsonService<'_> {
    JsonService {
        name: site.environment.service().unwrap_or_default(),
        base_url: json_address(site),
        source: site.row.clean(site.origin),
        ping: json_ping(site),
    }
}

fn json_address(site: Site<'_>) -> Option<String> {
    address(site.environment).map(|it| site.row.clean(&it))
}

fn json_ping(site: Site<'_>) -> Option<JsonPing> {
    let outcome = site.answer?;
    Some(JsonPing {
        status: outcome.observed.answer().map(|it| it.status.as_u16()),
        error: outcome.observed.failure().map(|failure| JsonFailure {
            kind: failure.kind.as_str(),
            message: site.row.clean(&failure.message),
        }),
        duration_ms: milliseconds(outcome),
    })
}

#[derive(Serialize)]
struct Json<'a> {
    format: &'static str,
    format_version: u32,
    environments: Vec<JsonRow<'a>>,
}

#[derive(Serialize)]
struct JsonRow<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    kind: Option<&'static str>,
    /// Absent for an embedded environment, and where it is not known.
    base_url: Option<String>,
    source: String,
    error: Option<String>,
    ping: Option<JsonPing>,
    services: Vec<JsonService<'a>>,
}

#[derive(Serialize)]
struct JsonService<'a> {
    name: &'a str,
    /// Absent for an embedded service.
    base_url: Option<String>,
    source: String,
    ping: Option<JsonPing>,
}

#[derive(Serialize)]
struct JsonPing {
    status: Option<u16>,
    error: Option<JsonFailure>,
    duration_ms: f64,
}

#[derive(Serialize)]
struct JsonFailure {
    kind: &'static str,
    message: String,
}
