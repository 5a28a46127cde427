//! Does every environment answer with the status you expect, and do they all answer the same?
//!
//! statusdiff reads a YAML suite of paths and expected HTTP status codes, asks development, staging and
//! production concurrently, and tells where one of them answers something else.
//!
//! ```text
//! suite.yaml ──► suite ──► plan ──► probe ──► compare ──► report ──► exit code
//!                Suite     Plan     Outcome   Comparison  bytes      0/1/2/3/4
//!                                   (facts)   (verdicts)
//! ```
//!
//! Each stage is a module, takes what the one before it gives, and names no later one:
//!
//! - [`suite`] reads the YAML and finds every problem in it; [`expect`] knows expectations, [`diagnostic`]
//!   shows problems.
//! - [`plan`] selects, resolves `${…}`, and refuses what must not be sent.
//! - [`probe`] sends the requests and tells what came back, an [`Outcome`](outcome::Outcome): facts, no opinion.
//!   [`mock`] serves the environments that a suite embeds.
//! - [`compare`] judges the facts against the expectations and the reference.
//! - [`report`] writes a finished [`Comparison`] down, and [`exit`] makes a number of it.

#![warn(missing_docs)]
#![deny(clippy::print_stdout, clippy::print_stderr)]

pub mod compare;
pub mod diagnostic;
pub mod exit;
pub mod expect;
pub mod mock;
pub mod outcome;
pub mod plan;
pub mod probe;
pub mod report;
pub mod suite;
