//! The HTML report: one file with everything in it, and nothing of what servers say is markup.

use std::fs;

use crate::support::{Reply, Server, statusdiff, suite};

#[test]
fn a_page_has_the_whole_run() {
    let server = Server::start(|request| match request.target.as_str() {
        "/a/moved" => Reply::redirect(302, "javascript:alert('</script>')"),
        "/b/gone" => Reply::status(404),
        _ => Reply::status(200),
    });
    let url = |name: &str| format!("{}/{name}", server.url());
    let endpoints =
        "- /fine: 200\n- /moved: 200\n- { path: /gone, name: <b>bold</b>, expect: 2xx }";
    let text = suite(&[("a", &*url("a")), ("b", &url("b"))], endpoints);
    let args = ["--report", "html=report.html"];
    let finished = statusdiff().check(&text).args(args).run().exits(1);
    let page = fs::read_to_string(finished.folder.path().join("report.html")).unwrap();
    let (head, data) = page.split_once("id=\"data\">").unwrap();
    for words in [
        "<!doctype html>\n<html lang=\"en\">",
        "default-src &#39;none&#39;",
        "3 endpoints × 2 environments = 6 probes: 4 matched, 2 mismatched, 0 errors",
        "<span class=\"code\">/gone</span> <span class=\"quiet\">&#60;b&#62;bold&#60;/b&#62;</span>",
        "-&#62; javascript:alert(&#39;&#60;/script&#62;&#39;)",
        "expected 2xx",
    ] {
        assert!(head.contains(words), "no `{words}` in\n{head}");
    }
    assert!(
        !head.contains("/fine") && data.contains("\"path\":\"/fine\""),
        "{page}"
    );
    assert_eq!(page.matches("</script").count(), 2, "{page}");
}

#[test]
fn a_page_goes_to_standard_output_too() {
    let server = Server::echo();
    let text = suite(&[("a", &server.url())], "- /200: 200");
    let args = ["--format", "html", "--all"];
    let finished = statusdiff().check(&text).args(args).run().exits(0);
    assert!(finished.stdout.starts_with("<!doctype html>"), "{finished}");
    assert!(finished.stdout.ends_with("</html>\n"), "{finished}");
    assert!(
        finished.stdout.contains("<span class=\"code\">/200</span>"),
        "{finished}"
    );
}

#[test]
fn a_page_has_no_secrets() {
    let server = Server::start(|_| Reply::redirect(302, "/sign-in?token=s3cr3t-value"));
    let text = suite(&[("a", &server.url())], "- /page: 200");
    let args = ["-H", "X-Api-Key: s3cr3t-value", "--format", "html"];
    let finished = statusdiff().check(&text).args(args).run().exits(1);
    assert!(finished.stdout.contains("/sign-in?token=***"), "{finished}");
    assert!(!finished.stdout.contains("s3cr3t"), "{finished}");
}
