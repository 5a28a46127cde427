//! Reports in files: whole or not at all, and refused before anything is sent where they cannot be written.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use crate::support::{Finished, Server, statusdiff, suite};

/// A run that matches, with these reports, after `prepare` had its way with the folder.
fn run(reports: &[&str], prepare: impl FnOnce(&Path)) -> (Server, Finished) {
    let server = Server::echo();
    let prepared = statusdiff().check(&suite(&[("a", &server.url())], "- /200: 200"));
    prepare(prepared.folder());
    let args = reports.iter().flat_map(|report| ["--report", report]);
    let finished = prepared.args(args).args(["-q"]).run();
    (server, finished)
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn what_cannot_be_written_is_refused_before_anything_is_sent() {
    for (reports, complaints) in [
        (
            &["json=no/such/report.json"][..],
            &["`no/such`", "mkdir -p"][..],
        ),
        (&["json=folder"], &["`folder`", "a folder"]),
        (
            &["json=a.json", "tap=./a.json"],
            &["two reports", "`./a.json`"],
        ),
        (&["json=link", "tap=a.json"], &["two reports", "`a.json`"]),
        (&["jsonl=suite.yaml"], &["overwrite", "`suite.yaml`"]),
        (&["json=-"], &["--format json"]),
        (&["json="], &["FORMAT=PATH"]),
        (&["jsonl=no/report"], &["`no`"]),
    ] {
        let (server, finished) = run(reports, |folder| {
            fs::create_dir(folder.join("folder")).unwrap();
            symlink("a.json", folder.join("link")).unwrap();
        });
        let finished = finished.exits(2);
        let names = names(finished.folder.path());
        finished.complains(complaints);
        assert_eq!(server.asked(), [""; 0], "nothing may be sent");
        assert_eq!(
            names,
            ["folder", "link", "suite.yaml"],
            "nothing may be left"
        );
    }
}

#[test]
fn a_file_is_replaced_and_nothing_is_left_beside_it() {
    let (_server, finished) = run(&["json=new.json", "junit=old.xml", "tap=link"], |folder| {
        fs::write(folder.join("old.xml"), "old ".repeat(10_000)).unwrap();
        fs::set_permissions(folder.join("old.xml"), fs::Permissions::from_mode(0o640)).unwrap();
        symlink("target.tap", folder.join("link")).unwrap();
    });
    let finished = finished.exits(0);
    let folder = finished.folder.path();
    let expected = ["link", "new.json", "old.xml", "suite.yaml", "target.tap"];
    assert_eq!(names(folder), expected);
    let old = fs::read_to_string(folder.join("old.xml")).unwrap();
    assert!(old.ends_with("</testsuites>\n"), "{old}");
    let mode = |name: &str| {
        fs::metadata(folder.join(name))
            .unwrap()
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!(mode("old.xml"), 0o640, "permissions are kept");
    // A file that the test made itself shows what the umask leaves.
    fs::write(folder.join("mine"), "").unwrap();
    assert_eq!(mode("new.json"), mode("mine"));
    assert!(folder.join("link").is_symlink(), "the link still is one");
    let target = fs::read_to_string(folder.join("target.tap")).unwrap();
    assert!(target.starts_with("TAP version 13\n"), "{target}");
}

#[test]
#[cfg(target_os = "linux")]
fn four_where_the_disk_is_full() {
    for report in ["json=/dev/full", "jsonl=/dev/full"] {
        let (_server, finished) = run(&[report, "tap=fine.tap"], |_| {});
        let finished = finished.exits(4);
        assert!(
            finished.stderr.contains("`/dev/full`: No space left"),
            "{finished}"
        );
        let names = names(finished.folder.path());
        assert_eq!(
            names,
            ["fine.tap", "suite.yaml"],
            "the other report is there"
        );
    }
}

#[test]
#[cfg(target_os = "linux")]
fn devices_are_written_to_and_stay_what_they_are() {
    let (_server, finished) = run(
        &["tap=/dev/stdout", "json=/dev/null", "junit=/dev/null"],
        |_| {},
    );
    let finished = finished.exits(0);
    assert!(
        finished.stdout.starts_with("TAP version 13\n"),
        "{finished}"
    );
    assert!(!fs::metadata("/dev/null").unwrap().is_file());
}

#[test]
fn a_named_pipe_gets_the_report() {
    let server = Server::echo();
    let prepared = statusdiff().check(&suite(&[("a", &server.url())], "- /200: 200"));
    let pipe = prepared.folder().join("pipe");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || fs::read_to_string(pipe).unwrap()
    });
    let finished = prepared.args(["-q", "--report", "tap=pipe"]).run().exits(0);
    let report = reader.join().unwrap();
    assert!(report.starts_with("TAP version 13\n1..1\n"), "{report}");
    assert!(!fs::metadata(&pipe).unwrap().is_file(), "{finished}");
}
