//! Secrets go to the servers they are for, and nowhere else.

use crate::support::{Finished, Reply, Server, statusdiff};

const TOKEN: &str = "tok-3f9a/7c+e1&b2";
/// The same in the forms that URLs and headers may give it.
const FORMS: [&str; 5] = [
    TOKEN,
    "tok-3f9a%2F7c%2Be1%26b2",
    "tok-3f9a/7c%2Be1%26b2",
    "dG9rLTNmOWEvN2MrZTEmYjI",
    "3f9a/7c+e1",
];

#[track_caller]
fn keeps_it(finished: &Finished) {
    let written = std::fs::read_to_string(finished.folder.path().join("report.json"));
    for form in FORMS {
        assert!(!finished.stdout.contains(form), "`{form}` in {finished}");
        assert!(!finished.stderr.contains(form), "`{form}` in {finished}");
        if let Ok(written) = &written {
            assert!(!written.contains(form), "`{form}` in {written}");
        }
    }
}

/// Runs in every way in which something is printed.
fn everywhere(text: &str) {
    for args in [
        &["--format", "json"][..],
        &["--format", "table", "--all"],
        &["--dry-run"],
        &["--dry-run", "--format", "json"],
        &["-v", "--report", "json=report.json"],
    ] {
        let run = statusdiff()
            .check(text)
            .env("TOKEN", TOKEN)
            .args(args.iter().copied());
        let finished = run.run();
        assert!(finished.code != Some(2), "{finished}");
        keeps_it(&finished);
    }
}

#[test]
fn a_value_from_the_process_is_sent_and_not_shown() {
    let server = Server::always(500);
    for place in [
        "headers: { X-Team: \"${TOKEN}\" }",
        "headers: { X-Team: \"a ${OF_SUITE} b\" }",
        "headers: { Authorization: \"Bearer ${TOKEN}\" }",
        "query: { key: \"${TOKEN}\" }",
        "method: POST, body: \"${TOKEN}\"",
        "method: POST, json: { a: \"${TOKEN}\" }",
        "method: POST, form: { a: \"${TOKEN}\" }",
    ] {
        let text = format!(
            "vars: {{ OF_SUITE: \"${{TOKEN}}\" }}\nenvironments: {{ dev: \"{}\" }}\n\
             endpoints:\n  - {{ path: /, {place}, expect: 200 }}\n",
            server.url()
        );
        everywhere(&text);
    }
    let sent = server.requests();
    assert!(
        sent.iter()
            .any(|request| request.header("x-team").as_deref() == Some(TOKEN))
    );
    assert!(sent.iter().any(|request| request.body == TOKEN));
}

#[test]
fn a_server_that_gives_it_back_changes_nothing() {
    let server = Server::start(|request| {
        let form = FORMS[request.path()[1..].parse::<usize>().unwrap()];
        Reply::redirect(302, &format!("https://id.example/?state={form}"))
    });
    let text = format!(
        "environments:\n  a:\n    base_url: {}\n    headers: {{ X-Team: \"${{TOKEN}}\" }}\n\
         endpoints:\n  - /0: 200\n  - /1: 301 -> /x\n  - /2: 200\n  - /3: 200\n",
        server.url()
    );
    everywhere(&text);
}

#[test]
fn a_literal_in_a_secret_header_is_kept_too() {
    let server = Server::start(|request| {
        Reply::redirect(302, &format!("/{}", request.header("x-api-key").unwrap()))
    });
    let text = format!(
        "environments:\n  a:\n    base_url: {}\n    headers: {{ X-Api-Key: {TOKEN} }}\n\
         endpoints:\n  - /0: 200\n",
        server.url()
    );
    everywhere(&text);
    let flag = format!("X-Api-Key: {TOKEN}");
    let text = text.replace(TOKEN, "another");
    let finished = statusdiff()
        .check(&text)
        .args(["-H", &flag, "--format", "json"])
        .run();
    keeps_it(&finished);
}

#[test]
fn a_mistake_in_the_suite_does_not_show_it() {
    let text = format!(
        "environments:\n  a:\n    base_url: http://127.0.0.1:1\n    \
         headers: {{ X-Api-Key: {TOKEN}, X-Api-Key: {TOKEN} }}\n\
         endpoints:\n  - /0: 20x\n"
    );
    let finished = statusdiff().check(&text).run().exits(2);
    keeps_it(&finished);
}

#[test]
fn a_failure_does_not_show_the_query() {
    let text = "environments: { dev: \"http://127.0.0.1:1\" }\nendpoints:\n  \
                - { path: /, query: { key: \"${TOKEN}\" }, expect: 200 }\n";
    everywhere(text);
}

#[test]
fn a_mistake_in_a_flag_does_not_show_it() {
    let text = "environments: { dev: \"http://127.0.0.1:1\" }\nendpoints:\n  - /: 200\n";
    for flag in [
        format!("Authorization: Bearer {TOKEN}\u{1}"),
        format!("Authorization Bearer {TOKEN}"),
        format!("X Api Key: {TOKEN}"),
    ] {
        let finished = statusdiff().check(text).args(["-H", &flag]).run().exits(2);
        keeps_it(&finished);
        finished.complains(&["--header"]);
    }
    let url = format!("dev=http://user:{TOKEN}@127.0.0.1:1");
    let finished = statusdiff()
        .check(text)
        .args(["--base-url", &url])
        .run()
        .exits(2);
    keeps_it(&finished);
    finished.complains(&["`--base-url dev=http://***@127.0.0.1:1`"]);
}

/// What a server gave back is there already when the run ends, though there is nothing yet to compare it with.
#[test]
fn an_unfinished_run_does_not_show_it() {
    let reference = Server::start(|_| Reply::stall());
    let other = Server::start(|_| Reply::redirect(302, &format!("/?state={TOKEN}")));
    let text = format!(
        "reference: a\nenvironments:\n  a: {}\n  b:\n    base_url: {}\n    \
         headers: {{ X-Team: \"${{TOKEN}}\" }}\nendpoints:\n  - /0\n",
        reference.url(),
        other.url()
    );
    let finished = statusdiff()
        .check(&text)
        .env("TOKEN", TOKEN)
        .args(["--deadline", "1s", "--format", "json"])
        .run()
        .exits(3);
    assert!(finished.stdout.contains("/?state=***"), "{finished}");
    keeps_it(&finished);
}

#[test]
fn an_expectation_does_not_show_it() {
    let server = Server::always(200);
    let text = format!(
        "environments:\n  a:\n    base_url: {}\n    headers: {{ X-Team: \"${{TOKEN}}\" }}\n\
         endpoints:\n  - /0: \"302 -> /?state=${{TOKEN}}\"\n",
        server.url()
    );
    everywhere(&text);
}

#[test]
fn a_base_url_and_a_name_do_not_show_it() {
    let server = Server::always(500);
    let text = format!(
        "name: \"run ${{TOKEN}}\"\nenvironments:\n  a:\n    base_url: \"{}/${{TOKEN}}\"\n    \
         headers: {{ X-Team: \"${{TOKEN}}\" }}\nendpoints:\n  - /0: 200\n  - /1: 200\n  - /2: 200\n",
        server.url()
    );
    everywhere(&text);
}
