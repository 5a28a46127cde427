//! Embedded environments: real HTTP on loopback, so that a suite runs with no network.
//!
//! Input: for each environment its routes, every value resolved. Output: a [`Running`] that knows the
//! addresses and stops its servers when it is dropped. It refuses to listen anywhere but on 127.0.0.1, and
//! takes no route whose headers could not be sent.

mod routes;
mod server;

pub use server::{Running, serve};
