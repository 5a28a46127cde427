//! How others run the program: a GitHub action, a pre-commit hook, a container, `cargo binstall`.

use std::path::Path;
use std::process::Command;

use serde_yaml::Value;

use crate::support::{Finished, statusdiff};
use crate::tools::{file, filter};

fn yaml(name: &str) -> Value {
    serde_yaml::from_str(&file(name)).unwrap()
}

/// The steps of the action, each with its script and its variables.
fn steps() -> Vec<(String, Vec<(String, String)>)> {
    let action = yaml("action.yml");
    let steps = action["runs"]["steps"].as_sequence().unwrap();
    let step = |step: &Value| {
        let variables = step["env"].as_mapping().unwrap().iter();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (
            text(&step["run"]),
            variables
                .map(|(name, value)| (text(name), text(value)))
                .collect(),
        )
    };
    steps.iter().map(step).collect()
}

#[test]
fn the_action_hands_every_input_to_a_script_as_a_variable() {
    let action = yaml("action.yml");
    let text = file("action.yml");
    let inputs = action["inputs"].as_mapping().unwrap();
    for name in inputs.keys().map(|name| name.as_str().unwrap()) {
        let used = format!("${{{{ inputs.{name} }}}}");
        assert_eq!(text.matches(&used).count(), 1, "`{name}`");
        assert!(
            action["inputs"][name]["description"].is_string(),
            "`{name}`"
        );
    }
    for (script, variables) in steps() {
        assert!(
            !script.contains("${{"),
            "what is in an input would be run: {script}"
        );
        for (name, _) in variables {
            assert!(script.contains(&format!("${name}")), "`{name}` in {script}");
        }
        filter("bash", &["-n"], &script).unwrap();
    }
}

/// What the action's second step does with these inputs.
fn act(inputs: [(&str, &str); 4]) -> Finished {
    let (script, _) = steps().pop().unwrap();
    let program = Path::new(assert_cmd::cargo::cargo_bin!("statusdiff"));
    let path = format!(
        "{}:{}",
        program.parent().unwrap().display(),
        std::env::var("PATH").unwrap()
    );
    let folder = tempfile::TempDir::new().unwrap();
    let output = Command::new("bash")
        .args(["-eo", "pipefail", "-c", &script])
        .env("PATH", path)
        .env("GITHUB_OUTPUT", folder.path().join("output"))
        .envs(inputs)
        .output()
        .unwrap();
    Finished {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        folder,
    }
}

#[test]
fn the_action_runs_the_suite_and_nothing_else() {
    let suite = "examples/quickstart.yaml";
    let run = act([
        ("SUITE", suite),
        ("ARGS", "--tag none\n --all"),
        ("FORMAT", "table"),
        ("JUNIT", ""),
    ]);
    run.exits(2).complains(&["no endpoint is selected"]);
    let run = act([
        ("SUITE", suite),
        ("ARGS", ""),
        ("FORMAT", "json"),
        ("JUNIT", ""),
    ]);
    let run = run.exits(1);
    run.begins_with("output", "exit-code=1\n");
    run.prints(&["statusdiff-report"]);
    let hostile = "$(touch hostile); `touch hostile` *";
    let run = act([
        ("SUITE", hostile),
        ("ARGS", ""),
        ("FORMAT", "table"),
        ("JUNIT", ""),
    ]);
    assert!(!Path::new("hostile").exists());
    run.exits(2).complains(&[hostile]);
}

#[test]
fn the_hook_s_command_is_one() {
    let hooks = yaml(".pre-commit-hooks.yaml");
    let hook = &hooks[0];
    for (key, value) in [("id", "statusdiff"), ("language", "rust")] {
        assert_eq!(hook[key], value);
    }
    assert_eq!(hook["pass_filenames"], false);
    let entry = hook["entry"].as_str().unwrap();
    let arguments = entry.strip_prefix("statusdiff ").unwrap().split(' ');
    let suite = statusdiff().file(
        "statusdiff.yaml",
        "environments: { a: http://a.example }\nendpoints:\n  - /: 200\n",
    );
    suite
        .args(arguments.clone())
        .run()
        .exits(0)
        .prints(&["nothing was sent"]);
    let broken = statusdiff().file(
        "statusdiff.yaml",
        "environments: { a: http://a.example }\nendpoints:\n  - /: 20x\n",
    );
    broken.args(arguments).run().exits(2);
}

/// What the image is built from has to be all that Cargo asks for.
#[test]
fn the_container_has_what_it_is_built_from() {
    let text = file("Containerfile");
    let folder = tempfile::TempDir::new().unwrap();
    let lines = text.lines().filter_map(|line| line.strip_prefix("COPY "));
    for line in lines.filter(|line| !line.starts_with("--from")) {
        let mut words: Vec<&str> = line.split(' ').collect();
        let target = folder.path().join(words.pop().unwrap());
        if line.ends_with('/') {
            std::fs::create_dir_all(&target).unwrap();
        }
        let copy = Command::new("cp")
            .arg("-r")
            .args(words)
            .arg(target)
            .status();
        assert!(copy.unwrap().success(), "{line}");
    }
    let manifest = folder.path().join("Cargo.toml");
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--offline",
            "--no-deps",
            "--format-version",
            "1",
        ])
        .arg("--manifest-path")
        .arg(manifest)
        .output()
        .unwrap();
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaints}");
    let metadata = String::from_utf8(output.stdout).unwrap();
    assert!(
        metadata.contains("src/bin/statusdiff/main.rs"),
        "{metadata}"
    );
    for embedded in [
        "schema/suite.schema.json",
        "src/bin/statusdiff/starter.yaml",
    ] {
        assert!(folder.path().join(embedded).exists(), "{embedded}");
    }
    assert!(text.contains("ca-certificates.crt") && text.contains("\nUSER 65534"));
}
