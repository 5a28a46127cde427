//! The `deployment_status` event of GitHub, in the file that `GITHUB_EVENT_PATH` names.

use std::fs::File;
use std::io::Read;

use serde::Deserialize;

use super::problem::Problem;
use super::search::Answer;
use super::variables::value;
use crate::suite::{EnvironmentType, type_in_name};

const PATH: &str = "GITHUB_EVENT_PATH";

/// More than an event may have (GitHub: 25 MB).
const MOST: u64 = 32 * 1024 * 1024;

/// Of the event, what tells where something was deployed to.
#[derive(Debug, Deserialize)]
struct Event {
    deployment_status: Option<Status>,
    deployment: Option<Deployment>,
}

#[derive(Debug, Deserialize)]
struct Status {
    #[serde(default)]
    state: String,
    environment: Option<String>,
    environment_url: Option<String>,
    target_url: Option<String>,
    log_url: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Deployment {
    environment: Option<String>,
    production_environment: Option<bool>,
}

/// Reads the event's file.
pub(super) fn find(process: &dyn Fn(&str) -> Option<String>) -> Result<Answer, Problem> {
    let path = value(PATH, process)
        .map_err(|problem| problem.help("GitHub sets it in the steps of a workflow"))?;
    let mut text = String::new();
    File::open(&path)
        .and_then(|file| file.take(MOST).read_to_string(&mut text))
        .map_err(|error| {
            Problem::new(format!(
                "`{path}`, which `{PATH}` names, cannot be read: {error}"
            ))
        })?;
    read(&text)
}

fn read(text: &str) -> Result<Answer, Problem> {
    let event: Event = serde_json::from_str(text).map_err(|error| {
        let message = format!("the file that `{PATH}` names holds no event: {error}");
        Problem::new(message)
    })?;
    let Some(status) = event.deployment_status else {
        let message = "the event of this workflow is no `deployment_status`";
        return Err(Problem::new(message)
            .help("a workflow that begins with `on: deployment_status` has one")
            .help("one that deploys itself hands the URL on: `discover: { env: PREVIEW_URL }`"));
    };
    if ["error", "failure", "inactive"].contains(&status.state.as_str()) {
        let message = format!("the deployment's state is `{}`", status.state);
        return Err(Problem::new(message).help(
            "`if: github.event.deployment_status.state == 'success'` keeps the job to deployments that are there",
        ));
    }
    let kind = kind(&status, event.deployment.as_ref());
    Ok(Answer {
        url: url(status)?,
        kind,
        source: "deployment_status".to_owned(),
    })
}

/// `environment_url`; else `target_url`, which once had the same meaning, but now is where the log is.
fn url(status: Status) -> Result<String, Problem> {
    let given = |url: Option<String>| url.filter(|url| !url.trim().is_empty());
    let log = given(status.log_url);
    given(status.environment_url)
        .or_else(|| given(status.target_url).filter(|target| Some(target) != log.as_ref()))
        .map(|url| url.trim().to_owned())
        .ok_or_else(|| {
            let message = "the deployment's status has no `environment_url`";
            Problem::new(message).help("whoever deploys has to tell GitHub where to, in a job for instance with `environment: { name: …, url: … }`")
        })
}

fn kind(status: &Status, deployment: Option<&Deployment>) -> Option<EnvironmentType> {
    if deployment.and_then(|it| it.production_environment) == Some(true) {
        return Some(EnvironmentType::Production);
    }
    let name = status.environment.as_deref();
    name.or_else(|| deployment.and_then(|it| it.environment.as_deref()))
        .and_then(type_in_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(status: &str, deployment: &str) -> Result<(String, Option<EnvironmentType>), String> {
        let text = format!(
            r#"{{ "action": "created", "deployment_status": {status}, "deployment": {deployment} }}"#
        );
        let told = read(&text).map_err(|problem| problem.message);
        told.map(|answer| (answer.url, answer.kind))
    }

    #[test]
    fn a_status_tells_url_and_type() {
        let staging = Some(EnvironmentType::Staging);
        let production = Some(EnvironmentType::Production);
        for (status, deployment, url, kind) in [
            (
                r#"{ "state": "success", "environment": "Preview – shop", "environment_url": "https://a.example", "target_url": "https://log", "log_url": "https://log" }"#,
                "null",
                "https://a.example",
                staging,
            ),
            (
                r#"{ "state": "success", "environment": "github-pages", "environment_url": "https://a.example" }"#,
                r#"{ "production_environment": true }"#,
                "https://a.example",
                production,
            ),
            (
                r#"{ "state": "success", "environment": "github-pages", "target_url": "https://a.example" }"#,
                r#"{ "environment": "github-pages", "production_environment": false }"#,
                "https://a.example",
                None,
            ),
            (
                r#"{ "state": "pending", "target_url": "https://a.example", "environment_url": "" }"#,
                r#"{ "environment": "Production" }"#,
                "https://a.example",
                production,
            ),
        ] {
            assert_eq!(
                event(status, deployment),
                Ok((url.to_owned(), kind)),
                "{status}"
            );
        }
    }

    #[test]
    fn a_log_is_no_environment_and_a_failure_no_deployment() {
        for (status, message) in [
            (
                r#"{ "state": "success", "target_url": "https://log", "log_url": "https://log" }"#,
                "`environment_url`",
            ),
            (
                r#"{ "state": "failure", "environment_url": "https://a.example" }"#,
                "`failure`",
            ),
            ("null", "no `deployment_status`"),
        ] {
            let told = event(status, "null").unwrap_err();
            assert!(told.contains(message), "{told}");
        }
        assert!(read("[").is_err());
    }
}
