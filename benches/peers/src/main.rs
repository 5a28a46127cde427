//! Input: what to measure. Output: tables in Markdown, on standard output and in a file. It compares statusdiff with
//! what else is installed; the README beside it says how and what with.
//!
//! `work` writes the same work for all, `servers` answers, `peers` knows how each program is told what to do, `measure`
//! weighs one run, `rounds` makes a series of them, `parts` says what is measured, `table` and `goals` show it.

mod goals;
mod instructions;
mod machine;
mod measure;
mod parts;
mod peers;
mod rounds;
mod servers;
mod table;
mod verify;
mod work;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::{Parser, ValueEnum};

use crate::goals::Figures;
use crate::measure::Scales;
use crate::parts::{Bench, Part};
use crate::servers::Servers;

/// Compare statusdiff with its peers, on loopback
///
/// `STATUSDIFF` names the program to measure; without it, it is built as a release is.
#[derive(Parser)]
struct Arguments {
    /// What to measure; everything by default
    parts: Vec<Part>,
    /// How often each program runs, after a warm-up; three times that for throughput, and five times for cold starts
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,
    /// A file for the tables, which are printed anyway
    #[arg(long, value_name = "PATH")]
    results: Option<PathBuf>,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (statusdiff, helpers) = build(here)?;
    measure::stop_when_interrupted()?;
    let (installed, mut missing) = peers::installed(&statusdiff, &helpers.join("plain"));
    if peers::find(instructions::COUNTER).is_none() {
        missing.push(instructions::COUNTER);
    }
    for name in &missing {
        println!("`{name}` is not installed, and left out");
    }

    let folder = tempfile::tempdir()?;
    let servers = Servers::start(folder.path(), &helpers.join("delay"))?;
    let mut bench = Bench {
        scales: Scales::new(helpers.join("weigh"), folder.path()),
        servers,
        installed,
        missing,
        folder: folder.path().to_owned(),
        rounds: arguments.rounds.into(),
        figures: Figures::default(),
        tables: Vec::new(),
    };
    bench.figures.push("binary", size(&statusdiff)?);
    let mut parts = arguments.parts;
    if parts.is_empty() {
        parts = Part::value_variants().to_vec();
    }
    parts.sort_unstable();
    parts.dedup();
    for part in parts {
        bench.run(part)?;
    }

    let text = report(&bench);
    println!("\n{text}");
    if let Some(file) = arguments.results {
        fs::write(&file, text).with_context(|| format!("`{}`", file.display()))?;
    }
    Ok(())
}

/// Builds what is measured, and the small programs that help to; returns the one and the folder of the others.
fn build(here: &Path) -> Result<(PathBuf, PathBuf)> {
    let own = env::current_exe()?;
    let helpers = own.parent().context("a program is in a folder")?;
    let target = helpers.parent().context("a build has a target folder")?;
    let manifest = here.join("Cargo.toml");
    cargo(
        &manifest,
        target,
        &["--bin", "plain", "--bin", "weigh", "--bin", "delay"],
    )?;
    let helpers = target.join("release");

    if let Some(named) = env::var_os("STATUSDIFF") {
        let named = PathBuf::from(named);
        let found = named.canonicalize();
        let found = found.with_context(|| format!("STATUSDIFF is `{}`", named.display()))?;
        return Ok((found, helpers));
    }
    let root = here.join("../..").canonicalize()?;
    let folder = root.join("target/dist");
    let status = Command::new(root.join("release/build"))
        .arg(&folder)
        .status()?;
    if !status.success() {
        bail!("`release/build` makes no program; STATUSDIFF names another one to measure");
    }
    Ok((folder.join("statusdiff"), helpers))
}

fn cargo(manifest: &Path, target: &Path, what: &[&str]) -> Result<()> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["build", "--release", "--locked", "--manifest-path"])
        .arg(manifest)
        .arg("--target-dir")
        .arg(target)
        .args(what)
        .status()?;
    if !status.success() {
        bail!("`{}` does not build", manifest.display());
    }
    Ok(())
}

fn size(file: &Path) -> Result<Option<f64>> {
    Ok(Some(fs::metadata(file)?.len() as f64 / 1e6))
}

fn report(bench: &Bench) -> String {
    let mut versions = Vec::new();
    for program in &bench.installed {
        versions.push(program.version.clone());
    }
    // One program is there twice, with a suite and with a list.
    versions.dedup();
    if let Some(nginx) = peers::find("nginx") {
        versions.push(peers::version(&nginx));
    }
    let missing = match bench.missing.as_slice() {
        [] => String::new(),
        names => format!(" Not installed, and left out: {}.", names.join(", ")),
    };
    let (machine, today) = (machine::describe(), machine::today());
    let (rounds, goals) = (bench.rounds, bench.figures.table());
    let origin = match env::var_os("STATUSDIFF") {
        Some(_) => "STATUSDIFF named the program",
        None => {
            "statusdiff is what `release/build` makes with counts of such work; its peers are built without"
        }
    };
    let tables = bench.tables.iter().chain([&goals]);
    let tables: Vec<String> = tables.map(ToString::to_string).collect();
    format!(
        "# statusdiff and its peers\n\n\
         {machine}; {today}; {rounds} rounds. Programs: {}.{missing}\n\n\
         Made by `cargo run --release --manifest-path benches/peers/Cargo.toml`; README.md says how. {origin}.\n\n{}",
        versions.join(", "),
        tables.join("\n")
    )
}
