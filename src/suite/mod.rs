//! Suites: from the text of a YAML file to a [`Suite`] whose structure is valid.
//!
//! Input: a [`Source`] and what the command line adds to it. Output: a [`Suite`], or every problem at once,
//! each with its place. It refuses whatever could not be checked as it is written; values that hold `${…}`
//! are left to the plan, which resolves the ones that a run asks for.

mod accept;
mod address;
mod auth_request;
mod base_urls;
mod compared;
mod connection;
mod credential;
mod defaults;
mod discover;
mod draft;
mod duration;
mod each;
mod endpoint;
mod environment;
mod expectation;
mod fields;
mod header;
mod kind;
mod mask;
mod method;
mod mock;
mod model;
mod names;
mod overrides;
mod paths;
mod piece;
mod place;
mod problems;
mod program;
mod rate;
mod raw;
mod ready;
mod redirects;
mod refresh;
mod retry;
mod role;
mod service;
mod slip;
mod table_file;
mod template;
mod unique;
mod validate;
mod yaml;

use std::sync::Arc;

use mask::Reading;
use validate::Purpose;

pub use accept::{AcceptFile, Accepted, Namesakes};
pub use address::{check_path, parse_base_url, parse_ip};
pub use compared::compared_environments;
pub use connection::parse_proxy;
pub use credential::{check_password, check_token, check_username};
pub use discover::check_upsun_name;
pub use draft::{Draft, Finding, Found, Step};
pub use duration::parse_duration;
pub use environment::parse_concurrency;
pub use header::{check_header_value, is_secret_header, is_secret_name, parse_header_name};
pub use kind::{infer_type, type_in_name};
pub use model::{
    As, AuthRequest, Base, Body, Credential, CredentialKind, Discover, Endpoint, EndpointSpec,
    Environment, EnvironmentType, Expected, HttpVersion, Layer, MockRoute, NetlifyUrl, Proxy, Rate,
    Ready, Refresh, Retry, RetryOn, Service, Setting, Suite, Tls, TlsVersion, Upsun, Vars,
    VercelHost,
};
pub use names::unknown_environment;
pub use paths::read_paths;
pub use place::Place;
pub use rate::parse_rate;
pub use ready::check_ready;
pub use retry::parse_retries;
pub use service::unknown_service;
pub use template::{FromProcess, Rendered, Scope, Template, TemplateError, Unresolved};
pub use unique::identify;

use crate::diagnostic::{Diagnostic, Source};

/// The JSON Schema of a suite, in draft 7: what editors complete and check suites by.
pub const SCHEMA: &str = include_str!("../../schema/suite.schema.json");

/// What the command line adds to a suite or overrides in it.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// `--base-url NAME=URL`, in the order given; the last one wins.
    pub base_urls: Vec<(String, String)>,
    /// `STATUSDIFF_BASE_URL_<NAME>`, with the name in the variable's form: upper case, `-` and `.` as `_`.
    /// `--base-url` for the same environment wins.
    pub base_url_variables: Vec<(String, String)>,
    /// `--add-env NAME=URL`.
    pub add_environments: Vec<(String, String)>,
    /// `--reference NAME`.
    pub reference: Option<String>,
    /// Whether one environment is enough, because its answers are not going to be compared but recorded.
    pub alone: bool,
}

/// Reads a suite whole. The suite holds what is valid of it; it may be used only if there are no problems.
#[must_use]
#[expect(clippy::needless_pass_by_value, reason = "the suite keeps the source")]
pub fn read(source: Arc<Source>, overrides: &Overrides) -> (Option<Suite>, Vec<Diagnostic>) {
    read_for(Purpose::Check, &source, overrides)
}

/// Reads what the endpoints of a suite ask, for environments that are not its own: what it expects, its
/// environments and their credentials are left out, and every endpoint is compared with the reference.
#[must_use]
pub fn read_questions(
    source: &Arc<Source>,
    overrides: &Overrides,
) -> (Option<Suite>, Vec<Diagnostic>) {
    read_for(Purpose::Compare, source, overrides)
}

fn read_for(
    purpose: Purpose,
    source: &Arc<Source>,
    overrides: &Overrides,
) -> (Option<Suite>, Vec<Diagnostic>) {
    let mut found = Vec::new();
    let Some(read) = yaml::read_suite(source, &mut found) else {
        mask::set(source, None, Reading::Broken);
        return (None, found);
    };
    let merged = read.tree.as_ref().and_then(place::lines_of_keys);
    let lines = merged.unwrap_or(read.lines);
    let (suite, problems) = validate::suite(source, read.raw, &lines, overrides, purpose);
    if let Some(tree) = read.tree {
        // Nobody has asked for it yet.
        let _ = suite.tree.set(Some(tree));
    }
    if !found.is_empty() || !problems.is_empty() {
        let tree = suite.tree();
        hide_secrets(source, tree, &found);
        found.extend(problems.resolve(source, tree));
    }
    (Some(suite), found)
}

/// Masks what must not be shown of a suite in whose form there are the problems `found`.
fn hide_secrets(source: &Arc<Source>, tree: Option<&yaml::Node>, found: &[Diagnostic]) {
    if found.is_empty() {
        mask::set(source, tree, Reading::Sound);
    } else if found.iter().all(yaml::is_in_place) {
        // What could not be read was struck out of the tree.
        mask::set(source, yaml::compose(source).as_ref(), Reading::Odd);
    } else {
        mask::set(source, tree, Reading::Broken);
    }
}

impl Suite {
    /// A problem at `place`, with the text there underlined.
    #[must_use]
    pub fn problem(&self, place: &Place, code: &'static str, message: String) -> Diagnostic {
        let tree = self.tree();
        mask::set(&self.source, tree, Reading::Sound);
        let range = match (tree, place) {
            (Some(tree), place) => place::locate(tree, place, place::Side::Value),
            // A list of paths has no tree, but lines.
            (None, Place::EndpointPath(line)) => paths::line_range(&self.source, *line),
            (None, _) => None,
        };
        let problem = Diagnostic::new(code, message);
        match range {
            Some(range) => problem.at(&self.source, range),
            None => problem,
        }
    }

    fn tree(&self) -> Option<&yaml::Node> {
        self.tree
            .get_or_init(|| yaml::compose(&self.source))
            .as_ref()
    }
}
