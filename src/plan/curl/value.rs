//! The values in a command: which part of a text is a variable.

use url::{Position, Url};

use crate::plan::endpoint::Endpoint;
use crate::plan::environment::Environment;
use crate::plan::request::{QUERY, normal_form};
use crate::plan::shell::Word;
use crate::plan::{Plan, Secrets};
use crate::suite::{Rendered, Scope, Template, Vars};
use percent_encoding::{percent_decode_str, utf8_percent_encode};

/// What stands for a secret that nothing better is known of.
pub(super) const UNKNOWN: &str = "SECRET";

/// Tells texts again, with variables for what is secret in them.
pub(super) struct Values<'p> {
    vars: [&'p Vars; 2],
    secrets: &'p Secrets,
}

impl<'p> Values<'p> {
    pub(super) fn new(plan: &'p Plan, endpoint: &Endpoint, environment: &'p Environment) -> Self {
        Self {
            vars: [&environment.origin.vars, &plan.suite_of(endpoint).vars],
            secrets: plan.secrets(),
        }
    }

    /// Text in which nothing is known to be a secret; what is one nevertheless is found by its value.
    pub(super) fn text(&self, text: &str) -> Word {
        let mut word = Word::default();
        let mut shown = 0;
        for found in self.secrets.find(text) {
            word.push(&text[shown..found.start]);
            let secret = &text[found.clone()];
            let decoded = percent_decode_str(secret).decode_utf8_lossy();
            match (self.secrets.name_of(secret), self.secrets.name_of(&decoded)) {
                (Some(name), _) => word.push_variable(name, secret),
                (None, Some(name)) => word.push_variable(&encoded(name), secret),
                (None, None) => word.push_variable(UNKNOWN, secret),
            }
            shown = found.end;
        }
        word.push(&text[shown..]);
        word
    }

    /// A template as it is sent: what comes from the process environment in it is a variable, every part goes
    /// through `encode`. Nothing, if it cannot be rendered.
    pub(super) fn word(&self, template: &Template, encode: impl Fn(&str) -> String) -> Word {
        self.render(template)
            .map_or_else(Word::default, |rendered| self.parts(&rendered, 0, encode))
    }

    /// A credential, all of it secret: its variables if it is made of nothing else, otherwise `name`.
    pub(super) fn secret(&self, template: &Template, value: &str, name: &str) -> Word {
        let word = self.word(template, str::to_owned);
        let is_told = word.variables().all(|it| it != UNKNOWN);
        if is_told && word.literals().next().is_none() && word.plain() == value {
            return word;
        }
        let mut word = Word::default();
        word.push_variable(name, value);
        word
    }

    /// The URL of a proxy.
    pub(super) fn proxy(&self, url: &Url) -> Word {
        let text = url.as_str().trim_end_matches('/');
        let Some(password) = url.password() else {
            return self.text(text);
        };
        let mut word = self.text(&url[..Position::BeforePassword]);
        word.push_variable(
            self.secrets.name_of(password).unwrap_or("PROXY_PASSWORD"),
            password,
        );
        word.append(self.text(url[Position::AfterPassword..].trim_end_matches('/')));
        word
    }

    /// Path and query as they are sent. Where the secrets in a query cannot be told from the rest again, they are
    /// what stands masked in what is `shown`.
    pub(super) fn target(&self, endpoint: &Endpoint, sent: &str, shown: &str) -> Word {
        if sent == shown {
            return self.text(sent);
        }
        let word = self.query(endpoint, sent);
        word.filter(|word| word.plain() == sent).unwrap_or_else(|| {
            let mut word = Word::default();
            for (at, text) in shown.split("***").enumerate() {
                if at > 0 {
                    word.push_variable(UNKNOWN, "");
                }
                word.append(self.text(text));
            }
            word
        })
    }

    fn query(&self, endpoint: &Endpoint, sent: &str) -> Option<Word> {
        let rendered = self.render(&endpoint.path)?;
        let (path, _) = sent.split_once('?')?;
        let mut word = self.text(path);
        let mut separator = "?";
        if let Some(at) = rendered.text.find('?') {
            word.push("?");
            word.append(self.parts(&rendered, at + 1, |part| {
                let normal = normal_form(&format!("/?{part}")).unwrap_or_default();
                normal.trim_start_matches("/?").to_owned()
            }));
            separator = "&";
        }
        for (name, value) in &endpoint.requested.spec.query {
            word.push(separator);
            word.append(self.text(&utf8_percent_encode(name, QUERY).to_string()));
            word.push("=");
            word.append(self.word(value, |part| utf8_percent_encode(part, QUERY).to_string()));
            separator = "&";
        }
        Some(word)
    }

    fn render(&self, template: &Template) -> Option<Rendered> {
        let process = &|name: &str| self.secrets.variable(name);
        template
            .render(Scope {
                vars: &self.vars,
                process,
            })
            .ok()
    }

    /// The text from the byte `from` on.
    fn parts(&self, rendered: &Rendered, from: usize, encode: impl Fn(&str) -> String) -> Word {
        let mut word = Word::default();
        let mut shown = from;
        for part in rendered
            .from_process
            .iter()
            .filter(|part| part.range.start >= from)
        {
            word.append(self.text(&encode(&rendered.text[shown..part.range.start])));
            let value = &rendered.text[part.range.clone()];
            let sent = encode(value);
            let name = if sent == value {
                part.name.clone()
            } else {
                encoded(&part.name)
            };
            word.push_variable(&name, &sent);
            shown = part.range.end;
        }
        word.append(self.text(&encode(&rendered.text[shown..])));
        word
    }
}

fn encoded(name: &str) -> String {
    format!("{name}_ENCODED")
}
