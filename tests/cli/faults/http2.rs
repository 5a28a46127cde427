//! The same over HTTP/2, which TLS servers may choose; answered frame by frame (RFC 9113).

use super::{Fault, check_all, serves};
use crate::support::frames::{
    DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, OK, RST_STREAM, SETTINGS, frame,
};
use crate::support::{Authority, Identity, Reply, Server};

/// Header sections in HPACK (RFC 7541): `:status: 404` and `:status: 103`.
const NOT_FOUND: &[u8] = b"\x8d";
const EARLY_HINTS: &[u8] = b"\x48\x03103";

#[test]
fn faults_of_http2_have_the_same_names() {
    let root = Authority::new("a root that is trusted");
    check_all(&faults(&root.loopback()), &root.pem());
}

#[rustfmt::skip] // A fault is a row, and a row is a line.
fn faults(identity: &Identity) -> Vec<Fault> {
    let row = |name, reply, says| frames(identity, name, reply, says);
    let head = |section| frame(HEADERS, END_HEADERS, 1, section);
    let whole = |section| frame(HEADERS, END_HEADERS | END_STREAM, 1, section);
    let end = frame(DATA, END_STREAM, 1, b"body");
    let reset = |code: u8| frame(RST_STREAM, 0, 1, &[0, 0, 0, code]);
    let goaway = |last: u8, code: u8| frame(GOAWAY, 0, 0, &[0, 0, 0, last, 0, 0, 0, code]);
    vec![
        row("an answer", stay(&[whole(OK)]), "match 200"),
        row("an answer with a body", stay(&[head(OK), end.clone()]), "match 200"),
        row("an interim answer", stay(&[head(EARLY_HINTS), whole(OK)]), "match 200"),
        row("an answer and a farewell", stay(&[whole(OK), goaway(1, 0)]), "match 200"),
        row("silence", stay(&[]), "error timeout").in_time(),
        row("silence within the body", stay(&[head(OK)]), "error 200 timeout").in_time(),
        row("an end before the answer", hang_up(&[]), "error reset"),
        row("an end after an interim answer", hang_up(&[head(EARLY_HINTS)]), "error reset"),
        // Where headers and end arrive together, the end may be what is seen first.
        row("an end within the body", hang_up(&[head(OK)]), "error 200 body or error reset"),
        row("an end within a wrong body", hang_up(&[head(NOT_FOUND)]), "mismatch 404 status or error reset"),
        row("a reset of the stream", stay(&[reset(2)]), "error reset"),
        row("a refused stream", stay(&[reset(7)]), "error reset"),
        row("a reset within the body", stay(&[head(OK), reset(2)]), "error 200 body"),
        row("a reset within a wrong body", stay(&[head(NOT_FOUND), reset(2)]), "mismatch 404 status"),
        row("a farewell instead of an answer", stay(&[goaway(0, 0)]), "error reset"),
        row("an angry farewell", stay(&[goaway(0, 11)]), "error reset"),
        row("an angry farewell within the body", stay(&[head(OK), goaway(0, 11)]), "error 200 body"),
        row("no status", stay(&[whole(b"")]), "error protocol"),
        row("an impossible status", stay(&[whole(b"\x48\x03abc")]), "error protocol"),
        row("headers that cannot be read", stay(&[whole(b"\xff\xff\xff\xff\xff\xff")]), "error protocol"),
        row("a body without headers", stay(&[end]), "error protocol"),
        row("a frame that is too large", stay(&[b"\xff\xff\xff\0\0\0\0\0\x01".to_vec()]), "error protocol"),
        row("no frames but HTTP/1.1", Reply::raw("HTTP/1.1 200 OK\r\n\r\n").then_stall(), "error protocol"),
    ]
}

fn frames(identity: &Identity, name: &'static str, reply: Reply, says: &'static str) -> Fault {
    let mut config = identity.plain_server();
    config.alpn_protocols = vec![b"h2".to_vec()];
    // What comes first, `PRI * HTTP/2.0`, was made to be taken for a request.
    let serve = move || {
        let reply = reply.clone();
        Server::secure(config.clone(), move |_| reply.clone())
    };
    serves(name, serve, says)
}

/// These frames, and an open connection.
fn stay(frames: &[Vec<u8>]) -> Reply {
    hang_up(frames).then_stall()
}

/// These frames, and the end of the connection.
fn hang_up(frames: &[Vec<u8>]) -> Reply {
    Reply::raw([frame(SETTINGS, 0, 0, b""), frames.concat()].concat())
}
