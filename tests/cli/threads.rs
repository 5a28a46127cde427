//! A run that is large enough for several threads keeps to what holds for an environment, not for a thread. Where there
//! is only one core, all of this has to be true of one.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::{Gate, Reply, Server, nobody, statusdiff, suite};

/// Enough for several threads.
const ENDPOINTS: usize = 3_000;

fn endpoints() -> String {
    (0..ENDPOINTS)
        .map(|n| format!("- /{n}: 200\n"))
        .collect::<String>()
}

#[test]
fn the_concurrency_of_an_environment_is_that_of_all_threads_together() {
    const AT_ONCE: usize = 24;
    let (gate, arrived) = (Gate::new(), AtomicUsize::default());
    let server = Server::start(move |_| {
        // Nobody is answered before as many are there as may be.
        if arrived.fetch_add(1, Ordering::SeqCst) + 1 == AT_ONCE {
            gate.open();
        }
        Reply::status(200).after(&gate)
    });
    let report = statusdiff()
        .check(&suite(&[("dev", &server.url())], &endpoints()))
        .args(["-j", "24"])
        .report()
        .exits(0);
    assert_eq!(report.json["summary"]["match"], ENDPOINTS);
    assert_eq!(server.most_in_flight(), AT_ONCE);
    assert!(server.connections() <= AT_ONCE);
    let asked = server.asked();
    let different: HashSet<_> = asked.iter().collect();
    assert_eq!((asked.len(), different.len()), (ENDPOINTS, ENDPOINTS));
}

#[test]
fn everybody_signs_in_and_renews_once() {
    for keys in [
        "auth: { login: { request: POST /login, form: { user: ann } } }",
        "auth: { bearer: old-token, refresh: { request: POST /login, form: { user: ann }, token: token } }",
    ] {
        let server = Server::start(|request| {
            if request.path() == "/login" {
                return Reply::status(200)
                    .header("Set-Cookie", "session=new-token")
                    .body("{ \"token\": \"new-token\" }");
            }
            let shown = request.header("cookie").or(request.header("authorization"));
            let is_new = shown.is_some_and(|shown| shown.ends_with("new-token"));
            Reply::status(if is_new { 200 } else { 401 })
        });
        let environment = format!("{{ base_url: \"{}\", {keys} }}", server.url());
        let report = statusdiff()
            .check(&suite(&[("dev", &environment)], &endpoints()))
            .args(["-j", "24"])
            .report()
            .exits(0);
        assert_eq!(report.json["summary"]["match"], ENDPOINTS);
        let logins = server.asked();
        let logins = logins.iter().filter(|asked| *asked == "POST /login");
        assert_eq!(logins.count(), 1, "{keys}");
    }
}

#[test]
fn an_environment_is_given_up_by_all_threads_and_the_others_are_not() {
    let server = Server::always(200);
    let text = suite(&[("down", &nobody()), ("up", &server.url())], &endpoints());
    let report = statusdiff()
        .check(&text)
        .args(["-j", "24", "--retries", "0"])
        .report()
        .exits(3);
    let [down, up] = [0, 1].map(|index| &report.json["environments"][index]);
    assert_eq!(down["error"], ENDPOINTS, "{report}");
    assert_eq!(up["match"], ENDPOINTS, "{report}");
    let kinds = report.json["endpoints"].as_array().unwrap().iter();
    let kinds = kinds.map(|endpoint| &endpoint["probes"][0]["error"]["kind"]);
    let tried = kinds.filter(|kind| *kind != "unreachable").count();
    // Those that were under way when the twentieth failed were tried, too.
    assert!((20..20 + 24).contains(&tried), "{tried}");
}
