//! Credentials with every value resolved: who asks.

use bytes::Bytes;
use http::{HeaderMap, Method};

use super::request::{Renderer, Target, Unusable, merge, state_content_type};
use crate::suite;

/// What proves to an environment who is asking, and how it is renewed.
#[derive(Debug, PartialEq, Eq)]
pub struct Credential {
    /// The proof.
    pub kind: CredentialKind,
    /// How a bearer token is renewed; a login is renewed by logging in again.
    pub refresh: Option<Refresh>,
}

/// The kinds of proof.
#[derive(PartialEq, Eq)]
pub enum CredentialKind {
    /// `Authorization: Bearer TOKEN` (RFC 6750).
    Bearer(String),
    /// `Authorization: Basic …` (RFC 7617).
    Basic {
        /// Without a colon.
        username: String,
        /// Any text.
        password: String,
    },
    /// The cookies that this request's answer sets.
    Login(AuthRequest),
}

/// How a bearer token is renewed once it is refused.
#[derive(PartialEq, Eq)]
pub enum Refresh {
    /// By asking the environment.
    Request {
        /// What is asked.
        request: AuthRequest,
        /// The field of the JSON answer that holds the new token; dots descend.
        token: String,
    },
    /// By the output of a program, run without a shell.
    Command(Vec<String>),
}

/// A request that signs in or asks for a new token.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthRequest {
    /// The method.
    pub method: Method,
    /// Path and query, to be appended to the base URL.
    pub target: String,
    /// The same with secrets masked.
    pub shown_target: String,
    /// The environment's headers and its own.
    pub headers: HeaderMap,
    /// The content, if any.
    pub body: Option<Bytes>,
}

impl std::fmt::Debug for CredentialKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Bearer(_) => "Bearer(***)",
            Self::Basic { .. } => "Basic(***)",
            Self::Login(_) => "Login(***)",
        })
    }
}

impl std::fmt::Debug for Refresh {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Request { .. } => "Request(***)",
            Self::Command(_) => "Command(***)",
        })
    }
}

/// Resolves a credential; everything in it is a secret.
pub(super) fn resolve(
    credential: &suite::Credential,
    headers: &HeaderMap,
    renderer: &mut Renderer<'_>,
) -> Result<Credential, Unusable> {
    let mut checked = |template, check: fn(&str) -> Result<(), String>| {
        let text = renderer.secret(template)?;
        check(&text).map_err(Unusable::Invalid)?;
        Ok::<_, Unusable>(text)
    };
    let kind = match &credential.kind {
        suite::CredentialKind::Bearer(token) => {
            CredentialKind::Bearer(checked(token, suite::check_token)?)
        }
        suite::CredentialKind::Basic { username, password } => CredentialKind::Basic {
            username: checked(username, suite::check_username)?,
            password: checked(password, suite::check_password)?,
        },
        suite::CredentialKind::Login(request) => {
            CredentialKind::Login(ask(request, headers, renderer)?)
        }
    };
    let refresh = match &credential.refresh {
        None => None,
        Some(suite::Refresh::Request { request, token }) => Some(Refresh::Request {
            request: ask(request, headers, renderer)?,
            token: token.clone(),
        }),
        Some(suite::Refresh::Command(words)) => {
            let words = words
                .iter()
                .map(|word| renderer.private(word))
                .collect::<Result<_, _>>()?;
            Some(Refresh::Command(words))
        }
    };
    Ok(Credential { kind, refresh })
}

fn ask(
    request: &suite::AuthRequest,
    environment: &HeaderMap,
    renderer: &mut Renderer<'_>,
) -> Result<AuthRequest, Unusable> {
    let Target { sent, shown } = renderer.path(&request.path)?;
    let mut headers = environment.clone();
    for (name, value) in &request.headers {
        merge(
            &mut headers,
            [(name.clone(), renderer.header(name, value)?)],
        );
    }
    let mut body = None;
    if let Some(content) = &request.body {
        let (bytes, content_type) = renderer.secret_body(content)?;
        body = Some(bytes);
        if let Some(content_type) = content_type {
            state_content_type(&mut headers, content_type);
        }
    }
    Ok(AuthRequest {
        method: request.method.clone(),
        shown_target: shown.unwrap_or_else(|| sent.clone()),
        target: sent,
        headers,
        body,
    })
}
