//! Every suite in `fixtures/suites`: the valid ones can be planned, the invalid ones have one mistake each,
//! which the program tells in words that are kept in a snapshot.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{Invocation, statusdiff};

/// The suites of a folder, in the order of their names.
pub(crate) fn suites(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(Path::new("fixtures/suites").join(folder)).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut suites: Vec<_> = paths
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "yaml")
        })
        .collect();
    suites.sort();
    suites
}

/// `check PATH --dry-run`, with the flags that the suite's first line may ask for, and variables: `# args: --env a $TOKEN=b`.
fn check(path: &Path) -> Invocation {
    let text = String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
    let (variables, flags) = arguments(&text);
    let run = statusdiff().at(Path::new(env!("CARGO_MANIFEST_DIR")));
    let run = run
        .args(["check", path.to_str().unwrap(), "--dry-run"])
        .args(flags.iter().map(String::as_str));
    variables
        .iter()
        .fold(run, |run, (name, value)| run.env(name, value))
}

/// The variables and flags that the first line of a suite asks for.
pub(crate) fn arguments(text: &str) -> (Vec<(String, String)>, Vec<String>) {
    let first = text
        .trim_start_matches('\u{feff}')
        .lines()
        .next()
        .unwrap_or_default();
    let words = first.strip_prefix("# args: ").unwrap_or_default();
    let (variables, flags): (Vec<_>, Vec<_>) = words
        .split_whitespace()
        .partition(|word| word.starts_with('$'));
    let pair = |word: &str| {
        let (name, value) = word[1..].split_once('=').unwrap();
        (name.to_owned(), value.to_owned())
    };
    (
        variables.into_iter().map(pair).collect(),
        flags.into_iter().map(str::to_owned).collect(),
    )
}

#[test]
fn valid_suites_are_planned() {
    for path in suites("valid") {
        let run = check(&path).run();
        assert_eq!(run.code, Some(0), "{}: {run}", path.display());
    }
}

/// One mistake, one message; with its place, unless a flag is to blame.
#[test]
fn invalid_suites_are_refused_with_help() {
    let suites = suites("invalid");
    assert!(suites.len() >= 60, "only {} suites", suites.len());
    for path in suites {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let run = check(&path).run();
        assert_eq!(
            (run.code, run.stdout.as_str()),
            (Some(2), ""),
            "{name}: {run}"
        );
        let messages = run
            .stderr
            .lines()
            .filter(|line| line.starts_with("error: "))
            .count();
        assert_eq!(messages, 1, "{name}: {run}");
        let by_flag = ["flag-", "bare-"].iter().any(|part| name.contains(part));
        let place = "--> fixtures/suites/invalid/";
        assert!(by_flag || run.stderr.contains(place), "{name}: {run}");
        insta::with_settings!({
            snapshot_path => "../snapshots/suites",
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, { insta::assert_snapshot!(name, run.stderr) });
    }
}
