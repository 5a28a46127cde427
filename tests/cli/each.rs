//! `each` and `each_file`: one endpoint for each value, in what is asked and in what is reported.

use crate::support::{Server, statusdiff, suite};

/// Values reach the server as the text that they are, and reports show them in the path.
#[test]
fn values_are_sent_as_they_are_written() {
    let server = Server::always(200);
    let endpoints = r#"
- path: /users/${id}
  method: PUT
  environments: [staging]
  each_file: users.csv
  name: user ${id}
  expect: ${status}
  headers: { X-Name: "${name:-nobody}" }
  query: { q: "${name:-}" }
  json: { name: "${name:-nobody}", id: "${id}" }
"#;
    let table = "\u{feff}id,name,status\r\n1.10,\"A, \"\"B\"\" ${x}\",200\r\n0x10,,404\r\n";
    let text = suite(&[("staging", &server.url())], endpoints);
    let run = statusdiff().check(&text).file("users.csv", table);
    let report = run.args(["-j", "1"]).report().exits(1);
    let rows = report.json["endpoints"].as_array().unwrap();
    let shown = |key: &str| -> Vec<_> { rows.iter().map(|row| row[key].clone()).collect() };
    assert_eq!(shown("path"), ["/users/1.10", "/users/0x10"]);
    assert_eq!(shown("name"), ["user 1.10", "user 0x10"]);
    assert_eq!(rows[0]["line"], rows[1]["line"]);
    let sent: Vec<_> = server
        .requests()
        .into_iter()
        .map(|request| {
            let name = request.header("x-name").unwrap_or_default();
            (request.target.clone(), name, request.body.clone())
        })
        .collect();
    let expected = [
        (
            "/users/1.10?q=A%2C%20%22B%22%20%24%7Bx%7D",
            r#"A, "B" ${x}"#,
            r#"{"id":"1.10","name":"A, \"B\" ${x}"}"#,
        ),
        (
            "/users/0x10?q=",
            "nobody",
            r#"{"id":"0x10","name":"nobody"}"#,
        ),
    ]
    .map(|(target, name, body)| (target.to_owned(), name.to_owned(), body.to_owned()));
    assert_eq!(sent, expected);
}

/// Endpoints of one entry have positions of their own, so that the reports of shards can be merged.
#[test]
fn shards_divide_what_values_make() {
    let server = Server::always(200);
    let numbers: Vec<_> = (1..40).map(|number| number.to_string()).collect();
    let endpoints = format!(
        "- /page/0: 200\n- path: /page/${{n}}\n  each: {{ n: [{}] }}\n  expect: 200\n",
        numbers.join(", ")
    );
    let text = suite(&[("a", &server.url())], &endpoints);
    let mut asked = 0;
    for shard in ["1/2", "2/2"] {
        let run = statusdiff().check(&text).args(["--shard", shard]);
        let report = run.report().exits(0);
        for endpoint in report.json["endpoints"].as_array().unwrap() {
            let path = endpoint["path"].as_str().unwrap();
            assert_eq!(path, format!("/page/{}", endpoint["position"]));
            asked += 1;
        }
    }
    assert_eq!(asked, 40);
}

/// Tags and paths select by the values.
#[test]
fn values_can_be_selected() {
    let server = Server::always(200);
    let endpoints = "- path: /${lang}/${page}\n  each: { lang: [de, fr], page: [a, b] }\n  tags: ['${lang}']\n  expect: 200\n";
    let text = suite(&[("a", &server.url())], endpoints);
    for (flags, expected) in [
        (["--tag", "fr"], ["GET /fr/a", "GET /fr/b"]),
        (["--only", "*/b"], ["GET /de/b", "GET /fr/b"]),
    ] {
        let before = server.asked().len();
        statusdiff()
            .check(&text)
            .args(flags)
            .args(["-j", "1"])
            .run()
            .exits(0);
        assert_eq!(server.asked().len() - before, expected.len());
        assert!(
            expected
                .iter()
                .all(|path| server.asked().contains(&(*path).to_owned()))
        );
    }
}
