//! Frames of HTTP/2 (RFC 9113), for servers that answer in bytes.

use super::Reply;

pub(crate) const DATA: u8 = 0;
pub(crate) const HEADERS: u8 = 1;
pub(crate) const RST_STREAM: u8 = 3;
pub(crate) const SETTINGS: u8 = 4;
pub(crate) const GOAWAY: u8 = 7;

pub(crate) const END_STREAM: u8 = 1;
pub(crate) const END_HEADERS: u8 = 4;

/// `:status: 200` in HPACK (RFC 7541).
pub(crate) const OK: &[u8] = b"\x88";

/// A frame; it is short, and so is the number of its stream.
pub(crate) fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).unwrap();
    [&[0, 0, length, kind, flags, 0, 0, 0, stream], payload].concat()
}

/// 200 to the first request of a connection.
pub(crate) fn ok() -> Reply {
    let answer = frame(HEADERS, END_HEADERS | END_STREAM, 1, OK);
    Reply::raw([frame(SETTINGS, 0, 0, b""), answer].concat()).then_stall()
}
