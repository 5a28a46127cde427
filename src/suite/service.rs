//! `services`: the further hosts of environments, and which of them an endpoint asks.
//!
//! Input: the raw keys. Output: [`Service`]s in one order in all environments, and [`Wanted`]. It refuses
//! environments that do not name the same services, and endpoints that name one that there is not, or none where an
//! environment has no base URL of its own.

use super::environment::is_name;
use super::expectation::Stated;
use super::header::is_secret_header;
use super::model::{
    Base, Credential, CredentialKind, Endpoint, Environment, Expected, Refresh, Service,
};
use super::names::nearest;
use super::place::Place;
use super::problems::Problems;
use super::raw::{Pairs, RawService, RawServiceKeys, Text};
use super::validate::Purpose;
use super::{credential, environment, fields, mock};
use crate::diagnostic::{Diagnostic, Source};
use crate::expect::Expectation;

/// What an endpoint says to be asked at the environment's own base URL.
pub(super) const OWN: &str = "default";

/// Reads the services of one environment. One that is broken is kept by its name: endpoints ask for it.
pub(super) fn read(
    raw: Option<&Pairs<RawService>>,
    place: &Place,
    source: &Source,
    problems: &mut Problems,
) -> Vec<Service> {
    let mut services: Vec<Service> = Vec::new();
    for (name, raw) in raw.iter().flat_map(|pairs| &pairs.0) {
        let place = place.inside(name);
        if let Err(message) = check_name(name, &services) {
            problems.key(place.clone(), Diagnostic::new("bad-service-name", message));
        }
        services.push(service(name, raw, &place, source, problems));
    }
    services
}

fn service(
    name: &str,
    raw: &RawService,
    place: &Place,
    source: &Source,
    problems: &mut Problems,
) -> Service {
    match raw {
        RawService::Missing => {
            let problem = Diagnostic::new("missing-base-url", format!("`{name}` has no base URL"));
            let help = format!("the short form is `{name}: https://{name}.example.com`");
            problems.missing(place.clone(), problem.help(help));
            plain(name, Base::Mock(Vec::new()))
        }
        RawService::Url(Text(url)) => {
            plain(name, Base::Url(environment::base_url(url, place, problems)))
        }
        RawService::Long(keys) => long(name, keys, place, source, problems),
    }
}

fn long(
    name: &str,
    raw: &RawServiceKeys,
    place: &Place,
    source: &Source,
    problems: &mut Problems,
) -> Service {
    let base = base(name, raw, place, source, problems);
    let shares_credentials = raw.share_credentials.is_some_and(|switch| switch.0);
    let own = [
        ("auth", raw.auth.is_some()),
        ("credentials", raw.credentials.is_some()),
    ];
    if let Some((key, _)) = own.iter().find(|(_, given)| *given && shares_credentials) {
        let message = format!("both `share_credentials` and `{key}` say who asks `{name}`");
        let help = "a service has credentials of its own, or those of its environment";
        let problem = Diagnostic::new("bad-credential", message).help(help);
        problems.key(place.inside(key), problem);
    }
    let auth = raw.auth.as_ref();
    let credentials = place.inside("credentials");
    Service {
        headers: fields::headers(raw.headers.as_ref(), &place.inside("headers"), problems),
        auth: auth.and_then(|raw| credential::read(raw, &place.inside("auth"), problems)),
        credentials: credential::named(raw.credentials.as_ref(), &credentials, problems),
        shares_credentials,
        ..plain(name, base)
    }
}

/// Exactly one of `base_url` and `mock`.
fn base(
    name: &str,
    raw: &RawServiceKeys,
    place: &Place,
    source: &Source,
    problems: &mut Problems,
) -> Base {
    match (&raw.base_url, &raw.mock) {
        (Some(Text(url)), None) => Base::Url(environment::base_url(
            url,
            &place.inside("base_url"),
            problems,
        )),
        (None, Some(raw)) => Base::Mock(mock::read(raw, &place.inside("mock"), source, problems)),
        (Some(_), Some(_)) => {
            let message = format!("`{name}` has both `base_url` and `mock`");
            let problem = Diagnostic::new("two-bases", message);
            let help = "a service is either real or embedded";
            problems.key(place.inside("mock"), problem.help(help));
            Base::Mock(Vec::new())
        }
        (None, None) => {
            let message = format!("`{name}` has neither `base_url` nor `mock`");
            let problem = Diagnostic::new("missing-base-url", message);
            let help = "one of the two is needed: `base_url: https://example.com`";
            problems.missing(place.clone(), problem.help(help));
            Base::Mock(Vec::new())
        }
    }
}

/// A service about which nothing but this is known.
pub(super) fn plain(name: &str, base: Base) -> Service {
    Service {
        name: name.to_owned(),
        base,
        headers: Vec::new(),
        auth: None,
        credentials: Vec::new(),
        shares_credentials: false,
    }
}

/// Whether `name` may be that of a service beside `others`.
pub(super) fn check_name(name: &str, others: &[Service]) -> Result<(), String> {
    let twin = others
        .iter()
        .find(|other| other.name.eq_ignore_ascii_case(name));
    match (name, twin) {
        ("", _) => Err("a service's name is missing".to_owned()),
        (OWN, _) => Err(
            "`default` is no name for a service: in endpoints it means the `base_url`".to_owned(),
        ),
        ("http" | "https", _) => Err(format!(
            "`{name}` is no name for a service: in a redirect's target it begins a URL"
        )),
        _ if !is_name(name) => Err(format!(
            "`{name}` is no name for a service: letters, digits, `-`, `_` and `.`"
        )),
        (_, Some(other)) if other.name == name => {
            Err(format!("there is a service `{name}` already"))
        }
        (_, Some(other)) => Err(format!(
            "`{name}` differs from `{}` only in case",
            other.name
        )),
        (_, None) => Ok(()),
    }
}

/// The names of all services, after every environment has been brought into their order. The first `written`
/// environments stand in the file. Those that are borrowed agree in their own suites, but not with those of another: a
/// service that one does not have is nowhere, as it is in a run of these suites.
pub(super) fn agree(
    environments: &mut [Environment],
    written: usize,
    problems: &mut Problems,
) -> Vec<String> {
    // With the number of the first environment that has it.
    let mut names: Vec<(String, usize)> = Vec::new();
    for (number, environment) in environments.iter().enumerate() {
        for (index, service) in environment.services.iter().enumerate() {
            let is_sound = check_name(&service.name, &environment.services[..index]).is_ok();
            if is_sound && names.iter().all(|(name, _)| *name != service.name) {
                names.push((service.name.clone(), number));
            }
        }
    }
    for number in 0..environments.len() {
        for (name, owner) in &names {
            let environment = &environments[number];
            if environment.services.iter().any(|it| it.name == *name) {
                continue;
            }
            let is_lent = environment.lender.is_some();
            let own = environment.services.iter().map(|it| it.name.as_str());
            let near = nearest(name, own);
            // A name that is misspelt in one of two environments is told where it comes second.
            if !is_lent && (near.is_none() || *owner < number) {
                let owner = &environments[*owner].name;
                let problem = lacking(&environment.name, name, owner, near);
                tell(&environment.name, name, number < written, problem, problems);
            }
            // What asks for it is no problem of its own.
            let stand_in = plain(name, Base::Nowhere);
            environments[number].services.push(stand_in);
        }
        let position = |service: &Service| {
            let position = names.iter().position(|(name, _)| *name == service.name);
            position.unwrap_or(names.len())
        };
        environments[number].services.sort_by_key(position);
    }
    names.into_iter().map(|(name, _)| name).collect()
}

fn lacking(environment: &str, name: &str, owner: &str, near: Option<&str>) -> Diagnostic {
    let message = format!("`{environment}` has no service `{name}`, and `{owner}` has one");
    let problem = Diagnostic::new("missing-service", message);
    match near {
        Some(near) => problem.help(format!("a similar name there is `{near}`")),
        None => problem,
    }
}

fn tell(
    environment: &str,
    name: &str,
    written: bool,
    problem: Diagnostic,
    problems: &mut Problems,
) {
    if written {
        let help = format!("every environment names the same services: `{name}: https://…`");
        let place = Place::keys(&["environments", environment, "services"]);
        problems.missing(place, problem.help(help));
    } else {
        let help = format!("`{environment}/{name}=URL` on the command line says where it is");
        problems.push(problem.help(help));
    }
}

/// Which service is asked.
#[derive(Debug, Clone, Copy, Default)]
pub(super) enum Wanted {
    /// None: the environment's own base URL.
    #[default]
    Own,
    /// The one with this number.
    Service(usize),
    /// A problem that has been reported.
    Broken,
}

impl Wanted {
    /// The service as `environment` has it, where one is asked.
    pub(super) fn of(self, environment: &Environment) -> Option<&Service> {
        match self {
            Self::Service(number) => environment.services.get(number),
            Self::Own | Self::Broken => None,
        }
    }
}

/// Reads the `service` of an endpoint or of `defaults`.
pub(super) fn wanted(
    raw: Option<&Text>,
    known: &[String],
    place: &Place,
    problems: &mut Problems,
) -> Option<Wanted> {
    let Text(name) = raw?;
    if name == OWN {
        return Some(Wanted::Own);
    }
    if let Some(number) = known.iter().position(|other| other == name) {
        return Some(Wanted::Service(number));
    }
    problems.value(place.clone(), unknown_service(name, known));
    Some(Wanted::Broken)
}

/// Targets of redirects name services that there are.
pub(super) fn check_targets(
    stated: &Stated,
    known: &[String],
    place: &Place,
    problems: &mut Problems,
) {
    let mut names = stated.written().flat_map(Expectation::services);
    let unknown = names.find(|&name| name != OWN && known.iter().all(|other| other != name));
    if let Some(name) = unknown {
        problems.value(place.clone(), unknown_service(name, known));
    }
}

/// What is said of the name of a service that there is not.
pub fn unknown_service(name: &str, known: &[String]) -> Diagnostic {
    let problem = match name {
        "" => Diagnostic::new("unknown-service", "the name of a service is missing"),
        name if name.contains("${") => {
            let message = "the name of a service has no `${…}` in it";
            Diagnostic::new("unknown-service", message)
        }
        name => Diagnostic::new("unknown-service", format!("there is no service `{name}`")),
    };
    if let Some(near) = nearest(name, known.iter().map(String::as_str)) {
        return problem
            .label(format!("did you mean `{near}`?"))
            .help(format!("a similar name is `{near}`"));
    }
    let known: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
    problem.help(match known.as_slice() {
        [] => "an environment's `services: { api: https://api.example.com }` names some".to_owned(),
        known => format!("the suite's services are {}", known.join(", ")),
    })
}

/// Every endpoint has somewhere to be asked. One report says it for all: what is missing is the same for all.
/// What is compared may be a part of a suite; whether that has somewhere to be asked, the plan finds.
pub(super) fn check_asked(
    endpoints: &[Endpoint],
    environments: &[Environment],
    purpose: Purpose,
    problems: &mut Problems,
) {
    if purpose == Purpose::Compare {
        return;
    }
    let nowhere =
        |(_, environment): &(usize, &Environment)| matches!(environment.base, Base::Nowhere);
    for (number, environment) in environments.iter().enumerate().filter(nowhere) {
        let asked = |endpoint: &&Endpoint| match &endpoint.spec.expect {
            Expected::Everywhere(_) => true,
            Expected::PerEnvironment(each) => each.get(number).is_some_and(Option::is_some),
        };
        let mut homeless = endpoints
            .iter()
            .filter(|endpoint| endpoint.spec.service.is_none())
            .filter(asked);
        let Some(first) = homeless.next() else {
            continue;
        };
        let (path, name) = (first.path.written(), &environment.name);
        let message = format!("`{path}` names no service, and `{name}` has no base URL of its own");
        let service = environment.services.first();
        let service = service.map_or("api", |service| service.name.as_str());
        let problem = Diagnostic::new("no-service", message).help(format!(
            "`service: {service}` in the endpoint or in `defaults` says where it is asked; so does a `base_url` in `{name}`"
        ));
        let problem = match homeless.count() {
            0 => problem,
            1 => problem.help("one more endpoint names none"),
            count => problem.help(format!("{count} more endpoints name none")),
        };
        problems.path(first.entry, problem);
        return;
    }
}

/// What belongs to a base URL has no meaning in an environment without one, unless its services share it.
pub(super) fn check_nowhere(environment: &Environment, place: &Place, problems: &mut Problems) {
    if !matches!(environment.base, Base::Nowhere) {
        return;
    }
    let name = &environment.name;
    let mut refuse = |place: Place, what: &str, help: &str| {
        let message = format!("{what} the base URL, which `{name}` does not have");
        problems.key(
            place,
            Diagnostic::new("missing-base-url", message).help(help),
        );
    };
    let own = environment.auth.iter().map(|it| (place.inside("auth"), it));
    let named = environment.credentials.iter();
    let named = named.map(|(key, it)| (place.inside("credentials").inside(key), it));
    let credentials: Vec<(Place, &Credential)> = own.chain(named).collect();
    if environment.ready.is_some() {
        let help = "`ready` stands beside a `base_url`";
        refuse(place.inside("ready"), "`ready` asks", help);
    }
    let shares = environment.services.iter().any(|it| it.shares_credentials);
    for (place, credential) in credentials {
        if !shares {
            let help = "it may stand in a service, or a service says `share_credentials: true`";
            refuse(place, "a credential is shown to", help);
        } else if asks(credential) {
            let help = "it may stand in the service that is asked";
            refuse(place, "a credential is obtained from", help);
        }
    }
    let headers = environment.layer.headers.iter().map(|(name, _)| name);
    for header in headers.filter(|name| !shares && is_secret_header(name)) {
        let help = "it may stand in a service, or a service says `share_credentials: true`";
        let place = place.inside("headers").inside(header.as_str());
        refuse(place, "a secret header is shown to", help);
    }
}

/// Whether it takes a request to obtain.
fn asks(credential: &Credential) -> bool {
    matches!(credential.kind, CredentialKind::Login(_))
        || matches!(credential.refresh, Some(Refresh::Request { .. }))
}
