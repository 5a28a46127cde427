//! What the README and the examples promise: its commands are run, its suites are read, its flags exist.

use std::path::{Path, PathBuf};

use crate::support::{Finished, Report, statusdiff};

/// Every suite among the examples, the exit code it ends with, and what its table has to have.
const EXAMPLES: &[(&str, i32, &[&str])] = &[
    (
        "clone.yaml",
        1,
        &["/articles?page=2", "404", "/profile", "www.example.com"],
    ),
    (
        "compare-clone.yaml",
        1,
        &["18 endpoints", "10 mismatched, 1 error"],
    ),
    (
        "each.yaml",
        1,
        &["7 endpoints", "/fr/imprint", "/fr/contact", "404"],
    ),
    ("expectations.yaml", 0, &["15 endpoints"]),
    (
        "include.yaml",
        1,
        &["/shop/orders/${order}", "404", "4 endpoints"],
    ),
    (
        "quickstart.yaml",
        1,
        &[
            "/products/42",
            "404",
            "/search?q=shoes",
            "500",
            "/reports",
            "403",
        ],
    ),
    ("record.yaml", 1, &["/old-shop", "404", "no measure"]),
    (
        "services.yaml",
        1,
        &[
            "api",
            "/v3/orders",
            "404",
            "login",
            "/keys",
            "12 matched, 2 mismatched",
        ],
    ),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn readme() -> String {
    std::fs::read_to_string(root().join("README.md")).unwrap()
}

/// The content of every fenced block of `text` in that language.
pub(crate) fn blocks(text: &str, language: &str) -> Vec<String> {
    let blocks = text.split("\n```").skip(1).step_by(2);
    let blocks = blocks.filter_map(|block| block.split_once('\n'));
    blocks
        .filter(|(tag, _)| *tag == language)
        .map(|(_, content)| content.to_owned())
        .collect()
}

#[test]
fn the_quickstart_shows_the_three_classic_faults() {
    let finished = run("check examples/quickstart.yaml");
    let rows: Vec<_> = finished
        .stdout
        .lines()
        .filter(|line| line.starts_with("│ "))
        .collect();
    let row = |path: &str| {
        let row = rows.iter().find(|row| row.contains(path));
        let cells = row
            .unwrap_or_else(|| panic!("no `{path}` in {finished}"))
            .split('│');
        cells.map(str::trim).map(str::to_owned).collect::<Vec<_>>()
    };
    for (path, environment, status) in [
        ("/products/42", 2, "404"),
        ("/search?q=shoes", 3, "500"),
        ("/reports", 3, "403"),
    ] {
        let cells = row(path);
        for (column, cell) in cells[1..].iter().enumerate().skip(1) {
            let right = column == environment;
            assert_eq!(cell.contains(status), right, "{path}: {cells:?}");
            assert!(
                right || cell == "200" || cell.is_empty(),
                "{path}: {cells:?}"
            );
        }
    }
    for path in ["/health", "/feed", "/old-shop", "/admin", "/no-such-page"] {
        assert!(
            !rows.iter().any(|row| row.contains(path)),
            "`{path}` matches:\n{finished}"
        );
    }
    finished
        .exits(1)
        .prints(&["9 endpoints", "3 environments", "27 probes"]);
}

/// Each is asked in its own environments, with its own values; the list in those of both.
#[test]
fn several_suites_are_one_run() {
    let suites = ["admin", "pages", "shop"].map(|name| format!("examples/several/{name}.yaml"));
    let finished = run(&format!("check {} --format json", suites.join(" ")));
    let report = Report::read(&finished).exits(1);
    assert_eq!(report.environments(), ["staging", "preview", "production"]);
    let summary = |counted: &str| report.json["summary"][counted].as_u64().unwrap();
    assert_eq!(["match", "mismatch", "skipped"].map(summary), [10, 1, 4]);
    assert_eq!(report.says("/imprint", "preview"), "match 200");
    assert_eq!(report.says("/cart", "preview"), "skipped");
    for name in ["admin", "shop"] {
        run(&format!("check examples/several/{name}.yaml --dry-run")).exits(0);
    }
}

#[test]
fn every_example_does_what_it_says() {
    let folder = std::fs::read_dir(root().join("examples")).unwrap();
    let paths = folder.map(|entry| entry.unwrap().path());
    let mut suites: Vec<PathBuf> = paths
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "yaml")
        })
        .collect();
    suites.sort();
    let names: Vec<_> = suites
        .iter()
        .map(|path| path.file_name().unwrap().to_str().unwrap())
        .collect();
    assert_eq!(
        names,
        EXAMPLES.iter().map(|(name, ..)| *name).collect::<Vec<_>>(),
        "each is run here"
    );
    for &(name, code, parts) in EXAMPLES {
        run(&format!("check examples/{name}"))
            .exits(code)
            .prints(parts);
    }
}

#[test]
fn the_readme_s_commands_print_what_it_shows() {
    let blocks = blocks(&readme(), "console");
    assert!(!blocks.is_empty(), "nothing to try in the README");
    for block in blocks {
        for example in block.split("$ ").skip(1) {
            let (command, shown) = example.split_once('\n').unwrap_or((example, ""));
            // Its tests are these; what else Cargo does is Cargo's.
            if ["cargo test", "cargo install --path ."].contains(&command) {
                continue;
            }
            let program = command.strip_prefix("cargo run --quiet -- ");
            let program = program.or_else(|| command.strip_prefix("statusdiff "));
            let arguments = program.unwrap_or_else(|| panic!("what is `{command}`?"));
            let finished = run(arguments);
            assert!(finished.code != Some(2), "{finished}");
            if !shown.trim().is_empty() {
                let printed = timeless(&finished.stdout);
                assert_eq!(printed.trim(), timeless(shown).trim(), "after `{command}`");
            }
        }
    }
}

/// A run in the root of the repository, as the README has it.
fn run(arguments: &str) -> Finished {
    statusdiff()
        .at(root())
        .args(arguments.split_whitespace())
        .run()
}

/// The text with its times and ports made equal.
pub(crate) fn timeless(text: &str) -> String {
    let mut lines = Vec::new();
    for line in text.trim().lines() {
        let mut words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        for at in 1..words.len() {
            let unit = ["ms", "s"].contains(&words[at].trim_end_matches(['.', ',']));
            if unit && words[at - 1].parse::<f64>().is_ok() {
                words[at - 1].replace_range(.., "TIME");
                words[at].replace_range(.., "UNIT");
            }
        }
        lines.push(words.join(" ").trim_end().to_owned());
    }
    let text = lines.join("\n");
    let mut parts = text.split("127.0.0.1:");
    let mut result = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        result += "127.0.0.1:PORT";
        result += part.trim_start_matches(|c: char| c.is_ascii_digit());
    }
    result
}

#[test]
fn the_readme_s_suites_are_right() {
    let suites = blocks(&readme(), "yaml");
    assert!(suites.len() > 2, "{} suites in the README", suites.len());
    for text in suites {
        let mut run = statusdiff().check(&text).args(["--dry-run"]);
        run = run.env("STAGING_KEY", "a key").env("API_TOKEN", "a token");
        if !text.contains("environments:") {
            run = run.args(["--base-url", "before=https://www.example.com"]);
            run = run.args(["--base-url", "after=https://pr-12.example.com"]);
        }
        let finished = run.run();
        assert_eq!(finished.code, Some(0), "{text}\n{finished}");
    }
}

#[test]
fn the_readme_s_flags_exist() {
    let help = |command| statusdiff().args([command, "--help"]).run().exits(0).stdout;
    let help = [
        "check",
        "compare",
        "environments",
        "merge",
        "mock",
        "record",
    ]
    .map(help)
    .concat();
    let text = readme();
    let program = text
        .lines()
        .filter(|line| !line.contains("cargo ") || line.contains("cargo run"));
    for line in program {
        for flag in line.split("--").skip(1) {
            let end = flag
                .find(|c: char| !c.is_ascii_lowercase() && c != '-')
                .unwrap_or(flag.len());
            let flag = format!("--{}", flag[..end].trim_end_matches('-'));
            assert!(
                flag == "--" || help.contains(&flag),
                "`{flag}` of the README in\n{help}"
            );
        }
    }
    for line in help
        .lines()
        .filter(|line| line.trim_start().starts_with('-') && !line.trim_start().starts_with("- "))
    {
        let flag = line.split("--").nth(1).unwrap();
        let flag = flag.split([' ', '=']).next().unwrap();
        assert!(
            flag == "help" || text.contains(&format!("--{flag}")),
            "the README does not know `--{flag}`"
        );
    }
}

#[test]
fn the_changelog_and_the_licences_are_there() {
    for (file, words) in [
        ("CHANGELOG.md", env!("CARGO_PKG_VERSION")),
        ("LICENSE-MIT", "the statusdiff authors"),
        ("LICENSE-APACHE", "the statusdiff authors"),
    ] {
        let text = std::fs::read_to_string(root().join(file)).unwrap();
        assert!(text.contains(words), "{file}");
    }
}
