//! Choosing what is asked: `--env`, `--tag`, `--only`, `--paths`.

use crate::support::{Server, statusdiff, suite};

const ENDPOINTS: &str = "\
- { path: /a, expect: 200, tags: [smoke, web] }
- { path: /a/b, expect: 200, tags: [web] }
- { path: /b?x=1, expect: 200, tags: [smoke] }
- /c: 200
- { path: /only, expect: 200, environments: [staging] }
";

/// Compared with the reference, but not in every environment.
const COMPARED: &str = "- { path: /same, expect: same, environments: [staging, qa] }\n";

/// What `args` make the run ask, and how many endpoints are in the report.
fn asked(args: &[&str]) -> (Vec<String>, u64) {
    let server = Server::always(200);
    let environments = [("dev", server.url() + "/dev"), ("staging", server.url())];
    let environments = environments
        .each_ref()
        .map(|(name, url)| (*name, url.as_str()));
    let text = suite(&environments, ENDPOINTS);
    let report = statusdiff()
        .check(&text)
        .args(args.iter().copied())
        .report()
        .exits(0);
    let asked = server
        .asked()
        .iter()
        .map(|line| line.replace("GET ", ""))
        .collect();
    (asked, report.json["summary"]["endpoints"].as_u64().unwrap())
}

#[test]
fn endpoints_are_chosen_by_tag_and_path() {
    for (args, paths, endpoints) in [
        (
            &["-e", "staging", "--tag", "smoke"][..],
            &["/a", "/b?x=1"][..],
            2,
        ),
        (&["-e", "staging", "--tag", "web"], &["/a", "/a/b"], 2),
        (
            &["-e", "staging", "--tag", "web", "--tag", "smoke"],
            &["/a", "/a/b", "/b?x=1"],
            3,
        ),
        (&["-e", "staging", "--only", "/a"], &["/a"], 1),
        (
            &["-e", "staging", "--only", "/c", "--only", "/a"],
            &["/a", "/c"],
            2,
        ),
        (&["-e", "staging", "--only", "/a/*"], &["/a/b"], 1),
        (
            &["-e", "staging", "--only", "/c", "--only", "/only"],
            &["/c", "/only"],
            2,
        ),
        (
            &["-e", "staging", "--tag", "smoke", "--only", "/a"],
            &["/a"],
            1,
        ),
        (&["--only", "/c"], &["/c", "/dev/c"], 1),
    ] {
        let (sent, count) = asked(args);
        assert_eq!(sent, paths, "{args:?}");
        assert_eq!(count, endpoints, "{args:?}");
    }
}

#[test]
fn environments_are_chosen_by_name() {
    let (sent, _) = asked(&["-e", "dev"]);
    assert!(
        sent.iter().all(|path| path.starts_with("/dev/")),
        "{sent:?}"
    );
    let (sent, _) = asked(&["--env", "staging", "--env", "dev"]);
    assert_eq!(sent.len(), 9);
}

#[test]
fn choosing_nothing_is_an_error() {
    let server = Server::always(200);
    let environments = [
        ("dev", &*server.url()),
        ("staging", "http://127.0.0.1:1"),
        ("qa", "http://127.0.0.1:2"),
    ];
    let text = "reference: staging\n".to_owned()
        + &suite(&environments, &(ENDPOINTS.to_owned() + COMPARED));
    for args in [
        &["--tag", "none"][..],
        &["--only", "/none"],
        &["--tag", "web", "--only", "/c"],
        &["-e", "dev", "--only", "/only"],
        &["-e", "dev", "--only", "/same"],
    ] {
        let finished = statusdiff().check(&text).args(args.iter().copied()).run();
        assert_eq!(finished.code, Some(2), "{args:?}\n{finished}");
        finished.complains(&["error"]);
    }
    let misspelt = statusdiff()
        .check(&text)
        .args(["-e", "stagign"])
        .run()
        .exits(2);
    misspelt.complains(&["stagign", "staging"]);
    let unreadable = statusdiff()
        .check(&text)
        .args(["--only", "/[a"])
        .run()
        .exits(2);
    assert!(!unreadable.stderr.contains("is selected"), "{unreadable}");
    assert_eq!(server.asked(), [""; 0]);
}

#[test]
fn paths_can_be_compared_without_a_suite() {
    let server = Server::echo();
    let one = format!("one={}/1", server.url());
    let two = format!("two={}/2", server.url());
    let bases = ["--base-url", &*one, "--base-url", &two];
    let paths = "# what matters\n/200\n\nHEAD /404\n  /a?b=/204  \n";
    for (file, input) in [("paths.txt", ""), ("-", paths)] {
        let run = statusdiff()
            .file("paths.txt", paths)
            .input(input)
            .args(["check", "--paths", file]);
        let report = run.args(bases).report().exits(0);
        assert_eq!(report.json["summary"]["endpoints"], 3, "{file}");
        assert_eq!(report.json["summary"]["match"], 6, "{file}");
        assert_eq!(report.endpoint("/404")["method"], "HEAD");
        assert_eq!(report.endpoint("/404")["line"], 4);
        assert_eq!(report.probe("/200", "two")["expected"], "same as one (200)");
    }
}

#[test]
fn a_list_of_paths_has_its_mistakes_shown() {
    let bases = [
        "--base-url",
        "one=http://127.0.0.1:1",
        "--base-url",
        "two=http://127.0.0.1:2",
    ];
    for (paths, place) in [
        ("/a\nb\n", "paths.txt:2"),
        ("/a\n/a b\n", "paths.txt:2"),
        ("/a\n/b:200\n", "`/b%3A200`"),
        ("# nothing\n", "paths.txt"),
    ] {
        let run = statusdiff()
            .file("paths.txt", paths)
            .args(["check", "--paths", "paths.txt"]);
        run.args(bases).run().exits(2).complains(&[place]);
    }
    let finished = statusdiff()
        .file("paths.txt", "POST /a\n")
        .args(["check", "--paths", "paths.txt"])
        .args(["--base-url", "one=https://one.example"])
        .args(["--base-url", "two=https://two.example"])
        .run();
    let helps = ["`--allow-unsafe-methods`", "`--base-url staging=URL`"];
    assert!(!finished.stderr.contains("environments:"), "{finished}");
    assert!(
        !finished.stderr.contains("allow_unsafe_methods"),
        "{finished}"
    );
    finished.exits(2).complains(&helps);
    let run = statusdiff()
        .args(["check", "--paths", "missing.txt"])
        .args(bases)
        .run();
    run.exits(2).complains(&["missing.txt"]);
}
