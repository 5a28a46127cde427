//! How long the pure stages take: for 10,000 endpoints, on three environments where these matter.
//!
//! `cargo bench --bench pure` runs all of them, `cargo bench --bench pure -- report` those with that in their name.

#![allow(
    clippy::unwrap_used,
    reason = "what is measured here is known to be right"
)]

use std::io;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use http::StatusCode;
use jiff::Timestamp;
use statusdiff::compare::{Comparer, Comparison};
use statusdiff::diagnostic::Source;
use statusdiff::exit::{ExitStatus, Gate};
use statusdiff::expect::{Expectation, Origin, Target};
use statusdiff::outcome::{Answer, End, Observed, Outcome};
use statusdiff::plan::{Plan, ProbeId, Selection, Settings};
use statusdiff::report::{self, Format};
use statusdiff::suite::{self, Overrides, Suite};
use url::Url;

const ENDPOINTS: usize = 10_000;
const ENVIRONMENTS: [&str; 3] = ["development", "staging", "production"];

/// One answer in so many is not the expected one.
const WRONG: usize = 50;

fn main() {
    divan::main();
}

#[divan::bench]
fn read_a_suite(bencher: Bencher) {
    let source = source(yaml());
    let read = || suite::read(Arc::clone(&source), &Overrides::default());
    bencher
        .counter(ItemsCount::new(ENDPOINTS))
        .bench_local(read);
}

#[divan::bench]
fn read_paths(bencher: Bencher) {
    let paths: String = (0..ENDPOINTS).map(|n| path(n) + "\n").collect();
    let source = source(paths);
    let overrides = Overrides {
        base_urls: ENVIRONMENTS
            .map(|name| (name.to_owned(), base_url(name)))
            .into(),
        ..Overrides::default()
    };
    let read = || suite::read_paths(&source, &overrides);
    bencher
        .counter(ItemsCount::new(ENDPOINTS))
        .bench_local(read);
}

#[divan::bench]
fn build_a_plan(bencher: Bencher) {
    bencher
        .counter(ItemsCount::new(ENDPOINTS * ENVIRONMENTS.len()))
        .with_inputs(read_yaml)
        .bench_local_values(plan_of);
}

#[divan::bench(args = ["200", "2xx", "not 5xx", "301 -> /new"])]
fn match_a_status(bencher: Bencher, expectation: &str) {
    let expectation = Expectation::parse(expectation).unwrap();
    let statuses: Vec<_> = (0..ENDPOINTS).map(status).collect();
    let admitted = || {
        statuses
            .iter()
            .filter(|status| black_box(&expectation).admits_status(**status))
            .count()
    };
    bencher
        .counter(ItemsCount::new(ENDPOINTS))
        .bench_local(admitted);
}

#[divan::bench(args = ["/new/*", "https://www.example.com/shop/new/*"])]
fn match_a_target(bencher: Bencher, target: &str) {
    let target = Target::parse(target).unwrap();
    let base = Url::parse("https://www.example.com/shop").unwrap();
    let locations: Vec<_> = (0..ENDPOINTS).map(|n| format!("/shop/new/{n}")).collect();
    let admitted = || {
        locations
            .iter()
            .filter(|location| {
                target.admits(
                    location,
                    &base,
                    Origin {
                        base: &base,
                        addresses: &[],
                    },
                )
            })
            .count()
    };
    assert_eq!(admitted(), ENDPOINTS);
    bencher
        .counter(ItemsCount::new(ENDPOINTS))
        .bench_local(admitted);
}

#[divan::bench]
fn compare(bencher: Bencher) {
    let plan = plan();
    bencher
        .counter(ItemsCount::new(ENDPOINTS * ENVIRONMENTS.len()))
        .with_inputs(outcomes)
        .bench_local_values(|outcomes| compared(&plan, outcomes));
}

#[divan::bench(args = Format::ALL.map(Format::name))]
fn write_a_report(bencher: Bencher, format: &str) {
    static COMPARISON: LazyLock<Comparison> = LazyLock::new(|| compared(&plan(), outcomes()));
    let format: Format = format.parse().unwrap();
    let comparison = &*COMPARISON;
    let options = report::Options {
        all: true,
        ..report::Options::new(ExitStatus::of(comparison, Gate::default()))
    };
    let write = || report::render(format, comparison, &options, &mut io::sink());
    bencher
        .counter(ItemsCount::new(ENDPOINTS * ENVIRONMENTS.len()))
        .bench_local(write);
}

fn path(n: usize) -> String {
    format!(
        "/catalogue/departments/{}/products/{n}?include=prices",
        n % 40
    )
}

fn base_url(name: &str) -> String {
    format!("https://{name}.example.com/shop")
}

/// Endpoints of the kinds that suites mostly have.
fn yaml() -> String {
    let environments = ENVIRONMENTS.map(|name| format!("  {name}: {}\n", base_url(name)));
    let endpoints = (0..ENDPOINTS).map(|n| {
        let path = path(n);
        match n % 4 {
            0 => format!("- {path}\n"),
            1 => format!("- {path}: 200\n"),
            2 => format!("- {path}: [2xx, 304]\n"),
            _ => format!("- path: {path}\n  tags: [smoke]\n  expect: 2xx\n"),
        }
    });
    format!(
        "environments:\n{}endpoints:\n{}",
        environments.concat(),
        endpoints.collect::<String>()
    )
}

fn source(text: String) -> Arc<Source> {
    Arc::new(Source::new("bench", text))
}

fn read_yaml() -> Suite {
    let (suite, problems) = suite::read(source(yaml()), &Overrides::default());
    assert_eq!(problems, []);
    suite.unwrap()
}

fn plan_of(suite: Suite) -> Plan {
    let nothing = |_: &str| None;
    Plan::new(suite, &Selection::default(), &Settings::default(), &nothing).unwrap()
}

fn plan() -> Arc<Plan> {
    Arc::new(plan_of(read_yaml()))
}

fn status(n: usize) -> StatusCode {
    match n % WRONG {
        0 => StatusCode::NOT_FOUND,
        _ => StatusCode::OK,
    }
}

/// What every probe met, endpoint by endpoint.
fn outcomes() -> Vec<(ProbeId, Outcome)> {
    let ids = (0..ENDPOINTS).flat_map(|endpoint| {
        (0..ENVIRONMENTS.len()).map(move |environment| ProbeId {
            endpoint,
            environment,
        })
    });
    let outcome = |n| Outcome {
        observed: Observed::Answer(Answer {
            status: status(n),
            location: None,
        }),
        hops: Vec::new(),
        attempts: 1,
        reconnects: 0,
        duration: Duration::from_millis(3),
        samples: None,
    };
    ids.enumerate().map(|(n, id)| (id, outcome(n))).collect()
}

fn compared(plan: &Arc<Plan>, outcomes: Vec<(ProbeId, Outcome)>) -> Comparison {
    let mut comparer = Comparer::new(Arc::clone(plan));
    for (id, outcome) in outcomes {
        comparer.push(id, outcome);
    }
    comparer.finish(Timestamp::UNIX_EPOCH, Duration::from_secs(1), End::Complete)
}
