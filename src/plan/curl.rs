//! The `curl` command that sends what a probe sends.
//!
//! Input: a plan and one of its probes. Output: a command line for a POSIX shell. It refuses to show a secret:
//! one that came from a variable of the process environment is that variable, any other has a name that tells
//! what it is (`$ACCESS_TOKEN`, `$AUTH_PASSWORD`, `$SESSION_COOKIE`, `$X_API_KEY` for the header, `$SECRET`).
//! `$NAME_ENCODED` stands for a value the characters of which have to be encoded where it stands.

mod body;
mod value;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE};
use http::{HeaderName, HeaderValue, Method};

use self::value::Values;
use super::connection::Proxy;
use super::credential::{Credential, CredentialKind};
use super::endpoint::{Endpoint, Probe};
use super::environment::Environment;
use super::shell::{Word, variable_name};
use super::{Plan, ProbeId};
use crate::suite::{self, HttpVersion, TlsVersion, is_secret_header};

/// The command for `id`; `None` for what is not sent, or cannot be said on a command line.
pub(super) fn command(plan: &Plan, id: ProbeId) -> Option<String> {
    let (probe, whole) = (plan.probe(id)?, plan.environments().get(id.environment)?);
    let environment = whole.at(probe.service);
    environment.base_url()?;
    let endpoint = plan.endpoints().get(id.endpoint)?;
    let mut curl = Curl {
        values: Values::new(plan, endpoint, environment),
        endpoint,
        environment,
        keeper: whole.keeper(probe.service),
        probe,
        words: Vec::new(),
        has_private_header: false,
    };
    curl.method();
    curl.headers();
    curl.credential();
    curl.body()?;
    curl.redirects();
    curl.connection();
    let url = curl.url();
    curl.word(url);
    let words: Vec<_> = curl.words.iter().map(Word::to_string).collect();
    Some(format!("curl {}", words.join(" ")))
}

struct Curl<'p> {
    values: Values<'p>,
    endpoint: &'p Endpoint,
    /// As it is where the probe is asked.
    environment: &'p Environment,
    /// Whose credentials are shown there.
    keeper: &'p Environment,
    probe: Probe<'p>,
    words: Vec<Word>,
    /// Whether there is a secret that curl would take along to another origin.
    has_private_header: bool,
}

impl<'p> Curl<'p> {
    fn word(&mut self, word: Word) {
        self.words.push(word);
    }

    fn option(&mut self, option: &str) {
        self.word(Word::text(option));
    }

    fn option_with(&mut self, option: &str, value: Word) {
        self.option(option);
        self.word(value);
    }

    /// The answer's header section is what a person looks for; curl waits for no body only with `-I`.
    fn method(&mut self) {
        let has_body = self.content().is_some();
        match *self.probe.method {
            Method::HEAD if !has_body => return self.option("-I"),
            Method::GET if !has_body => {}
            Method::POST if has_body => {}
            ref method => self.option_with("-X", Word::text(method.as_str())),
        }
        self.words.insert(0, Word::text("-i"));
    }

    fn headers(&mut self) {
        let headers = self.probe.headers;
        for (name, value) in headers {
            let mut line = Word::text(name.as_str());
            if value.is_empty() {
                // With a colon curl would leave the header out.
                line.push(";");
            } else {
                line.push(": ");
                line.append(self.header(name, value));
            }
            if *name == COOKIE && self.signs_in() {
                line.push("; ");
                line.push_variable("SESSION_COOKIE", "");
            }
            self.has_private_header |=
                line.has_variable() && *name != AUTHORIZATION && *name != COOKIE;
            self.option_with("-H", line);
        }
        if self.content().is_some() && !headers.contains_key(CONTENT_TYPE) {
            // Otherwise curl says that it is a form.
            self.option_with("-H", Word::text("content-type:"));
        }
    }

    /// A header's value. Of a secret one only what is no part of the secret is shown as it is.
    fn header(&self, name: &HeaderName, value: &HeaderValue) -> Word {
        let text = String::from_utf8_lossy(value.as_bytes());
        let own = &self.endpoint.requested.spec.layer.headers;
        let templates = own.iter().chain(&self.environment.origin.headers);
        let word = templates
            .filter(|(known, _)| known == name)
            .map(|(_, template)| self.values.word(template, str::to_owned))
            .find(|word| word.plain() == text)
            .unwrap_or_else(|| self.values.text(&text));
        let is_told = word.literals().all(|text| is_around_secret(name, text));
        if is_secret_header(name) && !(is_told && word.variables().all(|it| it != value::UNKNOWN)) {
            let mut word = Word::default();
            word.push_variable(&variable_name(name.as_str()), &text);
            return word;
        }
        word
    }

    fn credential(&mut self) {
        let Some((credential, template)) = self.shown_credential() else {
            return;
        };
        let (credential, template) = (&credential.kind, (template, credential.refresh.is_some()));
        match (credential, template) {
            (
                CredentialKind::Bearer(token),
                (suite::CredentialKind::Bearer(template), refreshes),
            ) => {
                let mut line = Word::text("authorization: Bearer ");
                if refreshes {
                    // What the variable had is no good any more once it is renewed.
                    line.push_variable("ACCESS_TOKEN", token);
                } else {
                    line.append(self.values.secret(template, token, "ACCESS_TOKEN"));
                }
                self.option_with("-H", line);
            }
            (
                CredentialKind::Basic { username, password },
                (
                    suite::CredentialKind::Basic {
                        username: name,
                        password: word,
                    },
                    _,
                ),
            ) => {
                let mut user = self.values.secret(name, username, "AUTH_USERNAME");
                user.push(":");
                user.append(self.values.secret(word, password, "AUTH_PASSWORD"));
                self.option_with("-u", user);
            }
            (CredentialKind::Login(_), _) if !self.probe.headers.contains_key(COOKIE) => {
                let mut line = Word::text("cookie: ");
                line.push_variable("SESSION_COOKIE", "");
                self.option_with("-H", line);
            }
            _ => {}
        }
    }

    /// The credential that is shown, unless a header that is written out is nearer.
    fn shown_credential(&self) -> Option<(&Credential, &suite::CredentialKind)> {
        let index = self.probe.credential?;
        let credential = self.keeper.credentials.get(index)?;
        let template = self.keeper.origin.credentials.get(index)?;
        let is_written = self.probe.headers.contains_key(AUTHORIZATION);
        let is_login = matches!(credential.kind, CredentialKind::Login(_));
        (is_login || !is_written).then_some((credential, template))
    }

    fn signs_in(&self) -> bool {
        self.shown_credential()
            .is_some_and(|(it, _)| matches!(it.kind, CredentialKind::Login(_)))
    }

    /// The body, unless it is as good as none.
    fn content(&self) -> Option<&'p Bytes> {
        self.probe.body.filter(|body| !body.is_empty())
    }

    fn body(&mut self) -> Option<()> {
        let Some(sent) = self.content() else {
            return Some(());
        };
        let sent = String::from_utf8_lossy(sent);
        // No command line can hold it.
        if sent.contains('\0') {
            return None;
        }
        let written = self.endpoint.requested.spec.body.as_ref();
        let word = written
            .and_then(|body| body::word(body, &self.values))
            .filter(|word| word.plain() == sent);
        let word = word.unwrap_or_else(|| {
            let mut word = Word::default();
            word.push_variable("BODY", &sent);
            word
        });
        self.option_with("--data-raw", word);
        Some(())
    }

    /// Like the program, curl would keep Authorization and cookies from another origin, but no other header, and
    /// no body.
    fn redirects(&mut self) {
        let follows = self.probe.follow_redirects;
        let is_harmless =
            self.probe.method.is_safe() && self.content().is_none() && !self.has_private_header;
        if follows > 0 && is_harmless {
            self.option("-L");
            self.option_with("--max-redirs", Word::text(&follows.to_string()));
        }
    }

    fn connection(&mut self) {
        let (connection, origin) = (&self.environment.connection, &self.environment.origin);
        if connection.insecure {
            self.option("-k");
        }
        let files = [
            ("--cacert", &origin.ca_file),
            ("--cert", &origin.cert_file),
            ("--key", &origin.key_file),
        ];
        for (option, file) in files {
            if let Some(file) = file {
                let file = self.values.text(&file.to_string_lossy());
                self.option_with(option, file);
            }
        }
        match connection.min_tls {
            Some(TlsVersion::V1_2) => self.option("--tlsv1.2"),
            Some(TlsVersion::V1_3) => self.option("--tlsv1.3"),
            None => {}
        }
        match connection.http_version {
            HttpVersion::Auto => {}
            HttpVersion::V1_1 => self.option("--http1.1"),
            HttpVersion::V2 => self.option("--http2-prior-knowledge"),
        }
        self.resolve();
        match &connection.proxy {
            // Nobody puts a proxy in front of an embedded environment.
            Proxy::None if self.environment.is_mock() => {}
            Proxy::None => self.option_with("--noproxy", Word::text("*")),
            Proxy::Environment => {}
            Proxy::Url(url) => {
                let proxy = self.values.proxy(url);
                self.option_with("--proxy", proxy);
            }
        }
        self.option_with(
            "-m",
            Word::text(&self.probe.timeout.as_secs_f64().to_string()),
        );
    }

    fn resolve(&mut self) {
        let Some(base) = self.environment.base_url() else {
            return;
        };
        let port = base.port_or_known_default().unwrap_or_default();
        for (host, address) in &self.environment.connection.resolve {
            if base
                .host_str()
                .is_some_and(|own| own.eq_ignore_ascii_case(host))
            {
                self.option_with("--resolve", Word::text(&format!("{host}:{port}:{address}")));
            }
        }
    }

    fn url(&mut self) -> Word {
        let mut url = self.values.text(&self.environment.url_text(""));
        url.append(
            self.values
                .target(self.endpoint, self.probe.target, self.probe.shown_target),
        );
        if url.plain().contains(['[', ']', '{', '}']) {
            // They are no pattern.
            self.option("-g");
        }
        url
    }
}

/// Whether `text`, beside the variables in the value of a secret header, is no secret itself: the scheme before
/// a token, or the name before a cookie's value.
fn is_around_secret(name: &HeaderName, text: &str) -> bool {
    let is_token = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    if *name == COOKIE {
        text.strip_prefix("; ")
            .unwrap_or(text)
            .strip_suffix('=')
            .is_some_and(is_token)
    } else {
        name.as_str().ends_with("authorization") && text.strip_suffix(' ').is_some_and(is_token)
    }
}
