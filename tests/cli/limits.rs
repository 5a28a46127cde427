//! What the operating system allows: fewer requests at once and a word about it, never a storm of errors.

use crate::support::{Invocation, Reply, Server, statusdiff, suite};

const ENDPOINTS: usize = 300;

fn endpoints() -> String {
    (0..ENDPOINTS)
        .map(|n| format!("- /{n}/200: 200\n"))
        .collect()
}

/// More requests at once than there are endpoints.
fn at_once(suite: &str) -> Invocation {
    statusdiff().check(suite).args(["-j", "1000"])
}

/// `count` environments behind one server.
fn environments(server: &Server, count: usize) -> String {
    let named: Vec<_> = ["dev", "qa", "prod"]
        .iter()
        .map(|name| (*name, format!("{}/{name}", server.url())))
        .collect();
    let environments: Vec<_> = named[..count]
        .iter()
        .map(|(name, url)| (*name, url.as_str()))
        .collect();
    suite(&environments, &endpoints())
}

#[test]
fn fewer_are_asked_at_once_where_fewer_files_may_be_open() {
    for count in [1, 3] {
        let server = Server::echo();
        let report = at_once(&environments(&server, count))
            .descriptors(64, 64)
            .report()
            .exits(0);
        assert_eq!(
            report.json["summary"]["match"],
            ENDPOINTS * count,
            "{report}"
        );
        let warnings: Vec<_> = report.stderr.lines().collect();
        let asked = format!("instead of {}", ENDPOINTS * count);
        let parts = [asked.as_str(), "the limit is 64", "`ulimit -n "];
        assert!(
            matches!(warnings[..], [one] if parts.iter().all(|part| one.contains(part))),
            "{report}"
        );
        // Nothing was tried that could not be.
        assert_eq!(server.requests().len(), ENDPOINTS * count);
        assert!(server.connections() < 64);
    }
}

/// A thread more costs files too: where there are none for it, the run goes on without, and never does it end with
/// "nothing was sent" after something was.
#[test]
fn a_large_run_is_whole_or_sends_nothing_however_few_files_there_are() {
    let server = Server::echo();
    let urls = ["dev", "qa"].map(|name| (name, format!("{}/{name}", server.url())));
    let endpoints: String = (0..1_000).map(|n| format!("- /{n}/200: 200\n")).collect();
    let text = suite(
        &urls.each_ref().map(|(name, url)| (*name, url.as_str())),
        &endpoints,
    );
    for limit in 13..20 {
        let before = server.requests().len();
        let run = statusdiff()
            .check(&text)
            .args(["--retries", "0"])
            .descriptors(limit, limit)
            .run();
        let sent = server.requests().len() - before;
        assert!(
            sent == 0 || run.code != Some(2),
            "limit {limit}, {sent} sent: {}",
            run.stderr
        );
    }
}

#[test]
fn the_mend_that_the_warning_names_is_one() {
    let server = Server::echo();
    let text = environments(&server, 1);
    let report = at_once(&text).descriptors(64, 64).report().exits(0);
    let (_, rest) = report.stderr.split_once("`ulimit -n ").unwrap();
    let needed = rest.split('`').next().unwrap().parse().unwrap();
    let enough = at_once(&text).descriptors(needed, needed).report().exits(0);
    assert_eq!(enough.stderr, "");
    let less = at_once(&text)
        .descriptors(needed - 1, needed - 1)
        .report()
        .exits(0);
    assert_ne!(less.stderr, "");
}

#[test]
fn a_soft_limit_is_raised_as_far_as_the_hard_one_allows() {
    let server = Server::echo();
    let text = environments(&server, 1);
    let report = at_once(&text).descriptors(64, 4096).report().exits(0);
    assert_eq!(report.stderr, "", "{report}");
    // Not all the way, but that far.
    let report = at_once(&text).descriptors(64, 128).report().exits(0);
    assert!(report.stderr.contains("the limit is 128"), "{report}");
}

/// A connection for each request, and a look-up of the name before it.
#[test]
fn connections_that_are_not_kept_need_no_more() {
    let server = Server::start(|_| Reply::status(200).then_close());
    let url = server.url().replace("127.0.0.1", "localhost");
    let text = suite(&[("dev", &url)], &endpoints());
    let report = at_once(&text)
        .args(["--retries", "0"])
        .descriptors(64, 64)
        .report()
        .exits(0);
    assert_eq!(report.json["summary"]["match"], ENDPOINTS, "{report}");
}

#[test]
fn embedded_environments_need_files_of_their_own() {
    let mock: String = (0..ENDPOINTS).map(|n| format!("/{n}/200: 200, ")).collect();
    let mock = format!("{{ mock: {{ {mock} }} }}");
    let text = suite(&[("dev", &mock), ("prod", &mock)], &endpoints());
    let report = at_once(&text).descriptors(64, 64).report().exits(0);
    assert_eq!(report.json["summary"]["match"], ENDPOINTS * 2, "{report}");
    assert_eq!(report.stderr.lines().count(), 1, "{report}");
}

/// With hardly a descriptor, a run cannot begin, or tells of every probe what was missing.
#[test]
fn having_none_left_is_named_as_such() {
    let server = Server::echo();
    let text = environments(&server, 1);
    let mut named = 0;
    for limit in 8..24 {
        let run = at_once(&text)
            .args(["--retries", "0", "--format", "json"])
            .descriptors(limit, limit)
            .run();
        match run.code {
            Some(2) => assert!(run.stderr.contains("nothing was sent"), "{limit}: {run}"),
            Some(0) => assert!(named > 0, "{limit}: {run}"),
            Some(3) => {
                let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
                for endpoint in json["endpoints"].as_array().unwrap() {
                    let error = &endpoint["probes"][0]["error"];
                    let message = error["message"].as_str().unwrap();
                    assert_eq!(error["kind"], "connect", "{limit}: {run}");
                    assert!(
                        message.contains("no file descriptor left"),
                        "{limit}: {run}"
                    );
                    named += 1;
                }
            }
            _ => panic!("{limit}: {run}"),
        }
    }
    assert!(named > 0);
}

/// A slot keeps a connection to every service that it has asked: eight of them cost more than one does.
#[test]
fn services_need_files_of_their_own() {
    let names = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let service = |name| format!("{name}: {{ mock: {{ /p: {{ status: 200, delay: 20ms }} }} }}");
    let services = names.map(service).join(", ");
    let environment = format!("{{ mock: {{ /p: 200 }}, services: {{ {services} }} }}");
    let endpoint = |name| {
        format!(
            "- {{ path: '/p?${{i}}', service: {name}, expect: 200, each: {{ i: [{}] }} }}\n",
            (0..30)
                .map(|n| n.to_string())
                .collect::<Vec<_>>()
                .join(", ")
        )
    };
    let endpoints: String = names.map(endpoint).concat();
    let environments = ["dev", "qa", "prod"].map(|name| (name, &*environment));
    let text = suite(&environments, &endpoints);
    for (soft, hard, is_told) in [
        (256, 4096, false),
        (256, 256, true),
        (128, 128, true),
        (96, 96, true),
    ] {
        let run = statusdiff().check(&text).args(["--retries", "0"]);
        let report = run.descriptors(soft, hard).report().exits(0);
        assert_eq!(
            report.json["summary"]["match"], 720,
            "{soft}, {hard}: {report}"
        );
        assert_eq!(
            !report.stderr.is_empty(),
            is_told,
            "{soft}, {hard}: {report}"
        );
    }
}
