//! The command that repeats a probe: a real shell and a real curl send with it what the program sent.

use std::collections::BTreeMap;
use std::process::Command;

use crate::support::{Reply, Report, Request, Server, statusdiff};

/// Variables of the process environment, hostile ones among them, and the names that literal or learned secrets go
/// by, with the values that they have in these suites.
const VARIABLES: [(&str, &str); 5] = [
    ("TOKEN", "tok-3f9a7c"),
    ("PASSWORD", "pass word'$(id)`\"\\!"),
    ("PIN", "7"),
    ("QUERY", "a b&c=d/\"é"),
    ("PLAIN", "plain-value"),
];
const TOLD: [(&str, &str); 7] = [
    ("QUERY_ENCODED", "a%20b%26c%3Dd%2F%22%C3%A9"),
    ("AUTH_USERNAME", "admin"),
    ("ACCESS_TOKEN", "literal-token"),
    ("SESSION_COOKIE", "sid=s3ss10n-id"),
    ("X_API_KEY", "literal-key"),
    ("COOKIE", "theme=dark; lang=en"),
    ("SECRET", "pass word'$(id)`\"\\!"),
];

/// Runs a suite with these endpoints and sends every command of its report. What has come in must be the same.
fn repeats(environment: &str, endpoints: &[&str]) -> Vec<String> {
    let server = Server::start(|request| match request.path() {
        "/login" => Reply::status(200).header("Set-Cookie", "sid=s3ss10n-id; Path=/"),
        _ => Reply::status(404),
    });
    let lines: Vec<_> = endpoints
        .iter()
        .map(|line| format!("  - {line}\n"))
        .collect();
    let text = format!(
        "vars: {{ nested: \"${{PLAIN}}\" }}\nenvironments:\n  dev:\n    base_url: {}\n    {environment}\nendpoints:\n{}",
        server.url(),
        lines.concat()
    );
    let run = statusdiff()
        .check(&text)
        .args(["-j", "1", "--retries", "0"]);
    let report = VARIABLES
        .iter()
        .fold(run, |run, (name, value)| run.env(name, value))
        .report();
    let commands = commands(&report);
    assert_eq!(commands.len(), endpoints.len(), "{report}");
    for command in &commands {
        for (_, secret) in VARIABLES
            .iter()
            .chain(&TOLD)
            .filter(|(name, _)| *name != "PIN")
        {
            assert!(!command.contains(secret), "`{secret}` in {command}");
        }
    }
    let sent = probes(&server);
    for command in &commands {
        run_in_shell(command);
    }
    let both = probes(&server);
    let (_, repeated) = both.split_at(sent.len());
    for ((command, sent), repeated) in commands.iter().zip(&sent).zip(repeated) {
        assert_eq!(essence(sent), essence(repeated), "{command}");
    }
    assert_eq!(sent.len(), repeated.len());
    commands
}

fn commands(report: &Report) -> Vec<String> {
    let endpoints = report.json["endpoints"].as_array().unwrap();
    let probes = endpoints
        .iter()
        .flat_map(|endpoint| endpoint["probes"].as_array().unwrap());
    probes
        .filter_map(|probe| probe["curl"].as_str().map(str::to_owned))
        .collect()
}

fn probes(server: &Server) -> Vec<Request> {
    let mut requests = server.requests();
    requests.retain(|request| request.path() != "/login");
    requests
}

#[track_caller]
fn run_in_shell(command: &str) {
    let mut shell = Command::new("sh");
    shell
        .args(["-c", command])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap());
    shell.envs(VARIABLES).envs(TOLD);
    let output = shell.output().expect("a shell, and curl in it");
    assert!(
        output.status.success(),
        "{command}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        String::from_utf8_lossy(&output.stdout).starts_with("HTTP/1.1 404"),
        "{command}"
    );
}

/// All of a request but what names the program itself.
fn essence(request: &Request) -> (String, String, BTreeMap<String, String>, String) {
    let headers = request
        .headers
        .iter()
        .map(|(name, value)| (name.to_ascii_lowercase(), value.clone()));
    let headers = headers.filter(|(name, _)| name != "user-agent").collect();
    (
        request.method.clone(),
        request.target.clone(),
        headers,
        request.body.clone(),
    )
}

#[test]
fn whatever_a_path_holds_is_sent_again() {
    repeats(
        "",
        &[
            "/plain: 200",
            "\"/a'b\": 200",
            "\"/$(id)`id`?a=$HOME&b=1;c|d\": 200",
            "\"/[1-3]/{a,b}?x[]={}\": 200",
            "\"/grüße/日本?q=é\": 200",
            "\"/100%25%7E?p=%20%zz%\": 200",
            "\"/hey!!/!$?*~\": 200",
            "\"/-X/--flag/@file?@x\": 200",
            "\"/.well-known/..;/x\": 200",
            "HEAD /head: 200",
            "OPTIONS /options: 200",
        ],
    );
}

#[test]
fn whatever_a_body_holds_is_sent_again() {
    let commands = repeats(
        "",
        &[
            r#"{ path: /1, method: POST, body: "@/etc/passwd", expect: 200 }"#,
            r#"{ path: /2, method: POST, body: "line\nline\r\n\ttab $(id) `id` 'q' \"d\" \\ !! é 🦀\u001b[31m\u202e", expect: 200 }"#,
            r#"{ path: /3, method: PUT, body: "-d", headers: { Content-Type: text/plain }, expect: 200 }"#,
            r#"{ path: /4, method: POST, body: "\n::error::x ##[y]\n\n", expect: 200 }"#,
            r#"{ path: /5, method: POST, json: { b: [1, "it's", {}, [], null], a: "$(id) \" \\ \n" }, expect: 200 }"#,
            r#"{ path: /6, method: POST, form: { a: "b c&d", "e=f": "$x'" }, expect: 200 }"#,
            "{ path: /7, method: POST, expect: 200 }",
            r#"{ path: /8, method: DELETE, body: "", expect: 200 }"#,
            r#"{ path: /9, body: "a GET with a body", expect: 200 }"#,
        ],
    );
    for command in commands {
        assert!(
            !command.contains(|c: char| c.is_control() && c != '\n'),
            "{command:?}"
        );
        assert!(!command.contains("\n::"), "{command}");
    }
}

#[test]
fn secrets_are_variables() {
    let commands = repeats(
        "auth: { bearer: \"${TOKEN}\" }\n    credentials: { admin: { basic: { username: admin, password: \"${PASSWORD}\" } } }",
        &[
            "/bearer: 200",
            "{ path: /basic, as: admin, expect: 200 }",
            "{ path: /none, as: anonymous, expect: 200 }",
            "{ path: /own, headers: { Authorization: \"Token ${TOKEN}\" }, expect: 200 }",
            "{ path: \"/query?a=${PLAIN}&b=${PIN}&c=7\", query: { d: \"x${TOKEN}y\", e: \"${QUERY}\" }, expect: 200 }",
            "{ path: /header, headers: { X-Team: \"a ${nested} ${PASSWORD}\", X-Pin: \"${PIN}7\" }, expect: 200 }",
            "{ path: /literal, headers: { X-Api-Key: literal-key }, expect: 200 }",
            "{ path: /cookie, headers: { Cookie: \"sid=${TOKEN}; pin=${PIN}\", X-Empty: \"\" }, expect: 200 }",
            "{ path: /cookies, headers: { Cookie: theme=dark; lang=en }, expect: 200 }",
            "{ path: /text, method: POST, body: \"${PASSWORD}\\n${PIN}\", expect: 200 }",
            "{ path: /json, method: POST, json: { a: \"${TOKEN}\", b: \"${PIN}7\" }, expect: 200 }",
            "{ path: /form, method: POST, form: { a: \"${PLAIN}\" }, expect: 200 }",
            "{ path: \"/public/${PLAIN}\", expect: 200 }",
        ],
    );
    for (command, words) in commands.iter().zip([
        "-H \"authorization: Bearer $TOKEN\"",
        "-u \"$AUTH_USERNAME:$PASSWORD\"",
        "curl -i -m 10 http",
        "-H \"authorization: Token $TOKEN\"",
        "?a=$PLAIN&b=$PIN&c=7&d=x${TOKEN}y&e=$QUERY_ENCODED\"",
        "-H \"x-team: a $PLAIN $PASSWORD\"",
        "-H \"x-api-key: $X_API_KEY\"",
        "-H \"cookie: sid=$TOKEN; pin=$PIN\" -H 'x-empty;'",
        "-H \"cookie: $COOKIE\"",
        "--data-raw \"$PASSWORD\"'\n''",
        "\"'\"$TOKEN\"'\"",
        "--data-raw \"a=$PLAIN\"",
        "/public/$PLAIN\"",
    ]) {
        assert!(command.contains(words), "no `{words}` in {command}");
    }
}

#[test]
fn a_session_and_a_literal_token_have_names_that_tell() {
    let login = "auth: { login: { request: POST /login, form: { user: admin, password: \"${PASSWORD}\" } } }";
    let commands = repeats(
        login,
        &[
            "/a: 200",
            "{ path: /b, headers: { Cookie: \"pin=${PIN}\" }, expect: 200 }",
        ],
    );
    assert!(
        commands[0].contains("-H \"cookie: $SESSION_COOKIE\""),
        "{commands:?}"
    );
    assert!(
        commands[1].contains("-H \"cookie: pin=$PIN; $SESSION_COOKIE\""),
        "{commands:?}"
    );
    let commands = repeats("auth: { bearer: literal-token }", &["/a: 200"]);
    assert!(
        commands[0].contains("-H \"authorization: Bearer $ACCESS_TOKEN\""),
        "{commands:?}"
    );
}

#[test]
fn the_way_there_is_part_of_it() {
    let text = "
environments:
  a:
    base_url: https://h.test:8443/x
    tls: { insecure: true, min_version: 1.3 }
    proxy: \"http://me:${PASS}@127.0.0.1:1\"
    resolve: { h.test: 127.0.0.1 }
    http_version: 1.1
    timeout: 1500ms
    type: staging
  b:
    base_url: http://127.0.0.1:1
    proxy: none
    http_version: 2
endpoints:
  - { path: /a, follow_redirects: 3, expect: 200 }
  - { path: /b, follow_redirects: true, headers: { X-Api-Key: \"${PASS}\" }, expect: 200 }
  - { path: /c, method: POST, follow_redirects: true, expect: 200, environments: [a] }
";
    let report = statusdiff()
        .check(text)
        .env("PASS", "s3cret-pass")
        .args(["--retries", "0"])
        .report();
    let way = "-k --tlsv1.3 --http1.1 --resolve h.test:8443:127.0.0.1 --proxy \"http://me:$PASS@127.0.0.1:1\" -m 1.5";
    assert_eq!(
        commands(&report),
        [
            format!("curl -i -L --max-redirs 3 {way} https://h.test:8443/x/a"),
            "curl -i -L --max-redirs 3 --http2-prior-knowledge --noproxy '*' -m 10 http://127.0.0.1:1/a".to_owned(),
            // curl would take the key along to wherever a redirect leads.
            format!("curl -i -H \"x-api-key: $PASS\" {way} https://h.test:8443/x/b"),
            "curl -i -H \"x-api-key: $PASS\" --http2-prior-knowledge --noproxy '*' -m 10 http://127.0.0.1:1/b".to_owned(),
            format!("curl -i -X POST {way} https://h.test:8443/x/c"),
        ]
    );
}

#[test]
fn only_what_did_not_match_has_one() {
    let server = Server::echo();
    let text = format!(
        "environments: {{ a: {} }}\nendpoints: [/200: 200, /404: 200]",
        server.url()
    );
    let report = statusdiff().check(&text).report();
    assert!(report.probe("/200", "a").get("curl").is_none(), "{report}");
    let command = report.probe("/404", "a")["curl"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(command, format!("curl -i -m 10 {}/404", server.url()));
    let verbose = statusdiff().check(&text).args(["-v"]).run();
    assert!(
        verbose
            .stderr
            .contains(&format!("a: GET /404: mismatch\n  {command}\n")),
        "{verbose}"
    );
    let quiet = statusdiff().check(&text).run();
    assert!(!quiet.stderr.contains("curl"), "{quiet}");
}
