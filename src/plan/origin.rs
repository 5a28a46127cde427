//! Where an environment's values come from, for those who have to tell it again.
//!
//! Input: an environment of the suite. Output: its templates, as the suite has them. The plan sends what they
//! came to; a command that repeats a request names the variables in them.

use std::path::PathBuf;

use http::HeaderName;

use super::request::Renderer;
use super::resolve_environment::Owner;
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
    /// Keeps of `environment`, which stands in `home` and is asked by `suite`, what is needed: of the credentials of
    /// `owner` those that are asked with, by name, and `headers` from the nearest to the farthest.
    pub(super) fn new<'h>(
        (home, suite): (&Suite, &'h Suite),
        environment: &suite::Environment,
        (owner, credentials): (&Owner<'_>, &[Option<String>]),
        headers: impl Iterator<Item = &'h (HeaderName, Template)>,
        renderer: &Renderer<'_>,
    ) -> Self {
        let kind = |name: &Option<String>| match name {
            None => owner.auth,
            Some(name) => owner
                .named
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
                home.folder()
                    .map_or_else(|| name.clone().into(), |folder| folder.join(&name)),
            )
        };
        let tls = &environment.tls;
        Self {
            vars: environment.vars.clone(),
            headers: headers.chain(&suite.defaults.headers).cloned().collect(),
            credentials,
            ca_file: file(&tls.ca_file),
            cert_file: file(&tls.cert_file),
            key_file: file(&tls.key_file),
        }
    }
}
