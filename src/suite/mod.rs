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
mod include;
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
mod several;
mod slip;
mod table_file;
mod template;
mod typed;
mod unique;
mod validate;
mod yaml;

use std::sync::Arc;

use mask::Reading;
use validate::Purpose;

pub use accept::{AcceptFile, Accepted, Namesakes};
pub(crate) use address::check_length;
pub use address::{check_path, parse_base_url, parse_ip};
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
    Environment, EnvironmentType, Expected, HttpVersion, Included, Layer, MockAnswer, MockRoute,
    NetlifyUrl, Proxy, Rate, Ready, Refresh, Retry, RetryOn, Service, Setting, Suite, Tls,
    TlsVersion, Upsun, Vars, VercelHost,
};
pub(crate) use names::shortened_path;
pub use names::unknown_environment;
pub use paths::read_paths;
pub use place::Place;
pub use rate::parse_rate;
pub use ready::check_ready;
pub use retry::parse_retries;
pub use service::unknown_service;
pub use several::environments_differ;
pub use template::{FromProcess, Rendered, Scope, Template, TemplateError, Unresolved};
pub use typed::compared_environments;
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

/// Reads a suite whole, with the files that it includes. The suite holds what is valid of it; it may be used only
/// if there are no problems.
#[must_use]
#[expect(clippy::needless_pass_by_value, reason = "the suite keeps the source")]
pub fn read(source: Arc<Source>, overrides: &Overrides) -> (Option<Suite>, Vec<Diagnostic>) {
    read_for(Purpose::Check, &source, overrides)
}

/// Reads several suites that are to be checked in one run, as [`read`] does each. Environments of the same name are one,
/// and have to agree; a suite without any borrows those of the others.
#[must_use]
pub fn read_several(
    sources: &[Arc<Source>],
    overrides: &Overrides,
) -> (Option<Vec<Suite>>, Vec<Diagnostic>) {
    several::read(Purpose::Check, sources, overrides)
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
    let (suites, problems) = several::read(purpose, std::slice::from_ref(source), overrides);
    (suites.and_then(|mut suites| suites.pop()), problems)
}

impl Suite {
    /// A problem at `place`, with the text there underlined.
    #[must_use]
    pub fn problem(&self, place: &Place, code: &'static str, message: String) -> Diagnostic {
        let file = place.entry().map_or(0, |entry| self.file_of(entry));
        let included = file
            .checked_sub(1)
            .and_then(|before| self.included.get(before));
        let (source, place) = match included {
            Some(file) => (&file.source, &place.before(file.first)),
            None => (&self.source, place),
        };
        let tree = self.tree(file);
        mask::set(source, tree, Reading::Sound);
        let range = match (tree, place) {
            (Some(tree), place) => place::locate(tree, place, place::Side::Value),
            // A list of paths has no tree, but lines.
            (None, Place::EndpointPath(line)) => paths::line_range(source, *line),
            (None, _) => None,
        };
        let problem = Diagnostic::new(code, message);
        match range {
            Some(range) => problem.at(source, range),
            None => problem,
        }
    }

    /// Whether it was made of a list of paths.
    #[must_use]
    pub fn is_list(&self) -> bool {
        self.tree(0).is_none()
    }

    /// Where everything stands in the file with this number.
    fn tree(&self, file: usize) -> Option<&yaml::Node> {
        let included = file
            .checked_sub(1)
            .and_then(|before| self.included.get(before));
        let (tree, source) = match included {
            Some(file) => (&file.tree, &file.source),
            None => (&self.tree, &self.source),
        };
        tree.get_or_init(|| yaml::compose(source)).as_ref()
    }
}
