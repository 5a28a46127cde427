//! Input: some [`Work`]. Output: for each program the command line that does it, and what the program then says it has
//! done. A program that is not installed is left out, which is told.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::measure::Run;
use crate::work::{ENVIRONMENTS, Work};

/// A program that can ask for many URLs.
pub(crate) struct Peer {
    /// Its name, also of its executable.
    pub(crate) name: &'static str,
    /// Whether it asks for each URL of the list, once.
    pub(crate) whole_list: bool,
    /// Whether it can be told whose certificate to trust.
    pub(crate) trusts: bool,
    /// Whether one environment is enough for it.
    pub(crate) takes_one: bool,
    /// Its arguments for this work.
    arguments: fn(&Work) -> Vec<String>,
    /// What it says it has done.
    told: fn(&Run) -> Result<Told>,
}

/// What a program says it has done.
pub(crate) struct Told {
    /// How many answers there were.
    pub(crate) answers: usize,
    /// How many of these were not 200, where the program asks for every URL once and counts them.
    pub(crate) deviating: Option<usize>,
}

/// A program that is there.
pub(crate) struct Installed {
    /// Which.
    pub(crate) peer: &'static Peer,
    /// Its name and version.
    pub(crate) version: String,
    program: String,
}

/// What statusdiff is called where it is given a suite.
pub(crate) const STATUSDIFF: &str = "statusdiff";

/// What statusdiff is called where it is given the list of paths that other programs are given, in place of a suite.
pub(crate) const LIST: &str = "statusdiff --paths";

/// All of them; what the others are compared with comes first.
pub(crate) const PEERS: [Peer; 9] = [
    Peer {
        name: STATUSDIFF,
        whole_list: true,
        trusts: true,
        takes_one: true,
        arguments: statusdiff,
        told: statusdiff_told,
    },
    Peer {
        name: LIST,
        whole_list: true,
        trusts: false,
        takes_one: false,
        arguments: list,
        told: list_told,
    },
    Peer {
        name: "plain",
        whole_list: true,
        trusts: true,
        takes_one: true,
        arguments: plain,
        told: plain_told,
    },
    Peer {
        name: "oha",
        whole_list: true,
        trusts: true,
        takes_one: true,
        arguments: oha,
        told: oha_told,
    },
    Peer {
        name: "curl",
        whole_list: true,
        trusts: true,
        takes_one: true,
        arguments: curl,
        told: curl_told,
    },
    Peer {
        name: "hurl",
        whole_list: true,
        trusts: true,
        takes_one: true,
        arguments: hurl,
        told: hurl_told,
    },
    Peer {
        name: "lychee",
        whole_list: true,
        trusts: false,
        takes_one: true,
        arguments: lychee,
        told: lychee_told,
    },
    Peer {
        name: "aiohttp",
        whole_list: true,
        trusts: false,
        takes_one: true,
        arguments: aiohttp,
        told: curl_told,
    },
    Peer {
        name: "wrk",
        whole_list: false,
        trusts: false,
        takes_one: true,
        arguments: wrk,
        told: wrk_told,
    },
];

impl Peer {
    /// Whether this is what the others are compared with, given a suite or a list.
    pub(crate) fn is_statusdiff(&self) -> bool {
        [STATUSDIFF, LIST].contains(&self.name)
    }
}

impl Installed {
    /// The command line that does this work.
    pub(crate) fn command(&self, work: &Work) -> Vec<String> {
        let mut command = vec![self.program.clone()];
        command.extend((self.peer.arguments)(work));
        command
    }

    /// What the program says it has done in this run.
    pub(crate) fn told(&self, run: &Run) -> Result<Told> {
        let name = self.peer.name;
        (self.peer.told)(run).with_context(|| format!("`{name}` does not say what it has done"))
    }
}

/// The programs that are there, some of them made by this benchmark, and the names of those that are not.
pub(crate) fn installed(statusdiff: &Path, plain: &Path) -> (Vec<Installed>, Vec<&'static str>) {
    let mut found = Vec::new();
    let mut missing = Vec::new();
    for peer in &PEERS {
        let program = match peer.name {
            STATUSDIFF | LIST => Some(statusdiff.to_owned()),
            "plain" => Some(plain.to_owned()),
            // What is found may be a script that starts the right one of several.
            "aiohttp" => find("python3")
                .and_then(|python| ask_python(&python, "sys.executable"))
                .map(PathBuf::from),
            name => find(name),
        };
        let Some(program) = program else {
            missing.push(peer.name);
            continue;
        };
        let version = match peer.name {
            "plain" => "plain (reqwest with its default features)".to_owned(),
            "aiohttp" => ask_python(&program, "'aiohttp', aiohttp.__version__").unwrap_or_default(),
            _ => version(&program),
        };
        found.push(Installed {
            peer,
            version,
            program: program.display().to_string(),
        });
    }
    (found, missing)
}

/// The program with this name in `PATH`, or where Debian keeps those of administrators.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = env::split_paths(&path).collect();
    folders.push(PathBuf::from("/usr/sbin"));
    let mut files = folders.into_iter().map(|folder| folder.join(name));
    files.find(|file| file.is_file())
}

/// A program's name and version, as it says them itself.
pub(crate) fn version(program: &Path) -> String {
    let is_nginx = program.ends_with("nginx");
    let flag = if is_nginx { "-v" } else { "--version" };
    let Ok(said) = Command::new(program).arg(flag).output() else {
        return String::new();
    };
    // nginx writes to standard error; wrk ends with an error.
    let said = [said.stdout, said.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    let line = said.lines().next().unwrap_or_default();
    let line = line.trim_start_matches("nginx version: ");
    let words: Vec<&str> = line.split(' ').take(2).collect();
    words.join(" ")
}

/// What this Python prints for an expression, if it has aiohttp.
fn ask_python(python: &Path, expression: &str) -> Option<String> {
    let question = format!("import aiohttp, sys; print({expression})");
    let output = Command::new(python).args(["-c", &question]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let text = text.trim();
    (output.status.success() && !text.is_empty() && text != "None").then(|| text.to_owned())
}

fn statusdiff(work: &Work) -> Vec<String> {
    let concurrency = (work.in_flight / work.bases.len()).max(1).to_string();
    words(&["check", &work.file("suite.yaml"), "-j", &concurrency])
}

fn statusdiff_told(run: &Run) -> Result<Told> {
    let text = run.text()?;
    Ok(Told {
        answers: number_before(&text, " matched")? + number_before(&text, " mismatched")?,
        deviating: Some(number_before(&text, " mismatched")?),
    })
}

fn list(work: &Work) -> Vec<String> {
    let concurrency = (work.in_flight / work.bases.len()).max(1).to_string();
    let mut arguments = words(&[
        "check",
        "--paths",
        &work.file("paths.txt"),
        "-j",
        &concurrency,
    ]);
    for (name, base) in ENVIRONMENTS.iter().zip(&work.bases) {
        arguments.extend(["--base-url".to_owned(), format!("{name}={base}")]);
    }
    arguments
}

fn list_told(run: &Run) -> Result<Told> {
    let text = run.text()?;
    // What is missing in the reference is a mismatch in each of the others: the census has it once.
    let census = text
        .split_whitespace()
        .filter_map(|word| word.split_once('×'));
    let census = census.filter_map(|(count, status)| Some((count.parse().ok()?, status)));
    let others = census.filter(|(_, status)| status.len() == 3 && *status != "200");
    Ok(Told {
        answers: number_before(&text, " matched")? + number_before(&text, " mismatched")?,
        deviating: Some(others.map(|(count, _): (usize, _)| count).sum()),
    })
}

fn plain(work: &Work) -> Vec<String> {
    let mut arguments = vec![work.file("urls.txt"), work.in_flight.to_string()];
    arguments.extend(work.ca.iter().map(|ca| ca.display().to_string()));
    arguments
}

fn plain_told(run: &Run) -> Result<Told> {
    let text = run.text()?;
    Ok(Told {
        answers: number_before(&text, " answers")?,
        deviating: Some(number_before(&text, " of them not 200")?),
    })
}

fn oha(work: &Work) -> Vec<String> {
    let requests = work.requests().to_string();
    let in_flight = work.in_flight.min(work.requests()).to_string();
    let mut arguments = words(&["--no-tui", "--output-format", "json"]);
    arguments.extend(words(&["-n", &requests, "-c", &in_flight]));
    arguments.extend(trust("--cacert", work));
    arguments.extend(words(&["--urls-from-file", &work.file("urls.txt")]));
    arguments
}

fn oha_told(run: &Run) -> Result<Told> {
    let report: Value = serde_json::from_str(&fs::read_to_string(&run.stdout)?)?;
    let statuses = report["statusCodeDistribution"].as_object();
    let counts = statuses.context("no `statusCodeDistribution`")?.values();
    let answers: u64 = counts.filter_map(Value::as_u64).sum();
    Ok(Told {
        answers: usize::try_from(answers)?,
        // It draws URLs at random.
        deviating: None,
    })
}

fn curl(work: &Work) -> Vec<String> {
    let mut arguments = words(&["--silent", "--write-out", "%{http_code}\\n"]);
    arguments.extend(trust("--cacert", work));
    if work.requests() > 1 {
        // It takes no more than 300, and falls back to 50 where more are asked for.
        let in_flight = work.in_flight.min(300).to_string();
        arguments.extend(words(&["--parallel", "--parallel-max", &in_flight]));
    }
    arguments.extend(words(&["--config", &work.file("curl.conf")]));
    arguments
}

fn curl_told(run: &Run) -> Result<Told> {
    let text = fs::read_to_string(&run.stdout)?;
    let count = |wanted: fn(&str) -> bool| text.lines().filter(|line| wanted(line)).count();
    Ok(Told {
        answers: count(|line| line != "000"),
        deviating: Some(count(|line| line != "000" && line != "200")),
    })
}

fn hurl(work: &Work) -> Vec<String> {
    let jobs = work.in_flight.to_string();
    let mut arguments = words(&["--test", "--continue-on-error", "--jobs", &jobs]);
    arguments.extend(trust("--cacert", work));
    arguments.extend(work.hurl_files());
    arguments
}

fn hurl_told(run: &Run) -> Result<Told> {
    let text = run.text()?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("Executed requests:"));
    let count = line.and_then(|rest| rest.split_whitespace().next());
    Ok(Told {
        answers: count.context("no `Executed requests`")?.parse()?,
        deviating: Some(text.matches("error: Assert status code").count()),
    })
}

fn lychee(work: &Work) -> Vec<String> {
    let in_flight = work.in_flight.to_string();
    // By default it asks a host for ten at a time, and again only after 50 ms.
    let mut arguments = words(&["--no-progress", "--format", "json", "--max-retries", "0"]);
    arguments.extend(words(&["--max-concurrency", &in_flight]));
    arguments.extend(words(&["--host-concurrency", &in_flight]));
    arguments.extend(words(&["--host-request-interval", "0s"]));
    arguments.push(work.file("urls.txt"));
    arguments
}

fn lychee_told(run: &Run) -> Result<Told> {
    let text = run.text()?;
    let start = text.find('{').context("no report")?;
    let mut reports = serde_json::Deserializer::from_str(&text[start..]).into_iter::<Value>();
    let report = reports.next().context("no report")??;
    let number = |key: &str| report[key].as_u64().with_context(|| format!("no `{key}`"));
    Ok(Told {
        answers: usize::try_from(number("total")?)?,
        deviating: Some(usize::try_from(number("errors")?)?),
    })
}

fn aiohttp(work: &Work) -> Vec<String> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/src/session.py");
    words(&[script, &work.file("urls.txt"), &work.in_flight.to_string()])
}

/// Two seconds on the first environment; it repeats the list as often as it gets through.
fn wrk(work: &Work) -> Vec<String> {
    let in_flight = work.in_flight.to_string();
    let mut arguments = words(&["-t1", "-d2s", "-c", &in_flight]);
    arguments.extend(words(&["-s", &work.file("wrk.lua"), &work.bases[0]]));
    arguments
}

fn wrk_told(run: &Run) -> Result<Told> {
    Ok(Told {
        answers: number_before(&run.text()?, " requests in ")?,
        deviating: None,
    })
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

/// The flag and the file of the certificate to trust, if there is one.
fn trust(flag: &str, work: &Work) -> Vec<String> {
    let ca = work.ca.iter();
    ca.flat_map(|ca| [flag.to_owned(), ca.display().to_string()])
        .collect()
}

/// The number that is followed by these words, where they are written for the last time.
fn number_before(text: &str, words: &str) -> Result<usize> {
    let missing = || format!("no number before `{words}`");
    let end = text.rfind(words).with_context(missing)?;
    let digits = text[..end].rsplit(|char: char| !char.is_ascii_digit() && char != ',');
    let number = digits
        .into_iter()
        .next()
        .unwrap_or_default()
        .replace(',', "");
    number.parse().with_context(missing)
}
