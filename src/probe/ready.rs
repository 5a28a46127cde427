//! Waiting for an environment that is just being deployed or cloned.

use std::cell::Cell;
use std::time::Duration;

use http::Method;
use reqwest::{Request, Response};
use tokio::time::{Instant, sleep, timeout_at};

use super::client::Sent;
use super::credential::{Issuer, Pass};
use super::exchange::read_body;
use super::pace::{alarm, within};
use crate::outcome::{Failure, FailureKind};
use crate::plan::Ready;

/// Asking more often than this would only add to the load of what is coming up.
const SHORTEST_PAUSE: Duration = Duration::from_millis(50);

/// Waits until the environment is ready: as its `ready` says, or for `--wait` alone until its base URL is not
/// answered with 502, 503 or 504. Without either there is nothing to wait for.
pub(super) async fn wait(
    asked: &Issuer<'_>,
    pass: Option<&Pass>,
    longest: Option<Duration>,
) -> Result<(), Failure> {
    let environment = asked.environment;
    let base_only = environment.ready_by_default();
    let Some(ready) = environment.ready().or_else(|| longest.map(|_| &base_only)) else {
        return Ok(());
    };
    let limit = longest.unwrap_or(ready.timeout);
    let end = Instant::now() + limit;
    let mut last = "no answer came".to_owned();
    loop {
        // One answer that never comes does not use up the time for all.
        let waited = Cell::default();
        let question = ask(asked, pass, ready, &waited);
        let (mut alarm, limits) = (alarm(), (Instant::now(), environment.timeout()));
        let answer = within(&mut alarm, limits, &waited, question);
        match timeout_at(end, answer).await {
            Ok(Some(Ok(()))) => return Ok(()),
            Ok(Some(Err(why))) => last = why,
            Ok(None) | Err(_) => {}
        }
        // The last pauses are shorter, so that no time is left unused.
        let left = end.saturating_duration_since(Instant::now());
        let pause = ready.interval.min(left / 2);
        if pause < ready.interval.min(SHORTEST_PAUSE) {
            let message = format!("not ready within {} s: {last}", limit.as_secs_f64());
            return Err(Failure::new(FailureKind::NotReady, message));
        }
        sleep(pause).await;
    }
}

/// Asks once; an error says what is missing.
async fn ask(
    asked: &Issuer<'_>,
    pass: Option<&Pass>,
    ready: &Ready,
    waited: &Cell<Duration>,
) -> Result<(), String> {
    let Issuer {
        environment,
        client,
        pacer,
    } = asked;
    let url = environment.url(&ready.target).ok_or("it is not running")?;
    let request = || {
        let mut request = Request::new(Method::GET, url.clone());
        *request.headers_mut() = (*ready.request_headers).clone();
        if let Some(pass) = pass {
            request
                .headers_mut()
                .entry(&pass.name)
                .or_insert_with(|| pass.value.clone());
        }
        request
    };
    let Sent { response, .. } = client
        .execute((&Method::GET, &url), (pacer, waited), request)
        .await
        .map_err(|failure| failure.message.into_string())?;
    check(ready, response).await
}

/// Whether the answer is what the environment has to give; an error says what is missing.
async fn check(ready: &Ready, response: Response) -> Result<(), String> {
    let (status, path) = (response.status(), &ready.shown_target);
    if !ready.expects(status) {
        return Err(format!(
            "{path} is answered with {}, expected {}",
            status.as_u16(),
            ready.expected()
        ));
    }
    for (name, expected) in &ready.headers {
        let found = response
            .headers()
            .get(name)
            .map(|value| String::from_utf8_lossy(value.as_bytes()));
        if found.as_deref() != Some(expected.as_str()) {
            let found = found.map_or("no such header".to_owned(), |found| format!("`{found}`"));
            return Err(format!(
                "the header `{name}` of {path} has to be `{expected}`, found {found}"
            ));
        }
    }
    if ready.json.is_empty() {
        return Ok(());
    }
    let body = read_body(response)
        .await
        .map_err(|_broken| format!("the answer to {path} broke off"))?;
    let json: serde_json::Value = serde_json::from_slice(&body)
        .map_err(|_not_json| format!("the answer to {path} is not JSON"))?;
    for (field, expected) in &ready.json {
        let found = match json.get(field) {
            Some(serde_json::Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => return Err(format!("the answer to {path} has no `{field}`")),
        };
        if found != *expected {
            return Err(format!(
                "`{field}` of {path} has to be `{expected}`, found `{found}`"
            ));
        }
    }
    Ok(())
}
