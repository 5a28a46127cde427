//! What comes with the program: a first suite, completions, the manual, help on one screen.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::{Finished, statusdiff};

pub(crate) fn file(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// Runs `program`, which is installed or not, with that text as its input; what it prints.
pub(crate) fn filter(program: &str, arguments: &[&str], input: &str) -> Option<String> {
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = child.ok()?;
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {text}");
    Some(text)
}

/// The long flags that a help text lists.
fn flags(help: &str) -> BTreeSet<String> {
    let lines = help.lines().map(str::trim_start);
    lines
        .filter(|line| line.starts_with('-') && !line.starts_with("- "))
        .filter_map(|line| {
            let flag = line.split("--").nth(1)?;
            let end = flag.find(|c: char| !c.is_ascii_lowercase() && c != '-');
            Some(format!("--{}", &flag[..end.unwrap_or(flag.len())]))
        })
        .collect()
}

#[test]
fn init_writes_a_suite_that_runs_and_overwrites_nothing() {
    let first = statusdiff().args(["init"]).run().exits(0);
    first.begins_with(
        "statusdiff.yaml",
        "# yaml-language-server: $schema=statusdiff.schema.json\n",
    );
    first.begins_with("statusdiff.schema.json", &file("schema/suite.schema.json"));
    let folder = first.folder.path();
    let again = |arguments: &[&str]| {
        statusdiff()
            .at(folder)
            .args(arguments.iter().copied())
            .run()
    };
    again(&["check"])
        .exits(0)
        .prints(&["6 endpoints", "11 matched", "1 skipped"]);
    again(&["check", "--dry-run"]).exits(0);

    let mine = "endpoints: [/mine]\n";
    std::fs::write(folder.join("statusdiff.yaml"), mine).unwrap();
    std::fs::write(folder.join("statusdiff.schema.json"), "mine").unwrap();
    again(&["init"]).exits(2).complains(&[
        "`statusdiff.yaml`",
        "already",
        "nothing is overwritten",
    ]);
    first.begins_with("statusdiff.yaml", mine);
    std::fs::remove_file(folder.join("statusdiff.yaml")).unwrap();
    again(&["init"]).exits(0);
    first.begins_with("statusdiff.schema.json", "mine");
}

#[test]
fn init_leaves_a_suite_by_its_other_name_alone() {
    let other = statusdiff().file("statusdiff.yml", "endpoints: [/a]\n");
    let finished = other.args(["init"]).run().exits(2);
    assert!(!finished.folder.path().join("statusdiff.yaml").exists());
    finished.complains(&["`statusdiff.yml`"]);
}

#[test]
fn without_a_suite_check_says_how_to_go_on() {
    let finished = statusdiff().args(["check"]).run().exits(2);
    finished.complains(&[
        "`statusdiff.yaml`",
        "statusdiff init",
        "statusdiff compare",
        "--path /",
    ]);
}

impl Finished {
    /// That the file in the folder of the run begins like this.
    #[track_caller]
    pub(crate) fn begins_with(&self, name: &str, start: &str) {
        let text = std::fs::read_to_string(self.folder.path().join(name)).unwrap();
        assert!(text.starts_with(start), "{name}: {text}");
    }
}

#[test]
fn every_shell_takes_its_completions() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = statusdiff().args(["completions", shell]).run().exits(0);
        for word in ["statusdiff", "check", "add-env", "dry-run", "init"] {
            assert!(script.stdout.contains(word), "{shell}: {script}");
        }
        // Bash is everywhere; the others take part where they are installed.
        let read = match shell {
            "bash" | "zsh" | "fish" => filter(shell, &["-n"], &script.stdout),
            _ => None,
        };
        assert!(read.as_deref().unwrap_or_default().is_empty(), "{read:?}");
        assert!(shell != "bash" || read.is_some());
    }
    let unknown = statusdiff().args(["completions", "tcsh"]).run().exits(2);
    unknown.complains(&["tcsh", "bash"]);
}

#[test]
fn bash_completes_flags() {
    let script = statusdiff().args(["completions", "bash"]).run().exits(0);
    let ask = "\nCOMP_WORDS=(statusdiff check --conn) COMP_CWORD=2\n_statusdiff statusdiff --conn check\necho \"${COMPREPLY[@]}\"\n";
    let answer = filter("bash", &[], &(script.stdout + ask)).unwrap();
    assert_eq!(answer.trim(), "--connect-timeout");
}

#[test]
fn the_manual_names_every_command_and_flag() {
    let page = statusdiff().args(["man"]).run().exits(0).stdout;
    let plain = page.replace("\\-", "-");
    let help = statusdiff().args(["--help"]).run().exits(0).stdout;
    let commands = help.split("Commands:\n").nth(1).unwrap();
    let commands = commands.lines().take_while(|line| !line.trim().is_empty());
    for command in commands.filter_map(|line| line.split_whitespace().next()) {
        let heading = format!("STATUSDIFF {}", command.to_uppercase());
        assert!(plain.contains(&heading), "no `{heading}` in {plain}");
        let help = statusdiff().args([command, "--help"]).run().exits(0).stdout;
        for flag in flags(&help) {
            assert!(plain.contains(&flag), "no `{flag}` in {plain}");
        }
    }
    for words in ["EXIT CODES", "EXAMPLES", "statusdiff check --only"] {
        assert!(plain.contains(words), "no `{words}` in {plain}");
    }
    if let Some(warnings) = filter("groff", &["-man", "-ww", "-z"], &page) {
        assert_eq!(warnings, "", "{page}");
    }
}

#[test]
fn the_short_help_fits_a_screen_and_the_long_one_has_examples() {
    for arguments in [
        &["-h"][..],
        &["check", "-h"],
        &["merge", "-h"],
        &["compare", "-h"],
        &["environments", "-h"],
        &["init", "-h"],
        &["schema", "-h"],
    ] {
        let help = statusdiff()
            .args(arguments.iter().copied())
            .run()
            .exits(0)
            .stdout;
        assert!(help.lines().count() <= 50, "{help}");
        let widest = help.lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(80), "{widest:?}\n{help}");
        assert!(!help.contains("Examples:"), "{help}");
    }
    let long = statusdiff().args(["check", "--help"]).run().exits(0);
    long.prints(&["Examples:", "May be given more than once", "--no-give-up"]);
}
