//! `${NAME}`: where values come from, and what they may not do.

use crate::support::{Server, statusdiff};

/// Sends `path` with these `vars` of the suite and the environment, and returns what was asked.
fn asked(path: &str, suite_vars: &str, own_vars: &str, process: &[(&str, &str)]) -> Vec<String> {
    let server = Server::always(200);
    let text = format!(
        "vars: {suite_vars}\nenvironments:\n  a:\n    base_url: {}\n    vars: {own_vars}\n\
         endpoints:\n  - path: {path}\n    expect: 200\n",
        server.url()
    );
    let mut run = statusdiff().check(&text);
    for (name, value) in process {
        run = run.env(name, value);
    }
    run.report().exits(0);
    server.asked()
}

#[test]
fn values_come_from_the_nearest_place() {
    let process = [("ID", "process"), ("OTHER", "other"), ("EMPTY", "")];
    for (path, suite_vars, own_vars, target) in [
        ("/${ID}", "{ ID: suite }", "{ ID: own }", "/own"),
        ("/${ID}", "{ ID: suite }", "{}", "/suite"),
        ("/${ID}", "{}", "{}", "/process"),
        ("/${NONE:-fallback}", "{}", "{}", "/fallback"),
        ("/${EMPTY:-fallback}", "{}", "{}", "/fallback"),
        ("/${ID:-fallback}", "{}", "{}", "/process"),
        ("/${NONE:-}", "{}", "{}", "/"),
        ("/${ID}/${OTHER}", "{ ID: 1 }", "{ OTHER: 2 }", "/1/2"),
        ("/${V}", "{ V: 1.10 }", "{}", "/1.10"),
        ("/${V}", "{ V: 0012 }", "{}", "/0012"),
        ("/${V}", "{ V: \"${ID}\" }", "{}", "/process"),
        ("/$${ID}", "{}", "{}", "/$%7BID%7D"),
        ("/$ID", "{}", "{}", "/$ID"),
    ] {
        let sent = asked(&format!("\"{path}\""), suite_vars, own_vars, &process);
        assert_eq!(sent, [format!("GET {target}")], "{path}");
    }
}

#[test]
fn a_value_is_not_substituted_again() {
    let sent = asked("\"/${A}\"", "{}", "{}", &[("A", "${B}"), ("B", "no")]);
    assert_eq!(sent, ["GET /$%7BB%7D"]);
}

#[test]
fn a_value_cannot_change_the_structure() {
    let sent = asked("\"/x?a=${A}\"", "{}", "{}", &[("A", "1:{b:2},'\"-")]);
    assert_eq!(sent.len(), 1);
    assert!(sent[0].starts_with("GET /x?a=1"), "{sent:?}");
}

#[test]
fn a_missing_or_empty_value_is_an_error_with_its_place() {
    let server = Server::always(200);
    for value in [None, Some("")] {
        let text = format!(
            "environments:\n  a:\n    base_url: {}\n    headers: {{ X-Token: \"${{TOKEN}}\" }}\n\
             endpoints:\n  - /: 200\n",
            server.url()
        );
        let mut run = statusdiff().check(&text);
        if let Some(value) = value {
            run = run.env("TOKEN", value);
        }
        run.run().exits(2).complains(&["suite.yaml:4", "TOKEN"]);
    }
    assert_eq!(server.asked(), [""; 0]);
}

#[test]
fn only_what_the_run_asks_is_resolved() {
    let server = Server::always(200);
    let text = format!(
        "environments:\n  dev: {url}\n  prod:\n    base_url: {url}/p\n    \
         headers: {{ X-Token: \"${{TOKEN}}\" }}\nendpoints:\n  - /: 200\n  \
         - {{ path: \"/${{USER_ID}}\", expect: 200, tags: [user] }}\n  \
         - {{ path: /t, expect: 200, tags: [health] }}\n",
        url = server.url()
    );
    statusdiff().check(&text).run().exits(2);
    let dev = ["-e", "dev", "--tag", "health"];
    statusdiff().check(&text).args(dev).report().exits(0);
    assert_eq!(server.asked(), ["GET /t"]);
}

#[test]
fn control_characters_in_a_value_are_refused() {
    let server = Server::always(200);
    for place in [
        "headers: { X-A: \"${A}\" }",
        "query: { a: 1 }, path: \"/${A}\"",
    ] {
        let path = if place.contains("path") {
            ""
        } else {
            "path: /, "
        };
        let text = format!(
            "environments: {{ a: \"{}\" }}\nendpoints:\n  - {{ {path}{place}, expect: 200 }}\n",
            server.url()
        );
        let run = statusdiff().check(&text).env("A", "x\r\nX-Evil: 1");
        run.run().exits(2).complains(&["suite.yaml:3"]);
    }
    assert_eq!(server.asked(), [""; 0]);
}

#[test]
fn values_work_wherever_a_string_does() {
    let server = Server::always(201);
    let text = "
vars: { host: HOST, status: 201, method: x }
environments:
  a:
    base_url: \"${host}\"
    headers: { X-A: \"a ${method}\" }
endpoints:
  - path: /a
    method: POST
    query: { q: \"${method}\" }
    json: { deep: [ \"${method}\", 1, null ] }
    expect: \"${status}\"
    timeout: \"${TIMEOUT:-5s}\"
"
    .replace("HOST", &server.url());
    statusdiff().check(&text).report().exits(0);
    let request = &server.requests()[0];
    assert_eq!(request.target, "/a?q=x");
    assert_eq!(request.header("x-a").unwrap(), "a x");
    let json: serde_json::Value = serde_json::from_str(&request.body).unwrap();
    assert_eq!(json, serde_json::json!({ "deep": ["x", 1, null] }));
}
