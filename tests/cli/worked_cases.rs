//! What the worked cases among the examples promise: their commands are run, and print what they show.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;

use crate::quickstart::{blocks, timeless};
use crate::support::{Started, statusdiff};

/// The ports of `examples/compare-clone.md`.
const SHOWN: [u16; 3] = [18401, 18402, 18403];

#[test]
fn a_clone_is_compared_as_the_worked_case_shows() {
    let example = |name: &str| {
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
        std::fs::read_to_string(examples.join(name)).unwrap()
    };
    let (suite, text) = (example("compare-clone.yaml"), example("compare-clone.md"));
    let (served, ports, printed) = serve(&suite);
    let mut commands = 0;
    for block in blocks(&text, "console") {
        for example in block.split("$ ").skip(1) {
            let (command, shown) = example.split_once('\n').unwrap_or((example, ""));
            let arguments = command.strip_prefix("statusdiff ").unwrap();
            let print = if arguments.starts_with("mock ") {
                assert_eq!(arguments, "mock examples/compare-clone.yaml --port 18401");
                printed.clone()
            } else {
                let arguments = renumbered(arguments, SHOWN, ports);
                let run = statusdiff().file("examples/compare-clone.yaml", &suite);
                let finished = run.args(arguments.split_whitespace()).run();
                assert_eq!(finished.stderr, "", "{finished}");
                finished.stdout
            };
            let print = timeless(&renumbered(&print, ports, SHOWN));
            assert_eq!(print.trim(), timeless(shown).trim(), "after `{command}`");
            commands += 1;
        }
    }
    assert!(commands >= 3, "{commands} commands");
    served.signal("TERM");
    served.finish().exits(0);
}

/// The embedded environments of `suite` on three ports in a row, and what `mock` prints of them.
fn serve(suite: &str) -> (Started, [u16; 3], String) {
    for _ in 0..100 {
        let Some(ports) = free_ports() else { continue };
        let first = ports[0].to_string();
        let mut started = statusdiff()
            .file("suite.yaml", renumbered(suite, SHOWN, ports))
            .args(["mock", "suite.yaml", "--port", &first])
            .start();
        let lines = BufReader::new(started.take_stdout()).lines().take(4);
        let lines: Vec<_> = lines.map(Result::unwrap).collect();
        if lines.len() == 4 {
            return (started, ports, lines.join("\n"));
        }
        // Somebody else was quicker.
        let taken = started.finish().exits(2);
        taken.complains(&["127.0.0.1:", "cannot be served"]);
    }
    panic!("there are no three free ports in a row");
}

/// Three free ports in a row, as wide as those that are shown.
fn free_ports() -> Option<[u16; 3]> {
    let listen = |port: u16| TcpListener::bind(("127.0.0.1", port)).ok();
    let any = listen(0)?;
    let first = any.local_addr().unwrap().port();
    let (second, third) = (first.checked_add(1)?, first.checked_add(2)?);
    let _others = (listen(second)?, listen(third)?);
    (first >= 20_000).then_some([first, second, third])
}

fn renumbered(text: &str, from: [u16; 3], to: [u16; 3]) -> String {
    let pairs = from.iter().zip(to);
    pairs.fold(text.to_owned(), |text, (from, to)| {
        text.replace(&from.to_string(), &to.to_string())
    })
}

#[test]
fn mismatches_are_accepted_as_the_worked_case_shows() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let read = |name: &str| std::fs::read_to_string(examples.join(name)).unwrap();
    let text = read("accept.md");
    let suite = statusdiff().file("examples/quickstart.yaml", read("quickstart.yaml"));
    let known = suite.folder().join("known.yaml");
    let mut commands = 0;
    for (tag, content) in all_blocks(&text) {
        if tag == "yaml" {
            // What the reader is to write.
            std::fs::write(&known, content).unwrap();
            continue;
        }
        let (command, shown) = content.split_once('\n').unwrap();
        let print = if command == "$ cat known.yaml" {
            std::fs::read_to_string(&known).unwrap()
        } else {
            let arguments = command.strip_prefix("$ statusdiff ").unwrap();
            let run = statusdiff().at(suite.folder());
            let finished = run.args(arguments.split_whitespace()).run();
            finished.stderr + &finished.stdout
        };
        assert_eq!(
            timeless(&print).trim(),
            timeless(shown).trim(),
            "after `{command}`"
        );
        commands += 1;
    }
    assert!(commands >= 6, "{commands} commands");
}

/// The fenced blocks of `text` in order, each with its language.
fn all_blocks(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let blocks = text.split("\n```").skip(1).step_by(2);
    blocks.filter_map(|block| block.split_once('\n'))
}
