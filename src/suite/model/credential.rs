//! Who an environment is asked as.
//!
//! Input: the keys `auth` and `credentials` of an environment, and `as` of an endpoint. Output: [`Credential`]
//! and [`As`]. All text in a credential is a secret.

use http::{HeaderName, Method};

use super::Body;
use crate::suite::template::Template;

/// What proves to an environment who is asking, and how it is renewed.
#[derive(Debug, Clone, PartialEq)]
pub struct Credential {
    /// The proof.
    pub kind: CredentialKind,
    /// How a bearer token is renewed; a login is renewed by logging in again.
    pub refresh: Option<Refresh>,
}

/// The kinds of proof.
#[derive(Debug, Clone, PartialEq)]
pub enum CredentialKind {
    /// `Authorization: Bearer TOKEN` (RFC 6750).
    Bearer(Template),
    /// `Authorization: Basic …` (RFC 7617).
    Basic {
        /// Without a colon.
        username: Template,
        /// Any text, also none.
        password: Template,
    },
    /// The cookies that this request's answer sets.
    Login(AuthRequest),
}

/// How a bearer token is renewed once it is refused.
#[derive(Debug, Clone, PartialEq)]
pub enum Refresh {
    /// By asking the environment for a new one.
    Request {
        /// What is asked.
        request: AuthRequest,
        /// The field of the JSON answer that holds the new token; dots descend: `data.token`.
        token: String,
    },
    /// By the output of a program, given with its arguments and run without a shell; at least its name.
    Command(Vec<Template>),
}

/// A request that signs in or asks for a new token.
#[derive(Debug, Clone, PartialEq)]
pub struct AuthRequest {
    /// As written, else POST where there is a body, and GET where there is none.
    pub method: Method,
    /// Below the environment's base URL; begins with `/`.
    pub path: Template,
    /// Besides the environment's own headers.
    pub headers: Vec<(HeaderName, Template)>,
    /// What is sent as the request's content.
    pub body: Option<Body>,
}

/// `as`: which credential an endpoint is asked with.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum As {
    /// The environment's `auth`, where it has one.
    #[default]
    Default,
    /// None at all, and no cookies.
    Anonymous,
    /// The one of this name in the environment's `credentials`.
    Named(String),
}
