//! Truth: over random suites and random answers, every verdict is the right one.
//!
//! The oracle beside this file judges from the contract alone and knows nothing of the library.

mod generate;
mod oracle;

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Reply, Report, Server, statusdiff};
use generate::{Case, Mood};
use oracle::{Judgement, Verdict, judge};

const ENDPOINTS: usize = 400;

/// Enough for several threads.
const MANY_ENDPOINTS: usize = 1000;

/// Requests in flight for each environment: one at a time, many, and as many as there are endpoints.
const CONCURRENCIES: [usize; 3] = [1, 64, MANY_ENDPOINTS];

#[test]
fn every_verdict_is_right_whatever_comes() {
    for seed in [1, 2, 3, 4, 5] {
        check(seed, Mood::Wild, None);
    }
}

#[test]
fn every_verdict_is_right_however_many_are_asked_at_once() {
    for concurrency in CONCURRENCIES {
        check(101, Mood::Wild, Some(concurrency));
    }
}

#[test]
fn no_false_alarm_where_everything_is_as_expected() {
    for concurrency in CONCURRENCIES {
        check(301, Mood::Matching, Some(concurrency));
    }
}

#[test]
fn no_proof_is_claimed_where_the_reference_is_no_measure() {
    check(401, Mood::Inconclusive, None);
}

#[test]
fn a_single_mismatch_among_many_matches_is_found() {
    for concurrency in CONCURRENCIES {
        check(501, Mood::OneMismatch, Some(concurrency));
    }
}

/// Runs one random suite against three servers that answer at random, and checks the report's every word.
fn check(seed: u64, mood: Mood, concurrency: Option<usize>) {
    println!("seed {seed}, {mood:?}, {concurrency:?}");
    let endpoints = concurrency.map_or(ENDPOINTS, |_| MANY_ENDPOINTS);
    let cases = generate::cases(&mut fastrand::Rng::with_seed(seed), endpoints, mood);
    let servers = [0, 1, 2].map(|environment| serve(&cases, environment));
    let bases = [0, 1, 2].map(|at| servers[at].url() + generate::PREFIXES[at]);
    let text = generate::suite(&cases, &bases);
    let concurrency = concurrency.map(|number| format!("--concurrency={number}"));
    let report = statusdiff()
        .check(&text)
        // What an answer says is judged here, not how often it was asked for.
        .args(["--retries", "0"])
        .args(concurrency.as_deref())
        .report();

    let endpoints = report.json["endpoints"].as_array().unwrap();
    assert_eq!(endpoints.len(), cases.len(), "seed {seed}");
    let mut judged = Vec::new();
    for (case, endpoint) in cases.iter().zip(endpoints) {
        for environment in 0..3 {
            let judgement = judge(case, environment);
            let probe = &endpoint["probes"][environment];
            let location = case.answers[environment].location.as_deref();
            let location = location.map(|location| written(location, &servers[environment]));
            let wrong = compare(case, environment, &judgement, probe, location, &bases);
            assert!(
                wrong.is_none(),
                "seed {seed}: {}\nexpected: {judgement:?}\nfound: {probe:#}\ncase: {case:#?}",
                wrong.unwrap_or_default()
            );
            judged.push((environment, case.answers[environment].status, judgement));
        }
    }
    check_counts(&report, &judged, seed);
}

fn serve(cases: &[Case], environment: usize) -> Server {
    let answers: HashMap<_, _> = cases
        .iter()
        .map(|case| {
            let target = format!("{}{}", generate::PREFIXES[environment], case.path);
            (
                (case.method.to_owned(), target),
                case.answers[environment].clone(),
            )
        })
        .collect();
    Server::start(move |request| {
        let answer = &answers[&(request.method.clone(), request.target.clone())];
        let mut reply = Reply::status(answer.status);
        if let Some(location) = &answer.location {
            let own = format!("http://{}", request.header("host").unwrap());
            reply = reply.header("Location", &location.replace("{own}", &own));
        }
        reply
            .body(&answer.body)
            .delayed(Duration::from_millis(answer.delay))
    })
}

fn written(location: &str, server: &Server) -> String {
    location.replace("{own}", &server.url())
}

/// What is wrong with a probe in the report, if anything is.
fn compare(
    case: &Case,
    environment: usize,
    judgement: &Judgement,
    probe: &Value,
    location: Option<String>,
    bases: &[String; 3],
) -> Option<&'static str> {
    let skipped = judgement.verdict == Verdict::Skipped;
    let status = if skipped {
        Value::Null
    } else {
        json!(case.answers[environment].status)
    };
    let kind = if judgement.verdict == Verdict::NoReference {
        json!("no_reference")
    } else {
        Value::Null
    };
    let location = location.filter(|_| !skipped);
    let checks = [
        (
            "environment",
            probe["environment"] == generate::ENVIRONMENTS[environment],
        ),
        ("verdict", probe["verdict"] == judgement.verdict.word()),
        ("status", probe["status"] == status),
        ("error", probe["error"]["kind"] == kind),
        ("reasons", judgement.admits_reasons(&probe["reasons"])),
        ("location", probe["location"] == json!(location)),
        (
            "url",
            probe["url"] == format!("{}{}", bases[environment], case.path),
        ),
        ("attempts", probe["attempts"] == u8::from(!skipped)),
        ("flaky", probe["flaky"] == false),
    ];
    checks
        .iter()
        .find(|(_, right)| !right)
        .map(|(name, _)| *name)
}

fn check_counts(report: &Report, judged: &[(usize, u16, Judgement)], seed: u64) {
    let count = |environment: Option<usize>, word: &str| {
        let of = |at: usize| environment.is_none_or(|environment| environment == at);
        judged
            .iter()
            .filter(|(at, _, judgement)| of(*at) && judgement.verdict.word() == word)
            .count()
    };
    let summary = &report.json["summary"];
    assert_eq!(summary["probes"], judged.len(), "seed {seed}");
    assert_eq!(summary["endpoints"], judged.len() / 3, "seed {seed}");
    for word in ["match", "mismatch", "error", "skipped"] {
        assert_eq!(summary[word], count(None, word), "seed {seed}: {word}");
        for environment in 0..3 {
            let counted = &report.json["environments"][environment][word];
            assert_eq!(
                *counted,
                count(Some(environment), word),
                "seed {seed}: {word}"
            );
        }
    }
    for environment in 0..3 {
        let mut census = BTreeMap::<_, u64>::new();
        for (at, status, judgement) in judged {
            if *at == environment && judgement.verdict != Verdict::Skipped {
                *census.entry(status.to_string()).or_default() += 1;
            }
        }
        assert_eq!(
            report.json["environments"][environment]["statuses"],
            json!(census),
            "seed {seed}"
        );
    }
    let code = match (count(None, "mismatch"), count(None, "error")) {
        (1.., _) => 1,
        (0, 1..) => 3,
        (0, 0) => 0,
    };
    assert_eq!(report.code, Some(code), "seed {seed}");
    assert_eq!(report.json["exit_code"], code, "seed {seed}");
    assert_eq!(report.json["complete"], true, "seed {seed}");
}
