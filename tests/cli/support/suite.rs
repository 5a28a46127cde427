//! Texts of suites.

use std::fmt::Write;

/// A suite with these environments, each a name and a base URL, and these endpoints, as the file has them.
pub(crate) fn suite(environments: &[(&str, &str)], endpoints: &str) -> String {
    let mut text = String::from("environments:\n");
    for (name, url) in environments {
        writeln!(text, "  {name}: {url}").unwrap();
    }
    write!(text, "endpoints:\n{endpoints}").unwrap();
    text
}

/// An environment in a line: its base URL, and further keys as the file has them.
pub(crate) fn environment(url: &str, keys: &str) -> String {
    format!("{{ base_url: \"{url}\", {keys} }}")
}
