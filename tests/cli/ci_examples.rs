//! The examples for CI systems: their YAML is read, and the program takes every command line in them.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

const SUITE: &str =
    "environments: { a: { mock: { /a: 200, /b: 200 } } }\nendpoints: [/a: 200, /b: 200, /c: 404]";

/// Where a system says which of five shards is to be asked, counted from 1.
const SYSTEMS: [(&str, &str, usize); 3] = [
    ("github-actions.yml", "${{ matrix.shard }}", 1),
    ("gitlab-ci.yml", "CI_NODE_INDEX", 1),
    ("kubernetes.yaml", "JOB_COMPLETION_INDEX", 0),
];

fn example(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/ci");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// Every text in the file that runs the program.
fn scripts(yaml: &serde_yaml::Value) -> Vec<String> {
    match yaml {
        serde_yaml::Value::String(text)
            if text.contains("statusdiff check") || text.contains("statusdiff merge") =>
        {
            vec![text.clone()]
        }
        serde_yaml::Value::Sequence(items) => items.iter().flat_map(scripts).collect(),
        serde_yaml::Value::Mapping(fields) => fields
            .iter()
            .flat_map(|(_, field)| scripts(field))
            .collect(),
        _ => Vec::new(),
    }
}

#[test]
fn each_is_tried_here() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/ci");
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, SYSTEMS.map(|(name, ..)| name));
}

/// Runs the scripts as five machines and one more would.
#[test]
fn their_shards_make_a_whole() {
    for (name, counter, first) in SYSTEMS {
        let yaml: serde_yaml::Value = serde_yaml::from_str(&example(name)).unwrap();
        let scripts = scripts(&yaml);
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("statusdiff.yaml"), SUITE).unwrap();
        for index in first..first + 5 {
            run(&scripts[0], folder.path(), counter, &index.to_string());
        }
        // On Kubernetes it is run by hand, as the head of the file says.
        let merge = scripts
            .get(1)
            .map_or("statusdiff merge shard-*.json", String::as_str);
        assert!(example(name).contains(merge), "{name}");
        let table = run(merge, folder.path(), counter, "1");
        assert!(
            table.contains("3 endpoints × 1 environment = 3 probes: 3 matched"),
            "{name}: {table}"
        );
    }
}

/// What the script prints in `folder`, which stands for every folder that it names.
fn run(script: &str, folder: &Path, counter: &str, index: &str) -> String {
    let program = Path::new(assert_cmd::cargo::cargo_bin!("statusdiff"));
    let path = format!(
        "{}:{}",
        program.parent().unwrap().display(),
        std::env::var("PATH").unwrap()
    );
    let script = script
        .replace("/suite/", "")
        .replace("/reports/", "")
        .replace(
            counter,
            if counter.starts_with("${{") {
                index
            } else {
                counter
            },
        );
    let mut variables = BTreeMap::from([("PATH", path.as_str()), ("CI_NODE_TOTAL", "5")]);
    if !counter.starts_with("${{") {
        variables.insert(counter, index);
    }
    let output = Command::new("sh")
        .args(["-e", "-c", &script])
        .current_dir(folder)
        .env_clear()
        .envs(variables)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{script}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}
