//! What is sent: methods, queries and content.

use crate::support::{Request, Server, statusdiff};

/// Sends one endpoint, written as the keys of a flow mapping, and returns the request.
fn sent(endpoint: &str) -> Request {
    let server = Server::always(200);
    let text = format!(
        "environments: {{ dev: \"{}\" }}\nendpoints:\n  - {{ {endpoint}, expect: 200 }}\n",
        server.url()
    );
    statusdiff().check(&text).report().exits(0);
    server.requests().remove(0)
}

#[test]
fn methods_are_sent_as_written() {
    for method in [
        "GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PURGE",
    ] {
        assert_eq!(sent(&format!("path: /, method: {method}")).method, method);
    }
}

#[test]
fn a_query_is_added_to_the_path_s_own() {
    for (endpoint, target) in [
        ("path: /a, query: { b: 1, c: x }", "/a?b=1&c=x"),
        ("path: /a?z=0, query: { b: 1 }", "/a?z=0&b=1"),
        ("path: /a, query: { b: \"1&c=2\" }", "/a?b=1%26c%3D2"),
    ] {
        assert_eq!(sent(endpoint).target, target, "{endpoint}");
    }
    let spaced = sent("path: /a, query: { \"b c\": \"d e\" }").target;
    assert!(
        ["/a?b%20c=d%20e", "/a?b+c=d+e"].contains(&&*spaced),
        "{spaced}"
    );
}

#[test]
fn content_is_sent_with_its_type() {
    let request = sent("path: /, method: POST, body: \"a=b ü\"");
    assert_eq!(request.body, "a=b ü");
    assert_eq!(request.header("content-type"), None);

    let request = sent("path: /, method: POST, json: { a: [1, \"2\", null, true, 1.5] }");
    assert_eq!(request.body, r#"{"a":[1,"2",null,true,1.5]}"#);
    assert_eq!(
        request.header("content-type").as_deref(),
        Some("application/json")
    );

    let request = sent("path: /, method: POST, form: { a: \"1 2\", b: \"&\" }");
    assert!(
        ["a=1+2&b=%26", "a=1%202&b=%26"].contains(&&*request.body),
        "{}",
        request.body
    );
    assert_eq!(
        request.header("content-type").as_deref(),
        Some("application/x-www-form-urlencoded")
    );
}

#[test]
fn a_written_content_type_wins() {
    let headers = "headers: { content-type: application/problem+json }";
    let request = sent(&format!("path: /, method: POST, json: {{}}, {headers}"));
    assert_eq!(
        request.header("content-type").as_deref(),
        Some("application/problem+json")
    );
}

#[test]
fn two_contents_are_refused() {
    let text = "environments: { dev: \"http://127.0.0.1:1\" }\nendpoints:\n  \
                - { path: /, method: POST, body: a, json: b, expect: 200 }\n";
    statusdiff()
        .check(text)
        .run()
        .exits(2)
        .complains(&["suite.yaml:3", "json"]);
}
