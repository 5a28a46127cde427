//! Input: servers and programs. Output: the tables and figures of each part of the benchmark.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::ValueEnum;

use crate::goals::Figures;
use crate::instructions;
use crate::measure::{Run, Scales};
use crate::peers::{Installed, LIST, STATUSDIFF};
use crate::rounds::{self, Series, check, interleave, repeat, succeeds, times_as_long};
use crate::servers::Servers;
use crate::table::{Table, figure, mebibytes};
use crate::verify::verify;
use crate::work::Work;

/// What can be measured, alone or together.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, ValueEnum)]
pub(crate) enum Part {
    /// 10,000 paths on three environments, 64 in flight
    Throughput,
    /// A server that takes 50 ms, 64 and 512 in flight
    Latency,
    /// One path, http and https
    Cold,
    /// 100,000 endpoints of YAML, lists of 1,000,000 paths
    Scale,
    /// As throughput, with certificates checked
    Tls,
    /// Instructions per request, by callgrind
    Instructions,
}

/// Everything there is to measure with, and what was measured.
pub(crate) struct Bench {
    pub(crate) scales: Scales,
    pub(crate) servers: Servers,
    pub(crate) installed: Vec<Installed>,
    /// The names of programs that are not installed.
    pub(crate) missing: Vec<&'static str>,
    pub(crate) folder: PathBuf,
    pub(crate) rounds: usize,
    pub(crate) figures: Figures,
    pub(crate) tables: Vec<Table>,
}

const PATHS: usize = 10_000;
const IN_FLIGHT: usize = 64;
/// The paths of a long list.
const LONG: usize = 1_000_000;
/// How often it is asked for; each time takes a minute.
const LONG_RUNS: usize = 3;

impl Bench {
    /// Measures one part.
    pub(crate) fn run(&mut self, part: Part) -> Result<()> {
        println!("{part:?} ...");
        match part {
            Part::Throughput => self.throughput(),
            Part::Latency => self.latency(),
            Part::Cold => self.cold(),
            Part::Scale => self.scale(),
            Part::Tls => self.tls(),
            Part::Instructions => self.instructions(),
        }
    }

    fn throughput(&mut self) -> Result<()> {
        let folder = self.folder.join("throughput");
        let work = Work::write(folder, &self.servers.http, PATHS, IN_FLIGHT)?;
        verify(&self.scales, self.statusdiff()?, &work)?;
        let rounds = 3 * self.rounds;
        let all = self.all(&work, |_| true, rounds)?;
        for peer in ["oha", "wrk", "curl", "hurl", "lychee", "aiohttp"] {
            let id = format!("speed {peer}");
            self.figures
                .push(id, times_as_long(&all, peer, "statusdiff"));
            let id = format!("list speed {peer}");
            self.figures.push(id, times_as_long(&all, peer, LIST));
        }
        let peak = all[0].median_peak().map(mebibytes);
        self.figures.push("peak", peak);
        let note = format!(
            "10,000 paths on three environments of one nginx, {IN_FLIGHT} in flight in all (statusdiff: `-j 21`, 63 in \
             all), {} answers deviate. oha draws as many URLs at random. wrk goes through the list of one environment \
             for two seconds; its wall is in proportion. `statusdiff --paths` is given the list that oha, curl, lychee, \
             aiohttp and wrk are given, and compares the environments with each other; `statusdiff` a suite of YAML \
             with an expectation each, as hurl is. {rounds} rounds. The last two columns: how many times what \
             `statusdiff` needs, paired by round.",
            work.deviating()
        );
        self.push("Throughput", note, &all, &work);
        Ok(())
    }

    fn tls(&mut self) -> Result<()> {
        let folder = self.folder.join("tls");
        let work = Work::write(folder, &self.servers.https, PATHS, IN_FLIGHT)?;
        let work = work.trusting(&self.servers.ca)?;
        verify(&self.scales, self.statusdiff()?, &work)?;
        let all = self.all(&work, |program| program.peer.trusts, self.rounds)?;
        let note = "The same over TLS with ECDSA P-256, the certificate checked against a given authority.";
        self.push("TLS", note.to_owned(), &all, &work);
        Ok(())
    }

    fn latency(&mut self) -> Result<()> {
        const PATHS: usize = 3_000;
        let bases = [self.servers.delay.clone()];
        for in_flight in [64, 512] {
            let folder = self.folder.join(format!("latency-{in_flight}"));
            let work = Work::write(folder, &bases, PATHS, in_flight)?.without_deviations();
            let all = self.all(
                &work,
                |program| program.peer.whole_list && program.peer.takes_one,
                self.rounds,
            )?;
            let ideal = PATHS.div_ceil(in_flight) as f64 * self.servers.service;
            let ratio = all[0].median_wall().map(|wall| wall / ideal);
            self.figures.push(format!("latency {in_flight}"), ratio);
            let note = format!(
                "3,000 paths on one server that answers after {:.1} ms. The best anyone can reach is {ideal:.3} s; \
                 statusdiff needs {} times that. curl takes no more than 300 at a time.",
                self.servers.service * 1e3,
                figure(ratio, 3),
            );
            let heading = format!("Latency, {in_flight} in flight");
            self.push(&heading, note, &all, &work);
        }
        Ok(())
    }

    fn cold(&mut self) -> Result<()> {
        // They take milliseconds, and only many of them say something.
        let rounds = 5 * self.rounds;
        let nothing = ["true".to_owned()];
        let nothing = repeat(&self.scales, "true", &nothing, rounds, succeeds)?;
        let (wall, peak) = (nothing.median_wall(), nothing.median_peak());
        for scheme in ["http", "https"] {
            let tls = scheme == "https";
            let servers = &self.servers;
            let bases = if tls { &servers.https } else { &servers.http };
            let folder = self.folder.join(format!("cold-{scheme}"));
            let mut work = Work::write(folder, &bases[..1], 1, 1)?;
            if tls {
                work = work.trusting(&self.servers.ca)?;
            }
            let all = self.all(
                &work,
                |program| {
                    program.peer.whole_list
                        && program.peer.takes_one
                        && (!tls || program.peer.trusts)
                },
                rounds,
            )?;
            let against_curl = times_as_long(&all, "curl", "statusdiff").map(|times| 1.0 / times);
            self.figures.push(format!("cold {scheme}"), against_curl);
            let note = format!(
                "One path on one environment, from exec to exit. `true` takes {} ms and {} MiB, most of it the \
                 measuring itself.",
                figure(wall.map(|wall| wall * 1e3), 1),
                figure(peak.map(mebibytes), 1),
            );
            self.push(&format!("Cold start, {scheme}"), note, &all, &work);
        }
        Ok(())
    }

    fn scale(&mut self) -> Result<()> {
        let folder = self.folder.join("scale");
        let work = Work::write(folder, &self.servers.http, 100_000, IN_FLIGHT)?;
        let mut command = self.statusdiff()?.command(&work);
        command.push("--dry-run".to_owned());
        let name = "100,000 endpoints of YAML, `--dry-run`";
        let yaml = repeat(&self.scales, name, &command, self.rounds, succeeds)?;
        self.figures.push("yaml wall", yaml.median_wall());
        let peak = yaml.median_peak().map(mebibytes);
        self.figures.push("yaml peak", peak);

        // The machine changes its speed meanwhile: the short list is asked for before each long one and after the last.
        let write = |name: &str, paths| {
            let folder = self.folder.join(name);
            Work::write_list(folder, &self.servers.http, paths, IN_FLIGHT)
        };
        let (few, many) = (write("scale-short", PATHS)?, write("scale-long", LONG)?);
        let mut short = self.list("10,000 paths × 3", &few, self.rounds)?;
        let mut long = Series::new("1,000,000 paths × 3");
        for _ in 0..LONG_RUNS {
            long.extend(self.list(long.name, &many, 0)?);
            short.extend(self.list(short.name, &few, self.rounds)?);
        }
        let peak = long.median_peak().map(mebibytes);
        self.figures.push("list peak", peak);
        let folder = self.folder.join("scale-redirects");
        let moved = Work::write_redirects(folder, &self.servers.http, LONG, IN_FLIGHT)?;
        let redirects = self.list("1,000,000 redirects × 3", &moved, 0)?;
        let walls = short.median_wall().zip(long.median_wall());
        let speed = walls.map(|(short, long)| short * (LONG / PATHS) as f64 / long);
        self.figures.push("list speed", speed);
        self.tables.push(Table {
            heading: "Scale".to_owned(),
            note:
                "statusdiff alone. One path in a hundred is missing in each environment, and shown. The short list is \
                   asked for before each of three runs with the long one, and after the last. Every redirect \
                   is kept with where it leads; they are asked for once."
                    .to_owned(),
            columns: vec!["what", "wall s", "req/s", "CPU s", "peak MiB"],
            rows: vec![
                scale_row(&yaml, None),
                scale_row(&short, Some(few.requests())),
                scale_row(&long, Some(many.requests())),
                scale_row(&redirects, Some(moved.requests())),
            ],
        });
        self.interrupts(&many, &moved)
    }

    /// How soon the report of an interrupted run begins.
    fn interrupts(&mut self, all: &Work, moved: &Work) -> Result<()> {
        let mut bases = self.servers.http.clone();
        bases[1].clone_from(&self.servers.delay);
        let folder = self.folder.join("scale-behind");
        let behind = Work::write_redirects(folder, &bases, LONG, IN_FLIGHT)?;
        let program = self.named(LIST)?;
        let mut rows = Vec::new();
        let mut slowest: Option<f64> = None;
        for (what, work, seconds) in [
            ("1,000,000 paths × 3", all, 10),
            ("1,000,000 redirects × 3", moved, 10),
            ("the same, one environment far behind", &behind, 60),
        ] {
            let after = Duration::from_secs(seconds);
            let wall = self.scales.interrupt(&program.command(work), after)?;
            slowest = Some(slowest.map_or(wall, |slowest| slowest.max(wall)));
            rows.push(vec![
                what.to_owned(),
                seconds.to_string(),
                figure(Some(wall), 2),
            ]);
        }
        self.figures.push("interrupt", slowest);
        self.tables.push(Table {
            heading: "Interrupted".to_owned(),
            note: "statusdiff alone, with SIGINT after a while: until its table begins. What the others have answered \
                   waits to be compared where one environment is far behind."
                .to_owned(),
            columns: vec!["what", "after s", "table begins after s"],
            rows,
        });
        Ok(())
    }

    /// Asks the environments for the paths of a list, compared with each other.
    fn list(&self, name: &'static str, work: &Work, rounds: usize) -> Result<Series> {
        let program = self.named(LIST)?;
        let right = |run: &Run| check(program, run, work).map(drop);
        repeat(&self.scales, name, &program.command(work), rounds, right)
    }

    fn instructions(&mut self) -> Result<()> {
        let bases = &self.servers.http;
        let counted = instructions::count(&self.scales, &self.installed, bases, &self.folder)?;
        let (table, own) = counted.unzip();
        self.figures.push("instructions", own);
        self.tables.extend(table);
        Ok(())
    }

    fn statusdiff(&self) -> Result<&Installed> {
        self.named(STATUSDIFF)
    }

    fn named(&self, name: &str) -> Result<&Installed> {
        let found = self.installed.iter().find(|one| one.peer.name == name);
        found.with_context(|| format!("no `{name}`"))
    }

    fn all(
        &self,
        work: &Work,
        takes_part: impl Fn(&Installed) -> bool,
        rounds: usize,
    ) -> Result<Vec<Series>> {
        let programs: Vec<&Installed> = self.installed.iter().filter(|p| takes_part(p)).collect();
        interleave(&self.scales, &programs, work, rounds)
    }

    fn push(&mut self, heading: &str, note: String, all: &[Series], work: &Work) {
        self.tables
            .push(rounds::table(heading, note, all, work.requests()));
    }
}

fn scale_row(series: &Series, requests: Option<usize>) -> Vec<String> {
    let wall = series.median_wall();
    let rate = requests
        .zip(wall)
        .map(|(requests, wall)| requests as f64 / wall);
    vec![
        series.name.to_owned(),
        figure(wall, 3),
        figure(rate, 0),
        figure(series.median_cpu(), 3),
        figure(series.median_peak().map(mebibytes), 1),
    ]
}
