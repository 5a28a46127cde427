//! Input: the programs, and base URLs. Output: how many instructions each executes per request, as callgrind counts
//! them: the difference between many paths and few, so that starting up is no part of it.

use std::path::Path;

use anyhow::{Context, Result};

use crate::measure::Scales;
use crate::peers::{Installed, find};
use crate::rounds::check;
use crate::table::{Table, figure};
use crate::work::Work;

/// The program that counts.
pub(crate) const COUNTER: &str = "valgrind";

const FEW: usize = 200;
const MANY: usize = 1_200;
/// Under callgrind a program runs some fifty times slower: more in flight would only wait.
const IN_FLIGHT: usize = 9;

/// Instructions per request of the programs that ask for a whole list; the first figure is statusdiff's. Nothing where
/// there is no valgrind.
pub(crate) fn count(
    scales: &Scales,
    peers: &[Installed],
    bases: &[String],
    folder: &Path,
) -> Result<Option<(Table, f64)>> {
    let Some(valgrind) = find(COUNTER) else {
        return Ok(None);
    };
    let few = Work::write(folder.join("few"), bases, FEW, IN_FLIGHT)?;
    let many = Work::write(folder.join("many"), bases, MANY, IN_FLIGHT)?;
    let requests = (many.requests() - few.requests()) as f64;
    let profile = folder.join("callgrind.out").display().to_string();
    let mut counts = Vec::new();
    for peer in peers.iter().filter(|peer| peer.peer.whole_list) {
        let collected = |work: &Work| -> Result<f64> {
            let mut command = vec![valgrind.display().to_string()];
            command.push("--tool=callgrind".to_owned());
            command.push(format!("--callgrind-out-file={profile}"));
            command.extend(peer.command(work));
            let run = scales.run(&command)?;
            check(peer, &run, work)?;
            let text = run.text()?;
            let line = text
                .lines()
                .find_map(|line| line.split_once("Collected : "));
            let last = text.lines().next_back().unwrap_or_default();
            let (_, number) = line.with_context(|| format!("callgrind says `{last}`"))?;
            Ok(number.trim().parse()?)
        };
        match collected(&many).and_then(|many| Ok(many - collected(&few)?)) {
            Ok(difference) => counts.push((peer.peer.name, difference / requests)),
            Err(error) if peer.peer.is_statusdiff() => return Err(error),
            Err(error) => println!("`{}` is left out: {error:#}", peer.peer.name),
        }
    }
    let Some(&("statusdiff", own)) = counts.first() else {
        return Ok(None);
    };
    let row = |(name, count): &(&str, f64)| {
        let times = figure(Some(count / own), 2);
        vec![(*name).to_owned(), figure(Some(*count), 0), times]
    };
    let table = Table {
        heading: "Instructions per request".to_owned(),
        note: format!(
            "In user space, as callgrind counts them: the difference between {MANY} and {FEW} paths on three \
             environments, {IN_FLIGHT} in flight."
        ),
        columns: vec!["program", "instructions", "× statusdiff"],
        rows: counts.iter().map(row).collect(),
    };
    Ok(Some((table, own)))
}
