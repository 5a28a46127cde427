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
//! - [`discover`] looks for the environments of which the suite does not say where they are.
//! - [`plan`] selects, resolves `${…}`, and refuses what must not be sent.
//! - [`probe`] sends the requests and tells what came back, an [`Outcome`](outcome::Outcome): facts, no opinion.
//!   [`mock`] serves the environments that a suite embeds.
//! - [`compare`] judges the facts against the expectations and the reference, and makes one comparison of several.
//! - [`record`] makes expectations of the facts instead, for a suite that is yet to be written.
//! - [`report`] writes a finished [`Comparison`] down, and [`exit`] makes a number of it.

#![warn(missing_docs)]
#![deny(clippy::print_stdout, clippy::print_stderr)]

pub mod compare;
pub mod diagnostic;
pub mod discover;
pub mod exit;
pub mod expect;
pub mod mock;
pub mod outcome;
pub mod plan;
pub mod probe;
pub mod record;
pub mod report;
pub mod suite;

use std::io;
use std::sync::Arc;
use std::time::Instant;

use compare::{Comparer, Comparison};
use diagnostic::{Diagnostic, Source};
use plan::{Plan, Selection, Settings};
use suite::Overrides;

/// Reads a suite, asks everything in it, and compares: the whole picture for a program that needs no more.
/// Blocks until every probe has answered; see [`probe::run`] for a run that can be stopped.
///
/// # Errors
///
/// [`CheckError`], before anything is sent.
pub fn check(source: Source) -> Result<Comparison, CheckError> {
    let (suite, problems) = suite::read(Arc::new(source), &Overrides::default());
    let Some(suite) = suite.filter(|_| problems.is_empty()) else {
        return Err(CheckError::Suite(problems));
    };
    let mut suites = vec![suite];
    let variable = |name: &str| std::env::var(name).ok();
    let (selection, settings) = (Selection::default(), Settings::default());
    discover::resolve(&mut suites, &selection, &variable).map_err(CheckError::Suite)?;
    let plan = Plan::of_several(suites, &selection, &settings, &variable);
    let mut plan = plan.map_err(CheckError::Suite)?;
    let _running = start_embedded(&mut plan, None)?;
    let plan = Arc::new(plan);
    let mut comparer = Comparer::new(Arc::clone(&plan));
    let (started_at, started) = (jiff::Timestamp::now(), Instant::now());
    let options = probe::Options::default();
    let ran = probe::run(&plan, &options, &probe::Stop::new(), |id, outcome| {
        comparer.push(id, outcome);
    })?;
    Ok(comparer.finish(started_at, started.elapsed(), ran.end))
}

/// Starts the embedded environments of `plan`, on free ports or on `first_port` and those after it, and tells it
/// where they listen. They end with the value returned.
///
/// # Errors
///
/// When the operating system refuses a socket or a thread.
pub fn start_embedded(plan: &mut Plan, first_port: Option<u16>) -> io::Result<mock::Running> {
    let embedded = plan.mocks();
    mock::serve(embedded.len(), first_port, |addresses| {
        for (&site, address) in embedded.iter().zip(addresses) {
            let url = format!("http://{address}");
            plan.set_base_url(site, url.parse().map_err(io::Error::other)?);
        }
        Ok(embedded.iter().map(|&site| plan.mock(site)).collect())
    })
}

/// Why a suite was not checked.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// Problems in the suite; [`diagnostic::render`] shows them.
    #[error("{} problems in the suite", .0.len())]
    Suite(Vec<Diagnostic>),
    /// The operating system refused what a run needs.
    #[error(transparent)]
    Io(#[from] io::Error),
}
