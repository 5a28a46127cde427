//! Input: programs, and work for them. Output: what each took in each round. One round runs them all once, one after
//! the other, so that a minute in which the machine is slow hits them all. It refuses a run with wrong answers.

use std::hash::{DefaultHasher, Hash, Hasher};

use anyhow::{Context, Result, bail};

use crate::measure::{Run, Scales};
use crate::peers::Installed;
use crate::table::{Table, figure, mebibytes, median, paired};
use crate::work::Work;

/// What one program took, by round.
pub(crate) struct Series {
    /// The program.
    pub(crate) name: &'static str,
    /// Seconds for the whole list; for a program that goes through it for a set time, in proportion.
    pub(crate) wall: Vec<f64>,
    /// Seconds of CPU for the whole list.
    pub(crate) cpu: Vec<f64>,
    /// Bytes of resident memory at the peak.
    pub(crate) peak: Vec<f64>,
}

/// One warm-up and so many rounds. A program that gives wrong answers is left out of all of them, which is told; for
/// statusdiff, the first, it is an error, however it is told what to do.
pub(crate) fn interleave(
    scales: &Scales,
    programs: &[&Installed],
    work: &Work,
    rounds: usize,
) -> Result<Vec<Series>> {
    let place = |one: &Installed| {
        programs
            .iter()
            .position(|other| other.peer.name == one.peer.name)
    };
    let mut all: Vec<(&Installed, Series)> = Vec::new();
    for program in programs {
        all.push((program, Series::new(program.peer.name)));
    }
    for round in 0..=rounds {
        let mut kept = Vec::new();
        // Always in another order: what comes after what matters on a machine that slows down under load.
        all.sort_by_cached_key(|(program, _)| {
            let mut hasher = DefaultHasher::new();
            (round, program.peer.name).hash(&mut hasher);
            hasher.finish()
        });
        for (program, mut series) in all {
            let name = program.peer.name;
            let run = scales.run(&program.command(work))?;
            match check(program, &run, work) {
                Ok(share) => {
                    if round > 0 {
                        series.push(&run, share);
                    }
                    kept.push((program, series));
                }
                Err(error) if program.peer.is_statusdiff() => {
                    return Err(error.context(format!("`{name}` gives wrong answers")));
                }
                Err(error) => println!("`{name}` is left out: {error:#}"),
            }
        }
        all = kept;
        all.sort_by_key(|(program, _)| place(program));
    }
    Ok(all.into_iter().map(|(_, series)| series).collect())
}

/// One warm-up and so many runs of a command, each of which has to be right; the warm-up counts where there is no other.
pub(crate) fn repeat(
    scales: &Scales,
    name: &'static str,
    command: &[String],
    rounds: usize,
    right: impl Fn(&Run) -> Result<()>,
) -> Result<Series> {
    let mut series = Series::new(name);
    for round in 0..=rounds {
        let run = scales.run(command)?;
        right(&run).with_context(|| format!("`{}`", command.join(" ")))?;
        if round > 0 || rounds == 0 {
            series.push(&run, 1.0);
        }
    }
    Ok(series)
}

/// Whether the run has ended well.
pub(crate) fn succeeds(run: &Run) -> Result<()> {
    if run.code != 0 {
        bail!("it ended with exit code {}: {}", run.code, run.text()?);
    }
    Ok(())
}

/// A table of them: time, requests a second, CPU, memory, and how many times what the first one needs.
pub(crate) fn table(heading: &str, note: String, all: &[Series], requests: usize) -> Table {
    let requests = requests as f64;
    let mut rows = Vec::new();
    for series in all {
        let wall = median(series.wall.iter().copied());
        let lowest = series.wall.iter().copied().reduce(f64::min);
        let highest = series.wall.iter().copied().reduce(f64::max);
        rows.push(vec![
            series.name.to_owned(),
            milliseconds(wall),
            format!("{} to {}", milliseconds(lowest), milliseconds(highest)),
            figure(wall.map(|wall| requests / wall), 0),
            figure(series.median_cpu().map(|cpu| cpu * 1e6 / requests), 1),
            figure(series.median_peak().map(mebibytes), 1),
            figure(paired(&series.wall, &all[0].wall), 2),
            figure(paired(&series.cpu, &all[0].cpu), 2),
        ]);
    }
    Table {
        heading: heading.to_owned(),
        note,
        columns: vec![
            "program",
            "wall ms",
            "lowest to highest",
            "req/s",
            "CPU µs/req",
            "peak MiB",
            "wall ×",
            "CPU ×",
        ],
        rows,
    }
}

fn milliseconds(seconds: Option<f64>) -> String {
    figure(seconds.map(|seconds| seconds * 1e3), 1)
}

/// How many times as long as `to` the program with this name takes.
pub(crate) fn times_as_long(all: &[Series], name: &str, to: &str) -> Option<f64> {
    let series = |name| all.iter().find(|series| series.name == name);
    paired(&series(name)?.wall, &series(to)?.wall)
}

impl Series {
    /// The same, and further rounds.
    pub(crate) fn extend(&mut self, more: Self) {
        self.wall.extend(more.wall);
        self.cpu.extend(more.cpu);
        self.peak.extend(more.peak);
    }

    pub(crate) fn new(name: &'static str) -> Self {
        Self {
            name,
            wall: Vec::new(),
            cpu: Vec::new(),
            peak: Vec::new(),
        }
    }

    fn push(&mut self, run: &Run, share: f64) {
        self.wall.push(run.wall * share);
        self.cpu.push(run.cpu * share);
        self.peak.push(run.peak as f64);
    }

    pub(crate) fn median_wall(&self) -> Option<f64> {
        median(self.wall.iter().copied())
    }

    pub(crate) fn median_cpu(&self) -> Option<f64> {
        median(self.cpu.iter().copied())
    }

    pub(crate) fn median_peak(&self) -> Option<f64> {
        median(self.peak.iter().copied())
    }
}

/// What part of the run was this work: all of it, unless the program goes through the list as often as it can. It
/// refuses a run with other answers than those that are known beforehand.
pub(crate) fn check(program: &Installed, run: &Run, work: &Work) -> Result<f64> {
    let told = program
        .told(run)
        .with_context(|| format!("it ended with exit code {}", run.code))?;
    let (requests, deviating) = (work.requests(), work.deviating());
    if !program.peer.whole_list {
        if told.answers == 0 {
            bail!("it got no answers");
        }
        return Ok(requests as f64 / told.answers as f64);
    }
    if told.answers != requests {
        bail!("it got {} answers, expected {requests}", told.answers);
    }
    match told.deviating {
        Some(found) if found != deviating => {
            bail!("it found {found} deviations, expected {deviating}")
        }
        _ => Ok(1.0),
    }
}
