//! One environment: asks what its `discover` names, and checks what that says.

use super::command::{self, Program};
use super::problem::Problem;
use super::upsun::{self, Wanted};
use super::{Found, github, variables};
use crate::plan::Secrets;
use crate::suite::{
    Base, Discover, Environment, EnvironmentType, Scope, Suite, Template, Upsun, check_upsun_name,
    is_secret_name, parse_base_url,
};

/// What was said of an environment, before it is checked.
pub(super) struct Answer {
    pub(super) url: String,
    pub(super) kind: Option<EnvironmentType>,
    pub(super) source: String,
}

/// Looks for one environment. No secret is in what comes back.
pub(super) async fn search(
    suite: &Suite,
    environment: &Environment,
    process: &dyn Fn(&str) -> Option<String>,
) -> Result<Found, Problem> {
    let Base::Discover(discover) = &environment.base else {
        return Err(Problem::new("it does not say `discover`"));
    };
    let vars = [&environment.vars, &suite.vars];
    let values = Values {
        scope: Scope {
            vars: &vars,
            process,
        },
        secrets: secrets(),
    };
    let answer = match discover {
        Discover::Upsun(upsun) => from_upsun(upsun, &values).await,
        Discover::Vercel(host) => variables::vercel(*host, process),
        Discover::Netlify(url) => variables::netlify(*url, process),
        Discover::Gitlab => variables::gitlab(process),
        Discover::Github => github::find(process),
        Discover::Variable(name) => variables::any(name, process),
        Discover::Command(words) => from_command(words, &values).await,
    };
    let found = answer.and_then(|answer| {
        let base_url = parse_base_url(&answer.url).map_err(|message| no_url(&answer, &message))?;
        Ok(Found {
            base_url,
            kind: answer.kind,
            source: values.shown(&answer.source),
        })
    });
    found.map_err(|problem| Problem {
        message: values.shown(&problem.message),
        ..problem
    })
}

/// The values of the suite, and what may not be shown of them.
struct Values<'a> {
    scope: Scope<'a>,
    secrets: Secrets,
}

impl Values<'_> {
    fn shown(&self, text: &str) -> String {
        without_user_info(&self.secrets.redact(text))
    }

    fn text(&self, template: &Template) -> Result<String, Problem> {
        let rendered = template.render(self.scope).map_err(|unresolved| {
            Problem::new(unresolved.to_string())
                .help("set it in `vars` or in the environment of the process, or give a fallback")
        })?;
        Ok(rendered.text)
    }

    fn name(&self, template: Option<&Template>) -> Result<Option<String>, Problem> {
        let Some(template) = template else {
            return Ok(None);
        };
        let name = self.text(template)?;
        check_upsun_name(&name)
            .map_err(|message| Problem::new(format!("`{}`: {message}", template.written())))?;
        Ok(Some(name))
    }

    /// A program's arguments; what comes into them from the process environment is a secret.
    fn word(&self, template: &Template) -> Result<String, Problem> {
        if let Ok(rendered) = template.render(self.scope) {
            for value in rendered.process_values() {
                self.secrets.add(value);
            }
        }
        self.text(template)
    }
}

/// What the programs that are run may know and must not be quoted with.
fn secrets() -> Secrets {
    let secrets = Secrets::default();
    for (name, value) in std::env::vars_os() {
        if let (Some(name), Some(value)) = (name.to_str(), value.to_str())
            && is_secret_name(name)
        {
            secrets.add(value);
        }
    }
    secrets
}

async fn from_command(words: &[Template], values: &Values<'_>) -> Result<Answer, Problem> {
    let resolved: Result<Vec<_>, _> = words.iter().map(|word| values.word(word)).collect();
    let written: Vec<_> = words.iter().map(Template::written).collect();
    let program = Program {
        words: resolved?,
        shown: written.join(" "),
        variables: &[],
    };
    Ok(Answer {
        url: command::run(&program).await.map_err(Problem::from)?,
        kind: None,
        source: program.shown,
    })
}

async fn from_upsun(upsun: &Upsun, values: &Values<'_>) -> Result<Answer, Problem> {
    let wanted = Wanted {
        project: values.name(upsun.project.as_ref())?,
        environment: values.name(upsun.environment.as_ref())?,
        route: values.name(upsun.route.as_ref())?,
    };
    if let Some(routes) = wanted.routes_here(values.scope.process) {
        return upsun::in_container(&routes, &wanted, values.scope.process);
    }
    upsun::through_program(&wanted).await
}

/// `text` with what may be a password masked in every URL.
fn without_user_info(text: &str) -> String {
    let mut parts = text.split("://");
    let mut masked = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| c.is_whitespace() || c == '`');
        let (url, rest) = part.split_at(end.unwrap_or(part.len()));
        match url.rfind('@') {
            Some(at) => masked.extend(["://***", &url[at..], rest]),
            None => masked.extend(["://", part]),
        }
    }
    masked
}

fn no_url(answer: &Answer, message: &str) -> Problem {
    let problem = Problem::new(format!("`{}` says no base URL: {message}", answer.source));
    if answer.url.contains('@') {
        return problem.help(
            "credentials have a key of their own: `auth: { basic: { username: …, password: … } }`",
        );
    }
    problem.help("a base URL is `http://` or `https://`, a host, and perhaps a path")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_of_a_url_is_shown() {
        for (text, shown) in [
            ("no URL", "no URL"),
            ("`http://h/a` b@c", "`http://h/a` b@c"),
            ("a https://u:p@h/x b", "a https://***@h/x b"),
            ("`ftp://p/w@h` http://u@h", "`ftp://***@h` http://***@h"),
        ] {
            assert_eq!(without_user_info(text), shown);
        }
    }
}
