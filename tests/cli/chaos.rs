//! Servers that do anything at all: the run ends, and tells of every probe once.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::support::{Reply, Report, Request, Server, statusdiff, suite};

const PROBES: usize = 10_000;

/// Something between a good answer and none, at random.
fn anything(_: &Request) -> Reply {
    let long = "x".repeat(fastrand::usize(..40_000));
    match fastrand::usize(..100) {
        0..2 => Reply::stall(),
        2..3 => Reply::raw("HTTP/1.1 200 OK\r\nX-Slow: ").then_drip(),
        3..4 => Reply::truncated(200, "").then_drip(),
        4..5 => Reply::truncated(404, "").then_stall(),
        5..10 => Reply::close(),
        10..15 => Reply::reset(),
        15..20 => Reply::raw("HTTP/1.1 20"),
        20..25 => Reply::raw("HTTP/1.1 200 OK\r\nX-A: ").then_reset(),
        25..30 => Reply::truncated(200, &long),
        30..35 => Reply::truncated(503, &long).then_reset(),
        35..40 => Reply::raw("SSH-2.0-OpenSSH_9.9\r\n"),
        40..45 => Reply::raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"),
        45..47 => Reply::endless(200),
        47..48 => Reply::raw("HTTP/1.1 200 OK\r\n").then_flood("X-A: b\r\n"),
        48..55 => Reply::redirect(302, &format!("/{}", fastrand::u32(..))),
        55..58 => Reply::redirect(302, "http://\u{1b}[31m"),
        58..65 => Reply::status(fastrand::u16(200..600)),
        65..70 => Reply::status(429),
        70..80 => Reply::status(200).then_idle(Duration::from_micros(fastrand::u64(1..5_000))),
        80..85 => Reply::status(200).body(long).then_close(),
        _ => Reply::status(200).body(long),
    }
}

#[test]
fn a_run_against_chaos_ends_and_is_complete() {
    let server = Server::start(anything);
    let endpoints: String = (0..PROBES).map(|n| format!("- /{n}: 200\n")).collect();
    let text = suite(&[("a", &server.url())], &endpoints)
        + "\ndefaults: { follow_redirects: 3, timeout: 300ms, retry: { times: 1, backoff: 1ms } }\n";
    let begin = Instant::now();
    let run = statusdiff()
        .check(&text)
        .args(["-j", "64", "--format", "json"]);
    let (finished, peak) = run.start().finish_measured();
    // Every probe may take all of its time, twice; hardly one does.
    let limit = Duration::from_millis(600) * u32::try_from(PROBES / 64 + 1).unwrap();
    assert!(begin.elapsed() < limit, "{:?}", begin.elapsed());
    assert!(peak < 100 * 1024 * 1024, "{peak} bytes of memory");
    let report = Report::read(&finished).exits(1);
    every_probe_is_there_once(&report);
}

fn every_probe_is_there_once(report: &Report) {
    let endpoints = report.json["endpoints"].as_array().unwrap();
    let paths: BTreeSet<_> = endpoints
        .iter()
        .map(|endpoint| endpoint["path"].as_str().unwrap())
        .collect();
    assert_eq!((endpoints.len(), paths.len()), (PROBES, PROBES));
    let mut counts = [0; 3];
    for endpoint in endpoints {
        let probes = endpoint["probes"].as_array().unwrap();
        assert_eq!(probes.len(), 1, "{endpoint}");
        let verdict = probes[0]["verdict"].as_str().unwrap();
        let known = ["match", "mismatch", "error"];
        counts[known.iter().position(|known| *known == verdict).unwrap()] += 1;
        assert_eq!(probes[0]["error"].is_null(), verdict != "error");
        assert_ne!(probes[0]["error"]["kind"], "other", "{endpoint}");
    }
    let summary = &report.json["summary"];
    assert_eq!(counts.iter().sum::<usize>(), PROBES);
    for (verdict, count) in ["match", "mismatch", "error"].into_iter().zip(counts) {
        assert!(count > 0, "no {verdict}");
        assert_eq!(summary[verdict], count);
    }
    assert_eq!(report.json["complete"], true);
}
