//! How an environment is reached: certificates, proxies, addresses, versions.

use std::thread;
use std::time::Duration;

use rustls::version::{TLS12, TLS13};
use tokio::runtime::Builder;
use tokio::time::timeout;

use crate::support::{
    Authority, Invocation, Reply, Request, Server, environment, frames, nobody, statusdiff, suite,
};

/// A run on one endpoint at that URL, in a folder with the authority's certificate.
fn run(url: &str, keys: &str, root: &Authority) -> Invocation {
    let text = suite(&[("dev", &environment(url, keys))], "- /x: 200");
    statusdiff().check(&text).file("ca.pem", root.pem())
}

fn says(url: &str, keys: &str, root: &Authority) -> String {
    run(url, keys, root).report().says("/x", "dev")
}

fn ok(_: &Request) -> Reply {
    Reply::status(200)
}

#[test]
fn an_authority_of_ones_own_is_trusted() {
    let (root, other) = (Authority::new("a root"), Authority::new("another root"));
    let server = Server::secure(root.loopback().plain_server(), ok);
    let ca = "tls: { ca_file: ca.pem }";
    assert_eq!(
        says(&server.url(), "timeout: 5s", &root),
        "error tls_untrusted"
    );
    assert_eq!(says(&server.url(), ca, &root), "match 200");
    assert_eq!(says(&server.url(), ca, &other), "error tls_untrusted");
    let both = other.pem() + &root.pem();
    let bundle = run(&server.url(), ca, &other).file("ca.pem", both);
    assert_eq!(bundle.report().says("/x", "dev"), "match 200");

    // Its name is checked all the same.
    let elsewhere = root.issue(&["www.example.com"], |_| {});
    let server = Server::secure(elsewhere.plain_server(), ok);
    assert_eq!(says(&server.url(), ca, &root), "error tls_hostname");
}

#[test]
fn files_are_found_from_the_suite() {
    let root = Authority::new("a root");
    let server = Server::secure(root.loopback().plain_server(), ok);
    let text = environment(&server.url(), "tls: { ca_file: ../certificates/ca.pem }");
    let text = suite(&[("dev", &text)], "- /x: 200");
    statusdiff()
        .file("suites/suite.yaml", text)
        .file("certificates/ca.pem", root.pem())
        .args(["check", "suites/suite.yaml"])
        .report()
        .exits(0);
}

#[test]
fn files_that_are_no_certificates_are_refused() {
    let root = Authority::new("a root");
    let url = "https://127.0.0.1:1";
    for (keys, told) in [
        ("tls: { ca_file: missing.pem }", "missing.pem"),
        ("tls: { ca_file: suite.yaml }", "suite.yaml"),
        ("tls: { cert_file: ca.pem }", "key_file"),
        ("tls: { key_file: ca.pem }", "cert_file"),
        ("tls: { cert_file: ca.pem, key_file: ca.pem }", "ca.pem"),
        ("tls: { min_version: 1.4 }", "min_version"),
        ("http_version: 3", "http_version"),
        ("resolve: { h: not-an-address }", "resolve"),
        ("proxy: \"ftp://h\"", "proxy"),
    ] {
        let finished = run(url, keys, &root).run();
        finished.exits(2).complains(&[told]);
    }
}

#[test]
fn a_client_certificate_is_shown_to_who_wants_it() {
    let root = Authority::new("a root");
    let clients = Authority::new("a root of clients");
    let own = clients.issue(&["client.example"], |_| {});
    let keys = "tls: { ca_file: ca.pem, cert_file: own.pem, key_file: own.key }";
    for version in [&TLS12, &TLS13] {
        let server = Server::secure(root.loopback().server(&[version], Some(&clients)), ok);
        let run = run(&server.url(), keys, &root);
        let run = run.file("own.pem", &own.chain).file("own.key", &own.key);
        assert_eq!(run.report().says("/x", "dev"), "match 200");
        let said = says(&server.url(), "tls: { ca_file: ca.pem }", &root);
        assert!(["error tls", "error reset"].contains(&&*said), "{said}");
    }
}

#[test]
fn only_who_says_so_is_not_verified() {
    let root = Authority::new("a root");
    let server = Server::secure(root.loopback().plain_server(), ok);
    let other = Server::secure(root.loopback().plain_server(), ok);
    let environments = [
        (
            "loose",
            &*environment(&server.url(), "tls: { insecure: true }"),
        ),
        (
            "strict",
            &*environment(&other.url(), "tls: { insecure: false }"),
        ),
    ];
    let text = suite(&environments, "- /x: 200");
    let report = statusdiff().check(&text).report().exits(3);
    assert_eq!(report.says("/x", "loose"), "match 200");
    assert_eq!(report.says("/x", "strict"), "error tls_untrusted");
    let table = statusdiff().check(&text).run();
    let said = table.stdout + &table.stderr;
    assert!(said.contains("not verified"), "{said}");
}

#[test]
fn old_versions_are_refused_where_they_are_not_wanted() {
    let root = Authority::new("a root");
    let old = Server::secure(root.loopback().server(&[&TLS12], None), ok);
    let new = Server::secure(root.loopback().server(&[&TLS13], None), ok);
    for (version, at_old) in [
        ("1.2", "match 200"),
        ("1.3", "error tls"),
        ("\"1.3\"", "error tls"),
    ] {
        let keys = format!("tls: {{ ca_file: ca.pem, min_version: {version} }}");
        assert_eq!(says(&old.url(), &keys, &root), at_old, "{version}");
        assert_eq!(says(&new.url(), &keys, &root), "match 200", "{version}");
    }
}

const BEHIND: &str = "http://shop.invalid/base";

#[test]
fn a_proxy_is_asked_instead() {
    let root = Authority::new("a root");
    let proxy = Server::always(200);
    let keys = format!("proxy: \"{}\"", proxy.url());
    run(BEHIND, &keys, &root).report().exits(0);
    assert_eq!(proxy.asked(), ["GET http://shop.invalid/base/x"]);
    // The environment's own goes before the variable.
    run(BEHIND, &keys, &root)
        .env("HTTP_PROXY", &nobody())
        .report()
        .exits(0);
    run(BEHIND, "timeout: 5s", &root)
        .env("HTTP_PROXY", &proxy.url())
        .report()
        .exits(0);

    let dead = format!("proxy: \"{}\"", nobody());
    let report = run(BEHIND, &dead, &root)
        .args(["--retries", "0"])
        .report()
        .exits(3);
    assert_eq!(report.says("/x", "dev"), "error connect_refused");
    let message = report.probe("/x", "dev")["error"]["message"].to_string();
    assert!(message.contains("via proxy"), "{message}");
}

#[test]
fn a_proxy_that_wants_to_know_who_asks_is_no_answer_of_the_environment() {
    let root = Authority::new("a root");
    let proxy = Server::always(407);
    let keys = format!("proxy: \"{}\", timeout: 5s", proxy.url());
    for url in [BEHIND, "https://shop.invalid"] {
        let report = run(url, &keys, &root).report().exits(3);
        assert_eq!(report.says("/x", "dev"), "error connect", "{url}: {report}");
    }
    let asked = proxy.requests();
    let tunnel = asked.iter().find(|request| request.method == "CONNECT");
    assert_eq!(tunnel.unwrap().target, "shop.invalid:443");
}

#[test]
fn the_password_of_a_proxy_is_not_shown() {
    let root = Authority::new("a root");
    let with = |url: &str| url.replace("http://", "http://ann:${PASSWORD}@");
    let proxy = Server::always(200);
    let keys = format!("proxy: \"{}\"", with(&proxy.url()));
    run(BEHIND, &keys, &root)
        .env("PASSWORD", "pw-3f9a7c")
        .report()
        .exits(0);
    let sent = proxy.requests()[0].header("proxy-authorization");
    assert_eq!(sent.unwrap(), "Basic YW5uOnB3LTNmOWE3Yw==");
    let keys = format!("proxy: \"{}\"", with(&nobody()));
    for args in [
        &["--retries", "0"][..],
        &["--dry-run"],
        &["-v", "--format", "json"],
    ] {
        let run = run(BEHIND, &keys, &root).env("PASSWORD", "pw-3f9a7c");
        let finished = run.args(args.iter().copied()).run();
        for secret in ["pw-3f9a7c", "YW5uOnB3LTNmOWE3Yw"] {
            assert!(!finished.stdout.contains(secret), "{finished}");
            assert!(!finished.stderr.contains(secret), "{finished}");
        }
    }
}

#[test]
fn no_proxy_is_a_choice_too() {
    let root = Authority::new("a root");
    let server = Server::always(200);
    for (keys, variables) in [
        (
            "proxy: none",
            &[("HTTP_PROXY", nobody()), ("ALL_PROXY", nobody())][..],
        ),
        (
            "timeout: 5s",
            &[("HTTP_PROXY", nobody()), ("NO_PROXY", "127.0.0.1".into())],
        ),
        (
            "timeout: 5s",
            &[("http_proxy", nobody()), ("no_proxy", "*".into())],
        ),
    ] {
        let mut run = run(&server.url(), keys, &root);
        for (name, value) in variables {
            run = run.env(name, value);
        }
        run.report().exits(0);
    }
    let run = run(&server.url(), "timeout: 5s", &root).env("HTTP_PROXY", &nobody());
    let report = run.args(["--retries", "0"]).report().exits(3);
    assert_eq!(report.says("/x", "dev"), "error connect_refused");
}

#[test]
fn a_name_can_be_looked_for_elsewhere() {
    let root = Authority::new("a root");
    let named = root.issue(&["www.shop.invalid"], |_| {});
    let resolve = "resolve: { www.shop.invalid: 127.0.0.1 }, tls: { ca_file: ca.pem }";

    let plain = Server::always(200);
    let url = format!("http://www.shop.invalid:{}/base", plain.port());
    assert_eq!(says(&url, resolve, &root), "match 200");
    assert_eq!(plain.asked(), ["GET /base/x"]);
    let host = plain.requests()[0].header("host").unwrap();
    assert_eq!(host, format!("www.shop.invalid:{}", plain.port()));

    // The certificate is that of the name, not of the address.
    let right = Server::secure(named.plain_server(), ok);
    let wrong = Server::secure(root.loopback().plain_server(), ok);
    for (server, told) in [(right, "match 200"), (wrong, "error tls_hostname")] {
        let url = format!("https://www.shop.invalid:{}", server.port());
        assert_eq!(says(&url, resolve, &root), told);
    }
    // The old machine and the new one, before anybody else knows of it.
    let machine = |address: &str| {
        let keys = format!("resolve: {{ www.shop.invalid: {address} }}");
        environment(&url, &keys)
    };
    let environments = [
        ("new", &*machine("127.0.0.1")),
        ("old", &machine("127.0.0.2")),
    ];
    let run = statusdiff().check(&suite(&environments, "- /x: 200"));
    let report = run.args(["--retries", "0"]).report().exits(3);
    assert_eq!(report.says("/x", "new"), "match 200");
    assert_eq!(report.says("/x", "old"), "error connect_refused");
}

#[test]
fn the_version_of_http_is_chosen() {
    let root = Authority::new("a root");
    let offering = |protocols: &[&[u8]]| {
        let mut config = root.loopback().plain_server();
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
        // HTTP/2 begins with `PRI * HTTP/2.0`, which was made to be taken for a request.
        Server::secure(config, |request| match &*request.method {
            "PRI" => frames::ok(),
            _ => Reply::status(200),
        })
    };
    for (version, asked) in [
        ("1.1", "GET /x"),
        ("\"1.1\"", "GET /x"),
        ("2", "PRI *"),
        ("\"2\"", "PRI *"),
        ("auto", "PRI *"),
    ] {
        let server = offering(&[b"h2", b"http/1.1"]);
        let keys = format!("http_version: {version}, tls: {{ ca_file: ca.pem }}");
        assert_eq!(says(&server.url(), &keys, &root), "match 200", "{version}");
        assert_eq!(server.asked(), [asked], "{version}");
    }
    let server = offering(&[b"http/1.1"]);
    assert_eq!(
        says(
            &server.url(),
            "http_version: auto, tls: { ca_file: ca.pem }",
            &root
        ),
        "match 200"
    );
    let run = run(
        &server.url(),
        "http_version: 2, tls: { ca_file: ca.pem }",
        &root,
    );
    run.args(["--retries", "0"]).report().exits(3);
    // Without TLS nothing can be negotiated: 2 is taken for granted.
    let server = Server::start(|_| frames::ok());
    assert_eq!(says(&server.url(), "http_version: 2", &root), "match 200");
    assert_eq!(server.asked(), ["PRI *"]);
}

#[test]
fn http2_says_where_a_request_goes_in_its_authority_alone() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let server = thread::spawn(move || {
        let event_loop = Builder::new_current_thread().enable_all().build().unwrap();
        let answered = async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            let (stream, _) = listener.accept().await.unwrap();
            let mut connection = h2::server::handshake(stream).await.unwrap();
            let (request, mut respond) = connection.accept().await.unwrap().unwrap();
            respond
                .send_response(http::Response::new(()), true)
                .unwrap();
            while connection.accept().await.is_some() {}
            request
        };
        event_loop
            .block_on(async { timeout(Duration::from_mins(1), answered).await })
            .unwrap()
    });
    let environments = [(
        "dev",
        &*environment(&format!("http://{address}"), "http_version: 2"),
    )];
    let run = statusdiff().check(&suite(&environments, "- /x: 200"));
    assert_eq!(run.report().exits(0).says("/x", "dev"), "match 200");
    let request = server.join().unwrap();
    let authority = request.uri().authority().map(ToString::to_string);
    assert_eq!(authority, Some(address.to_string()));
    assert_eq!(request.headers().get("host"), None);
}
