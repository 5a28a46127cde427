//! What is not HTTP, and what is, odd as it may be.

use std::iter::repeat_n;

use super::{Fault, check_all, replies, sends};
use crate::support::Reply;

/// The 256 KiB that may be read, and what the system keeps on both sides for a reader who does not read.
const BOUND: usize = 16 * 1024 * 1024;

#[test]
fn what_is_not_http_is_a_protocol_error() {
    check_all(&broken(), "");
}

#[test]
fn legal_oddities_are_no_errors() {
    check_all(&legal(), "");
}

#[test]
fn nothing_is_read_without_bounds() {
    check_all(&endless(), "");
}

#[rustfmt::skip] // A fault is a row, and a row is a line.
fn broken() -> Vec<Fault> {
    vec![
        sends("another protocol", "SSH-2.0-OpenSSH_9.9\r\n", "error protocol"),
        sends("HTTP/0.9", "<html><p>hello</p></html>\r\n", "error protocol"),
        sends("HTTP/2", "HTTP/2 200 OK\r\n\r\n", "error protocol"),
        sends("a frame of HTTP/2", b"\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x64", "error protocol"),
        sends("a TLS alert", b"\x15\x03\x03\0\x02\x02\x28", "error protocol"),
        sends("a status of two digits", "HTTP/1.1 20 OK\r\n\r\n", "error protocol"),
        sends("a status of four digits", "HTTP/1.1 2000 OK\r\n\r\n", "error protocol"),
        sends("a status of letters", "HTTP/1.1 abc OK\r\n\r\n", "error protocol"),
        sends("no status", "HTTP/1.1 OK\r\n\r\n", "error protocol"),
        sends("a status below 100", "HTTP/1.1 099 OK\r\n\r\n", "error protocol"),
        sends("a header without a colon", "HTTP/1.1 200 OK\r\nX-A\r\n\r\n", "error protocol"),
        sends("a name with a space", "HTTP/1.1 200 OK\r\nX A: b\r\n\r\n", "error protocol"),
        sends("a value with a zero byte", "HTTP/1.1 200 OK\r\nX-A: \0b\r\n\r\n", "error protocol"),
        sends("two lengths", answer("Content-Length: 1\r\nContent-Length: 2\r\n", "xx"), "error protocol"),
        sends("two lengths in one field", answer("Content-Length: 1, 2\r\n", "xx"), "error protocol"),
        sends("a length of letters", answer("Content-Length: ten\r\n", "xx"), "error protocol"),
        sends("a length below zero", answer("Content-Length: -1\r\n", "xx"), "error protocol"),
        sends("a chunk size of letters", chunked("xyz\r\nabc\r\n0\r\n\r\n"), "error 200 protocol"),
        sends("a chunk size below zero", chunked("-1\r\na\r\n0\r\n\r\n"), "error 200 protocol"),
        sends("a chunk size beyond numbers", chunked("fffffffffffffffff\r\na\r\n"), "error 200 protocol"),
        sends("a chunk longer than its size", chunked("1\r\nabc\r\n0\r\n\r\n"), "error 200 protocol"),
        sends("a bad chunk of a wrong answer", chunked("xyz\r\n").replace("200", "404"), "mismatch 404 status"),
        sends("half a chunk", chunked("5\r\nab"), "error 200 body"),
        sends("no last chunk", chunked("2\r\nab\r\n"), "error 200 body"),
        sends("half a chunk size", chunked("5"), "error 200 body"),
        sends(
            "an unasked switch of protocols",
            "HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
            "error protocol",
        ),
        sends("a switch to nothing", "HTTP/1.1 101 Switching\r\n\r\n", "error protocol"),
        sends("a switch to a POST", "HTTP/1.1 101 Switching\r\n\r\n", "error protocol").at("POST /: 200"),
        sends("5,001 fields", answer(&fields(5_001, 0), ""), "error protocol"),
        sends("600 KB of headers", answer(&fields(20, 30_000), ""), "error protocol"),
        sends("one field of 600 KB", answer(&fields(1, 600_000), ""), "error protocol"),
        replies("endless interim answers", Reply::raw("").then_flood(INTERIM), "error timeout").in_time(),
    ]
}

const INTERIM: &str = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";

#[rustfmt::skip] // A fault is a row, and a row is a line.
fn legal() -> Vec<Fault> {
    vec![
        sends("no reason", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", "match 200"),
        sends("an empty reason", "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", "match 200"),
        sends("a reason of Latin 1", b"HTTP/1.1 200 \xc9t\xe9\r\nContent-Length: 0\r\n\r\n", "match 200"),
        sends("an unknown status", "HTTP/1.1 299 Odd\r\nContent-Length: 0\r\n\r\n", "match 299").at("/: 299"),
        sends("a status of no class", "HTTP/1.1 799 Odd\r\nContent-Length: 0\r\n\r\n", "match 799").at("/: 799"),
        sends("the last status", "HTTP/1.1 999 No\r\nContent-Length: 0\r\n\r\n", "match 999").at("/: 999"),
        sends("100 before the answer", format!("HTTP/1.1 100 Continue\r\n\r\n{}", ok()), "match 200"),
        sends("103 before the answer", format!("{INTERIM}{}", ok()), "match 200"),
        sends("several interim answers", format!("HTTP/1.1 102 P\r\n\r\n{INTERIM}{INTERIM}{}", ok()), "match 200"),
        sends("an interim answer to a POST", format!("HTTP/1.1 100 C\r\n\r\n{}", ok()), "match 200").at("POST /: 200"),
        sends("chunks", chunked("2\r\nab\r\n0\r\n\r\n"), "match 200"),
        sends("a chunk with an extension", chunked("2;a=b;c=\"d\"\r\nab\r\n0;e\r\n\r\n"), "match 200"),
        sends("trailers", chunked("2\r\nab\r\n0\r\nX-A: b\r\nX-C: d\r\n\r\n"), "match 200"),
        sends("a chunk size with zeros", chunked("0002\r\nab\r\n0000\r\n\r\n"), "match 200"),
        sends("the same length twice", answer("Content-Length: 2\r\nContent-Length: 2\r\n", "ab"), "match 200"),
        replies("204 without a length", kept("HTTP/1.1 204 No Content\r\n\r\n"), "match 204").at("/: 204"),
        replies("304 without a length", kept("HTTP/1.1 304 Not Modified\r\n\r\n"), "match 304").at("/: 304"),
        replies("304 with a length", kept("HTTP/1.1 304 No\r\nContent-Length: 9\r\n\r\n"), "match 304").at("/: 304"),
        replies("HEAD with a length", kept("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"), "match 200").at("HEAD /: 200"),
        replies("HEAD with chunks", kept(chunked("")), "match 200").at("HEAD /: 200"),
        sends("HTTP/1.0 without a length", "HTTP/1.0 200 OK\r\n\r\nbody", "match 200"),
        sends("HTTP/1.1 without a length", "HTTP/1.1 200 OK\r\n\r\nbody", "match 200"),
        sends("HTTP/1.0 without anything", "HTTP/1.0 404 No\r\n\r\n", "match 404").at("/: 404"),
        sends("150 fields", answer(&fields(150, 0), ""), "match 200"),
        sends("2,000 fields", answer(&fields(2_000, 0), ""), "match 200"),
        sends("5,000 fields", answer(&fields(5_000, 0), ""), "match 200"),
        sends("5,000 fields to a POST", answer(&fields(5_000, 0), ""), "match 200").at("POST /: 200"),
        sends("300 KiB of headers", answer(&fields(10, 30_000), ""), "match 200"),
        sends("5,000 fields of 300 KiB", answer(&fields(5_000, 50), ""), "match 200"),
        sends("one field of 300 KiB", answer(&fields(1, 306_000), ""), "match 200"),
        sends("lines that end in LF", "HTTP/1.1 200 OK\nContent-Length: 2\n\nab", "match 200"),
        sends("a field of Latin 1", answer("X-A: \u{e9}\r\n", ""), "match 200"),
        sends("an empty field", answer("X-A:\r\n", ""), "match 200"),
        sends("no gzip at all", answer("Content-Encoding: gzip\r\nContent-Length: 2\r\n", "ab"), "match 200"),
        sends("an unknown encoding", answer("Content-Encoding: x\r\nContent-Length: 2\r\n", "ab"), "match 200"),
        replies("an event stream", Reply::raw(answer(EVENTS, "")).then_stall(), "match 200"),
        replies("events that go on", Reply::raw(answer(EVENTS, "")).then_drip(), "match 200"),
    ]
}

const EVENTS: &str =
    "Content-Type: text/event-stream; charset=utf-8\r\nCache-Control: no-store\r\n";

#[rustfmt::skip] // A fault is a row, and a row is a line.
fn endless() -> Vec<Fault> {
    let block = |bytes: &[u8]| [b"4000\r\n", &*bytes.repeat(0x4000), b"\r\n"].concat();
    let gzip = answer("Content-Encoding: gzip\r\n", "");
    // Nothing but lengths and distances: each of its bytes would become 158.
    let bomb = [0b1010_0011, 0b0000_0001].repeat(8 * 1024);
    let header = b"X-Endless: abcdefghijklmnopqrstuvwxyz\r\n";
    vec![
        replies("a body", Reply::endless(200), "match 200"),
        replies("a wrong body", Reply::endless(404), "mismatch 404 status"),
        replies("a body without a length", Reply::raw(answer("", "")).then_flood(block(b"x")), "match 200"),
        replies("chunks", Reply::raw(chunked("")).then_flood(block(b"x")), "match 200"),
        replies("chunks of one byte", Reply::raw(chunked("")).then_flood("1\r\nx\r\n".repeat(1000)), "match 200"),
        replies("a gzip bomb", Reply::raw(gzip).then_flood(bomb), "match 200"),
        replies("an event stream", Reply::raw(answer(EVENTS, "")).then_flood("data: x\n\n"), "match 200"),
        replies("headers", Reply::raw("HTTP/1.1 200 OK\r\n").then_flood(header), "error protocol"),
        replies("one header", Reply::raw("HTTP/1.1 200 OK\r\nX-A: ").then_flood([b'x'; 1000]), "error protocol"),
        replies("a status line", Reply::raw("HTTP/1.1 200 ").then_flood([b'x'; 1000]), "error protocol"),
        replies("a chunk extension", Reply::raw(chunked("2;")).then_flood([b'x'; 1000]), "error 200 protocol"),
        replies("trailers", Reply::raw(chunked("0\r\n")).then_flood(header), "error 200 protocol"),
    ]
    .into_iter()
    .map(|fault| fault.unhurried().at_most(BOUND))
    .collect()
}

fn ok() -> String {
    answer("Content-Length: 0\r\n", "")
}

fn answer(fields: &str, body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\n{fields}\r\n{body}")
}

fn chunked(body: &str) -> String {
    answer("Transfer-Encoding: chunked\r\n", body)
}

/// These bytes, and an open connection: whoever waits for more is wrong.
fn kept(bytes: impl AsRef<[u8]>) -> Reply {
    Reply::raw(bytes).then_stall()
}

fn fields(count: usize, length: usize) -> String {
    repeat_n(format!("X-A: {}\r\n", "x".repeat(length)), count).collect()
}
