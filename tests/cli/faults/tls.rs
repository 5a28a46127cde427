//! Certificates and handshakes.

use std::io::{Read, Write};
use std::net::TcpStream;

use rcgen::date_time_ymd;
use rustls::ServerConfig;
use rustls::version::{TLS12, TLS13};

use super::{Does, Fault, ONCE, asks, check_all, serves};
use crate::support::{Authority, Identity, Reply, Server, nobody, statusdiff, suite};

#[test]
fn every_fault_of_tls_is_named() {
    let root = Authority::new("a root that is trusted");
    check_all(&faults(&root), &root.pem());
}

#[test]
fn what_is_wrong_with_a_certificate_is_told() {
    let root = Authority::new("a root that is trusted");
    let faults = faults(&root);
    for (name, told) in [
        ("an expired certificate", "expired at 2020-01-01T00:00:00Z"),
        (
            "one that is not valid yet",
            "is not valid before 4000-01-01T00:00:00Z",
        ),
        ("one for another host", "www.example.com"),
        ("one from an unknown root", "is from an unknown issuer"),
        ("one of an authority", "is that of an authority (`CA:TRUE`)"),
        (
            "a client certificate, TLS 1.2",
            "demands a client certificate",
        ),
        ("no TLS but HTTP", "is not TLS"),
    ] {
        let fault = faults.iter().find(|fault| fault.name == name).unwrap();
        let report = fault.report(&root.pem());
        let message = report.probe("/", "a")["error"]["message"].clone();
        assert!(
            message.as_str().unwrap().contains(told),
            "{name}: {message}"
        );
    }
}

/// Under TLS 1.3 the client is done before the server has looked at what it did not get.
#[test]
fn a_refusal_after_the_handshake_has_one_of_two_names() {
    let root = Authority::new("a root that is trusted");
    let config = root.loopback().server(&[&TLS13], Some(&root));
    let server = Server::secure(config, |_| Reply::status(200));
    let endpoints: String = (0..100).map(|n| format!("- /{n}: 200\n")).collect();
    let report = statusdiff()
        .check(&suite(&[("a", &server.url())], &endpoints))
        .args(ONCE)
        .file("roots.pem", root.pem())
        .env("SSL_CERT_FILE", "roots.pem")
        .report()
        .exits(3);
    for n in 0..100 {
        let said = report.says(&format!("/{n}"), "a");
        assert!(["error tls", "error reset"].contains(&&*said), "{report}");
    }
}

#[rustfmt::skip] // A fault is a row, and a row is a line.
fn faults(root: &Authority) -> Vec<Fault> {
    let stranger = Authority::new("a root that nobody knows");
    let between = root.intermediate("between the root and the leaf");
    let own = root.loopback();
    let expired = root.issue(&["127.0.0.1"], |params| params.not_after = date_time_ymd(2020, 1, 1));
    let early = root.issue(&["127.0.0.1"], |params| params.not_before = date_time_ymd(4000, 1, 1));
    let elsewhere = root.issue(&["www.example.com", "10.0.0.1"], |_| {});
    let nameless = root.issue(&[], |_| {});
    let beneath = between.loopback();
    let whole = Identity { chain: beneath.chain.clone() + &between.pem(), key: beneath.key.clone() };
    let authority = Identity::self_signed_authority();
    let plain = |identity: &Identity| identity.plain_server();
    vec![
        answers("a certificate in order", plain(&own), "match 200"),
        answers("in order, TLS 1.2", own.server(&[&TLS12], None), "match 200"),
        answers("in order, TLS 1.3", own.server(&[&TLS13], None), "match 200"),
        answers("an intermediate", plain(&whole), "match 200"),
        answers("a missing intermediate", plain(&beneath), "error tls_untrusted"),
        answers("an expired certificate", plain(&expired), "error tls_expired"),
        answers("one that is not valid yet", plain(&early), "error tls_expired"),
        answers("one for another host", plain(&elsewhere), "error tls_hostname"),
        answers("one for no host", plain(&nameless), "error tls_hostname"),
        answers("one that vouches for itself", plain(&Identity::self_signed()), "error tls_untrusted"),
        answers("one of an authority", plain(&authority), "error tls_untrusted"),
        answers("one from an unknown root", plain(&stranger.loopback()), "error tls_untrusted"),
        answers("a client certificate, TLS 1.2", own.server(&[&TLS12], Some(root)), "error tls"),
        // The server's alert and the end of its connection race with the client's request.
        answers("a client certificate, TLS 1.3", own.server(&[&TLS13], Some(root)), "error tls or error reset"),
        speaks("an end on arrival", b"", "error tls or error reset"),
        speaks("an end within the handshake", b"\x16\x03\x03\0\x7a\x02\0\0\x76", "error tls"),
        speaks("a refusal", b"\x15\x03\x03\0\x02\x02\x28", "error tls"),
        speaks("no TLS but HTTP", b"HTTP/1.1 400 Bad Request\r\n\r\n", "error tls"),
        speaks("no TLS but SSH", b"SSH-2.0-OpenSSH_9.9\r\n", "error tls"),
        serves("silence instead of a handshake", || Server::raw(silent).called("https"), "error connect_timeout").in_time(),
        asks("nobody there", Does::NoServer(nobody().replace("http:", "https:")), "error connect_refused"),
    ]
}

/// A server with that configuration, which answers 200.
fn answers(name: &'static str, config: ServerConfig, says: &'static str) -> Fault {
    serves(
        name,
        move || Server::secure(config.clone(), |_| Reply::status(200)),
        says,
    )
}

/// A server that reads what comes first, says this, and hangs up.
fn speaks(name: &'static str, says_it: &'static [u8], says: &'static str) -> Fault {
    let speak = move |mut stream: &TcpStream| {
        // All of the client's hello: an end with something unread would be a reset.
        let _ = stream.read(&mut [0; 16 * 1024])?;
        stream.write_all(says_it)
    };
    serves(name, move || Server::raw(speak).called("https"), says)
}

fn silent(mut stream: &TcpStream) -> std::io::Result<()> {
    std::io::copy(&mut stream, &mut std::io::sink()).map(drop)
}
