//! The name that somebody probably meant.
//!
//! Input: what was written and what is known. Output: the known name nearest to it, if any is near.

use crate::diagnostic::Diagnostic;

/// What people call our keys elsewhere.
const SYNONYMS: &[(&str, &str)] = &[
    ("baseurl", "base_url"),
    ("url", "base_url"),
    ("host", "base_url"),
    ("url", "path"),
    ("uri", "path"),
    ("route", "path"),
    ("status", "expect"),
    ("statuses", "expect"),
    ("status_code", "expect"),
    ("code", "expect"),
    ("expected", "expect"),
    ("assert", "expect"),
    ("verb", "method"),
    ("includes", "include"),
    ("import", "include"),
    ("imports", "include"),
    ("paths", "endpoints"),
    ("urls", "endpoints"),
    ("checks", "endpoints"),
    ("tests", "endpoints"),
    ("requests", "endpoints"),
    ("routes", "endpoints"),
    ("envs", "environments"),
    ("env", "environments"),
    ("hosts", "environments"),
    ("servers", "environments"),
    ("targets", "environments"),
    ("variables", "vars"),
    ("matrix", "each"),
    ("foreach", "each"),
    ("for_each", "each"),
    ("examples", "each"),
    ("csv", "each_file"),
    ("rows", "each_file"),
    ("params", "query"),
    ("data", "body"),
    ("follow", "follow_redirects"),
    ("chain", "redirects"),
    ("hops", "redirects"),
    ("user", "as"),
    ("role", "as"),
    ("retries", "retry"),
    ("retries", "times"),
    ("max_retries", "times"),
    ("attempts", "times"),
    ("delay", "backoff"),
    ("retry_after", "max_wait"),
    ("statuses", "on"),
    ("authentication", "auth"),
    ("authorization", "auth"),
    ("login", "auth"),
    ("users", "credentials"),
    ("accounts", "credentials"),
    ("token", "bearer"),
    ("user", "username"),
    ("pass", "password"),
    ("url", "request"),
    ("path", "request"),
    ("field", "token"),
    ("cmd", "command"),
    ("platform", "upsun"),
    ("variable", "env"),
    ("detect", "discover"),
    ("ssl", "tls"),
    ("insecure", "tls"),
    ("verify", "insecure"),
    ("ca", "ca_file"),
    ("cacert", "ca_file"),
    ("cert", "cert_file"),
    ("key", "key_file"),
    ("rps", "rate_limit"),
    ("rate", "rate_limit"),
    ("http", "http_version"),
    ("dns", "resolve"),
    ("wait", "ready"),
    ("health", "ready"),
    ("baseline", "reference"),
    ("title", "name"),
    ("description", "name"),
    ("tag", "tags"),
    ("kind", "type"),
    ("location", "status"),
];

/// The one of `known` that `written` is probably meant to be.
pub(super) fn nearest<'a>(written: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let folded = fold(written);
    let known: Vec<&str> = known.collect();
    let synonym = SYNONYMS
        .iter()
        .find(|(word, key)| *word == folded && known.contains(key));
    if let Some((_, key)) = synonym {
        return known.into_iter().find(|name| name == key);
    }
    let mistakes = (written.chars().count() / 3).clamp(1, 3);
    known
        .into_iter()
        .map(|name| (strsim::osa_distance(&folded, &fold(name)), name))
        .filter(|(distance, name)| *distance <= mistakes && *distance < name.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// What is said of the name of an environment that there is not.
pub fn unknown_environment(name: &str, known: &[String]) -> Diagnostic {
    let problem = Diagnostic::new(
        "unknown-environment",
        format!("there is no environment `{name}`"),
    );
    if let Some(near) = nearest(name, known.iter().map(String::as_str)) {
        return problem
            .label(format!("did you mean `{near}`?"))
            .help(format!("a similar name is `{near}`"));
    }
    let known: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
    problem.help(format!("the suite's environments are {}", known.join(", ")))
}

/// The beginning of a text, to quote it in a message.
pub(super) fn shortened(text: &str) -> String {
    beginning(text, 40)
}

/// The same of a path, which is known by more of it, or of what stands for one.
pub(crate) fn shortened_path(text: &str) -> String {
    beginning(text, 160)
}

fn beginning(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn fold(name: &str) -> String {
    name.trim().to_ascii_lowercase().replace(['-', ' '], "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_meant() {
        let known = ["base_url", "timeout", "expect", "prod", "staging", "qa"];
        for (written, expected) in [
            ("timout", Some("timeout")),
            ("base-url", Some("base_url")),
            ("baseUrl", Some("base_url")),
            ("url", Some("base_url")),
            ("Staging", Some("staging")),
            ("stagnig", Some("staging")),
            ("status", Some("expect")),
            ("pord", Some("prod")),
            ("xy", None),
            ("headers", None),
        ] {
            assert_eq!(nearest(written, known.into_iter()), expected, "{written}");
        }
    }
}
