//! Where an environment's values come from, for those who have to tell it again.
//!
//! Input: an environment of the suite. Output: its templates, as the suite has them. The plan sends what they
//! came to; a command that repeats a request names the variables in them.

use std::path::PathBuf;

use http::HeaderName;

use super::request::Renderer;
use crate::suite::{self, CredentialKind, Suite, Template, Vars};

/// What the suite writes for an environment.
#[derive(Debug, Default)]
pub(super) struct Origin {
    /// The environment's own values for `${NAME}`.
    pub(super) vars: Vars,
    /// Headers of the environment, then those of `defaults`.
    pub(super) headers: Vec<(HeaderName, Template)>,
    /// In the order of the plan's credentials.
    pub(super) credentials: Vec<CredentialKind>,
    pub(super) ca_file: Option<PathBuf>,
    pub(super) cert_file: Option<PathBuf>,
    pub(super) key_file: Option<PathBuf>,
}

impl Origin {
    /// Keeps of `environment` what is needed; `credentials` are the names of those that are asked with.
    pub(super) fn new(
        suite: &Suite,
        environment: &suite::Environment,
        credentials: &[Option<String>],
        renderer: &Renderer<'_>,
    ) -> Self {
        let headers = environment
            .layer
            .headers
            .iter()
            .chain(&suite.defaults.headers);
        let kind = |name: &Option<String>| match name {
            None => environment.auth.as_ref(),
            Some(name) => environment
                .credentials
                .iter()
                .find_map(|(known, credential)| (known == name).then_some(credential)),
        };
        let credentials = credentials
            .iter()
            .filter_map(kind)
            .map(|it| it.kind.clone())
            .collect();
        let file = |file: &Option<Template>| {
            let name = renderer.public(file.as_ref()?).ok()?;
            Some(
                suite
                    .folder()
                    .map_or_else(|| name.clone().into(), |folder| folder.join(&name)),
            )
        };
        let tls = &environment.tls;
        Self {
            vars: environment.vars.clone(),
            headers: headers.cloned().collect(),
            credentials,
            ca_file: file(&tls.ca_file),
            cert_file: file(&tls.cert_file),
            key_file: file(&tls.key_file),
        }
    }
}
