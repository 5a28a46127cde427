//! Texts from servers that are meant for somebody else: the terminal, the log, the reader of a report.

use crate::support::{Reply, Report, Server, statusdiff, suite};

/// Bytes above ASCII pass for text in a header field; those below it do not.
const LOCATIONS: [&str; 8] = [
    "/a\u{202e}gpj.exe",
    "/a\u{200b}b\u{feff}c",
    "/\u{9b}31mred",
    "/\u{2028}::error::no",
    "::error file=a.rs::no",
    "##[error]no",
    "/<script>alert(1)</script>|`*_[x](http://evil.example)",
    "/%1b[31m%0a::error::no",
];

fn checked(format: &str, follow: bool) -> crate::support::Finished {
    let server = Server::start(|request| {
        let number = request.path().trim_matches('/').parse::<usize>();
        match number.ok().and_then(|number| LOCATIONS.get(number)) {
            Some(location) => Reply::redirect(302, location).header("X-Reply", location),
            None => Reply::status(200),
        }
    });
    let endpoints: String = (0..LOCATIONS.len())
        .map(|n| format!("- {{ path: /{n}, expect: 404, follow_redirects: {follow} }}\n"))
        .collect();
    statusdiff()
        .check(&suite(&[("dev", &server.url())], &endpoints))
        .args(["--format", format, "-v", "--retries", "0"])
        .env("GITHUB_ACTIONS", "true")
        .run()
}

#[test]
fn no_answer_steers_the_terminal_or_the_log() {
    for follow in [false, true] {
        let table = checked("table", follow);
        for text in [&table.stdout, &table.stderr] {
            for line in text.lines() {
                assert!(!line.trim_start().starts_with("::"), "{table}");
                assert!(!line.contains("##["), "{table}");
                let steers = |character: char| {
                    character.is_control()
                        || matches!(character, '\u{200b}' | '\u{202e}' | '\u{2028}' | '\u{feff}')
                };
                assert!(!line.contains(steers), "{line:?}");
            }
        }
    }
}

#[test]
fn the_report_has_what_the_server_said() {
    let report = Report::read(&checked("json", false));
    for (n, location) in LOCATIONS.iter().enumerate() {
        let probe = report.probe(&format!("/{n}"), "dev");
        assert_eq!(probe["location"], *location);
    }
    let control = checked("json", true)
        .stdout
        .chars()
        .any(|c| c.is_control() && c != '\n');
    assert!(!control, "JSON has escapes for that");
}

#[test]
fn control_characters_in_a_header_are_no_http() {
    for sent in ["\u{1b}[31m", "a\u{7}", "a\0b", "a\u{7f}b", "a\rb"] {
        let reply = Reply::raw(format!("HTTP/1.1 302 Found\r\nLocation: /{sent}\r\n\r\n"));
        let server = Server::start(move |_| reply.clone());
        let text = suite(&[("dev", &server.url())], "- /: 302");
        let report = statusdiff().check(&text).report().exits(3);
        assert_eq!(report.says("/", "dev"), "error protocol", "{sent:?}");
    }
}
