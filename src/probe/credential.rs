//! Credentials under way: what a probe shows at the door, and how that is renewed once it is refused.

use std::cell::Cell;
use std::process::Stdio;
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, COOKIE, HeaderName, SET_COOKIE};
use http::{HeaderMap, HeaderValue};
use reqwest::Request;
use tokio::process::Command;
use tokio::sync::OnceCell;
use tokio::time::{Instant, sleep, timeout};

use super::client::{Client, Sent};
use super::exchange::read_body;
use super::pace::{Pacer, alarm, within};
use super::schedule;
use crate::outcome::{Failure, FailureKind};
use crate::plan::{AuthRequest, CredentialKind, Environment, Probe, Refresh, Secrets};

/// A command that renews a credential may take this long.
const COMMAND_LIMIT: Duration = Duration::from_mins(1);

/// What a probe shows: a header, and whether it has been renewed.
#[derive(Debug, Clone)]
pub(super) struct Pass {
    pub(super) name: HeaderName,
    pub(super) value: HeaderValue,
    renewed: bool,
}

/// How the environment is asked for a new credential.
#[derive(Clone, Copy)]
pub(super) struct Issuer<'a> {
    pub(super) environment: &'a Environment,
    pub(super) client: &'a Client,
    pub(super) pacer: &'a Pacer,
}

/// The credentials of one environment.
pub(super) struct Keyring<'p> {
    keys: Vec<Key<'p>>,
    secrets: &'p Secrets,
}

/// One credential: its first pass, and the one after it was refused. Each is obtained once, and whoever needs
/// it meanwhile waits for it.
struct Key<'p> {
    kind: &'p CredentialKind,
    refresh: Option<&'p Refresh>,
    first: OnceCell<Result<Pass, Failure>>,
    renewed: OnceCell<Result<Pass, Failure>>,
}

impl<'p> Keyring<'p> {
    pub(super) fn new(environment: &'p Environment, secrets: &'p Secrets) -> Self {
        let keys = environment.credentials().iter().map(|credential| Key {
            kind: &credential.kind,
            refresh: credential.refresh.as_ref(),
            first: OnceCell::new(),
            renewed: OnceCell::new(),
        });
        Self {
            keys: keys.collect(),
            secrets,
        }
    }

    /// What the environment's own credential shows, if that takes no signing in: for the questions before the first
    /// probe.
    pub(super) fn standing(&self, environment: &Environment) -> Option<Pass> {
        match self.keys.get(environment.own_credential()?)?.kind {
            CredentialKind::Bearer(token) => bearer(token).ok(),
            CredentialKind::Basic { username, password } => basic(username, password).ok(),
            CredentialKind::Login(_) => None,
        }
    }

    /// Whether there is anything that `probe` shows.
    pub(super) fn has_one_for(&self, probe: &Probe<'_>) -> bool {
        self.key(probe).is_some()
    }

    /// What `probe` shows, the renewed one if there is one; `None` where it goes without.
    pub(super) async fn pass(
        &self,
        probe: &Probe<'_>,
        issuer: &Issuer<'_>,
    ) -> Result<Option<Pass>, Failure> {
        let Some(key) = self.key(probe) else {
            return Ok(None);
        };
        if let Some(Ok(renewed)) = key.renewed.get() {
            return Ok(Some(renewed.clone()));
        }
        let first = || Box::pin(self.first(key.kind, issuer));
        key.first.get_or_init(first).await.clone().map(Some)
    }

    /// The pass to try after `refused`: renewed once for everybody; `None` where that cannot be, or where it has
    /// been refused itself.
    pub(super) async fn renew(
        &self,
        probe: &Probe<'_>,
        refused: Option<&Pass>,
        issuer: &Issuer<'_>,
    ) -> Result<Option<Pass>, Failure> {
        let key = self.key(probe).filter(|key| key.is_renewable());
        let (Some(key), Some(false)) = (key, refused.map(|pass| pass.renewed)) else {
            return Ok(None);
        };
        let renew = || {
            Box::pin(async {
                let pass = self.issue(key, issuer).await?;
                Ok(Pass {
                    renewed: true,
                    ..pass
                })
            })
        };
        key.renewed.get_or_init(renew).await.clone().map(Some)
    }

    fn key(&self, probe: &Probe<'_>) -> Option<&Key<'p>> {
        self.keys.get(probe.credential?)
    }

    async fn issue(&self, key: &Key<'_>, issuer: &Issuer<'_>) -> Result<Pass, Failure> {
        match key.refresh {
            Some(Refresh::Request { request, token }) => {
                bearer(&self.ask_for_token(request, token, issuer).await?)
            }
            Some(Refresh::Command(command)) => bearer(&self.run(command).await?),
            None => self.first(key.kind, issuer).await,
        }
    }

    async fn first(&self, kind: &CredentialKind, issuer: &Issuer<'_>) -> Result<Pass, Failure> {
        match kind {
            CredentialKind::Bearer(token) => bearer(token),
            CredentialKind::Basic { username, password } => basic(username, password),
            CredentialKind::Login(request) => self.sign_in(request, issuer).await,
        }
    }

    /// Signs in; the cookies of the answer are the pass.
    async fn sign_in(&self, request: &AuthRequest, issuer: &Issuer<'_>) -> Result<Pass, Failure> {
        let (name, answer) = issuer.ask(request).await?;
        let status = answer.status();
        let cookies = cookies(answer.headers());
        if !(status.is_success() || status.is_redirection()) {
            return Err(failed(format!(
                "signing in with {name} was answered with {}",
                status.as_u16()
            )));
        }
        if cookies.is_empty() {
            let status = status.as_u16();
            return Err(failed(format!(
                "signing in with {name} was answered with {status} and no cookie"
            )));
        }
        for cookie in &cookies {
            let value = cookie.split_once('=').map_or("", |(_, value)| value);
            self.secrets.add(value);
            // Quotes are no part of what a server gives back.
            self.secrets.add(value.trim_matches('"'));
        }
        pass(COOKIE, &cookies.join("; "))
    }

    async fn ask_for_token(
        &self,
        request: &AuthRequest,
        field: &str,
        issuer: &Issuer<'_>,
    ) -> Result<String, Failure> {
        let (name, answer) = issuer.ask(request).await?;
        let status = answer.status().as_u16();
        if !answer.status().is_success() {
            return Err(failed(format!("{name} was answered with {status}")));
        }
        let body = timeout(issuer.environment.timeout(), read_body(answer))
            .await
            .map_err(|_elapsed| failed(format!("the answer to {name} did not end in time")))?
            .map_err(|_broken| failed(format!("the answer to {name} broke off")))?;
        let json: serde_json::Value = serde_json::from_slice(&body).map_err(|_not_json| {
            failed(format!(
                "{name} was answered with {status}, but not with JSON"
            ))
        })?;
        let token = field
            .split('.')
            .try_fold(&json, |json, field| json.get(field));
        let token = token
            .and_then(serde_json::Value::as_str)
            .filter(|token| !token.is_empty());
        let token =
            token.ok_or_else(|| failed(format!("the answer to {name} has no text `{field}`")))?;
        self.secrets.add(token);
        Ok(token.to_owned())
    }

    async fn run(&self, command: &[String]) -> Result<String, Failure> {
        let [program, arguments @ ..] = command else {
            return Err(failed("the command is empty"));
        };
        let child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .output();
        let output = match timeout(COMMAND_LIMIT, child).await {
            Ok(Ok(output)) => output,
            Ok(Err(error)) => return Err(failed(format!("`{program}` cannot be run: {error}"))),
            Err(_) => {
                return Err(failed(format!(
                    "`{program}` took longer than {} s",
                    COMMAND_LIMIT.as_secs()
                )));
            }
        };
        if !output.status.success() {
            return Err(failed(format!("`{program}` ended with {}", output.status)));
        }
        let token = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        if token.is_empty() {
            return Err(failed(format!("`{program}` printed nothing")));
        }
        self.secrets.add(&token);
        Ok(token)
    }
}

impl Key<'_> {
    fn is_renewable(&self) -> bool {
        self.refresh.is_some() || matches!(self.kind, CredentialKind::Login(_))
    }
}

impl Issuer<'_> {
    /// Sends a request of the credential's own, again where that failed in passing; also gives what it is called in
    /// messages. One whose answer was lost is not sent again: it may have been heard.
    async fn ask(&self, ask: &AuthRequest) -> Result<(String, reqwest::Response), Failure> {
        let retry = self.environment.retry();
        let mut attempt = 1;
        loop {
            let asked = self.ask_once(ask).await;
            let passing = match &asked {
                Ok((_, response)) => retry.is_on(response.status()),
                Err(failure) => retry.on_error && failure.kind.is_unconnected(),
            };
            if attempt > retry.times || !passing {
                return asked;
            }
            sleep(schedule::back_off(retry, attempt)).await;
            attempt += 1;
        }
    }

    async fn ask_once(&self, ask: &AuthRequest) -> Result<(String, reqwest::Response), Failure> {
        let name = format!("`{} {}`", ask.method, ask.shown_target);
        let url = self.environment.url(&ask.target);
        let url = url.ok_or_else(|| failed("the environment is not running"))?;
        let request = || {
            let mut request = Request::new(ask.method.clone(), url.clone());
            request.headers_mut().clone_from(&ask.headers);
            *request.body_mut() = ask.body.clone().map(Into::into);
            request
        };
        let waited = Cell::default();
        let sent = self
            .client
            .execute((&ask.method, &url), (self.pacer, &waited), request);
        let limits = (Instant::now(), self.environment.timeout());
        match within(&mut alarm(), limits, &waited, sent).await {
            Some(Ok(Sent { response, .. })) => Ok((name, response)),
            Some(Err(failure)) => Err(Failure {
                kind: failure.kind,
                ..failed(format!("{name} failed: {}", failure.message))
            }),
            None => Err(Failure {
                kind: FailureKind::Timeout,
                ..failed(format!("{name} got no answer in time"))
            }),
        }
    }
}

/// The cookies that an answer sets, `name=value` each; the last word on a name counts, and one that is taken
/// back is none.
fn cookies(headers: &HeaderMap) -> Vec<String> {
    let mut kept: Vec<(&str, &str)> = Vec::new();
    for field in headers.get_all(SET_COOKIE) {
        let mut parts = field.to_str().unwrap_or_default().split(';').map(str::trim);
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
            continue;
        };
        kept.retain(|(known, _)| *known != name);
        if !name.is_empty() && !value.is_empty() && !parts.any(is_past) {
            kept.push((name, value));
        }
    }
    kept.into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect()
}

/// Whether the attribute says that the cookie is over (RFC 6265, section 5.2).
fn is_past(attribute: &str) -> bool {
    let Some((name, value)) = attribute.split_once('=') else {
        return false;
    };
    let value = value.trim();
    match name.trim().to_ascii_lowercase().as_str() {
        "max-age" => value.parse::<i64>().is_ok_and(|seconds| seconds <= 0),
        "expires" => httpdate::parse_http_date(value).is_ok_and(|date| date <= SystemTime::now()),
        _ => false,
    }
}

fn basic(username: &str, password: &str) -> Result<Pass, Failure> {
    let pair = STANDARD.encode(format!("{username}:{password}"));
    pass(AUTHORIZATION, &format!("Basic {pair}"))
}

fn bearer(token: &str) -> Result<Pass, Failure> {
    pass(AUTHORIZATION, &format!("Bearer {token}"))
}

fn pass(name: HeaderName, value: &str) -> Result<Pass, Failure> {
    let mut value = HeaderValue::from_str(value)
        .map_err(|_invalid| failed("it holds a character that cannot stand in a header"))?;
    value.set_sensitive(true);
    Ok(Pass {
        name,
        value,
        renewed: false,
    })
}

fn failed(message: impl std::fmt::Display) -> Failure {
    Failure::new(FailureKind::Other, format!("no credential: {message}"))
}
