//! Progress on a terminal, and the answers as they come with `--verbose`.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use statusdiff::compare::Comparison;
use statusdiff::outcome::{End, Outcome};
use statusdiff::plan::{Plan, ProbeId};
use statusdiff::report::{Format, escaped};

use crate::args::{ProgressArgs, ScreenArgs};
use crate::teller::Teller;

/// Listens to outcomes and tells of them on standard error.
pub(crate) struct Progress<'p> {
    plan: &'p Plan,
    /// Drawn only on a terminal, by a thread of its own.
    bar: ProgressBar,
    /// Asking the bar would wait for a terminal that does not read.
    is_drawn: bool,
    /// With `--verbose`.
    teller: Option<Teller>,
    /// Whether further lines are wanted, and read.
    repeats: bool,
    /// Telling the bar of every probe would cost more than some probes do.
    untold: u64,
    /// How many probes the bar is told of at once.
    step: u64,
}

/// Redrawing is cheap enough this often.
const LARGEST_STEP: u64 = 16;

impl<'p> Progress<'p> {
    /// `format` is that of what goes to standard output.
    pub(crate) fn new(
        plan: &'p Plan,
        progress: &ProgressArgs,
        screen: &ScreenArgs,
        format: Format,
    ) -> io::Result<Self> {
        let &ProgressArgs {
            no_progress,
            verbose,
        } = progress;
        // Lines that come while the bar is drawn would be drawn into it.
        let interleaved = format == Format::Jsonl && io::stdout().is_terminal();
        let hidden = screen.quiet || no_progress || verbose || interleaved;
        let target = if hidden {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr()
        };
        let bar = ProgressBar::with_draw_target(None, target);
        let mut step = LARGEST_STEP;
        let is_drawn = !bar.is_hidden();
        if is_drawn {
            let length = plan.requests() as u64;
            bar.set_length(length);
            // A short run moves with every probe.
            step = (length / 100).clamp(1, LARGEST_STEP);
            if let Ok(style) =
                ProgressStyle::with_template("{bar:30} {pos}/{len} probes, {elapsed}")
            {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(100));
        }
        Ok(Self {
            plan,
            bar,
            is_drawn,
            teller: verbose.then(Teller::start).transpose()?,
            repeats: verbose,
            untold: 0,
            step,
        })
    }

    /// A probe has its outcome.
    pub(crate) fn outcome(&mut self, id: ProbeId, outcome: &Outcome) {
        if let Some(teller) = &mut self.teller
            && let Some(line) = line(self.plan, id, outcome)
        {
            teller.tell(line);
        }
        let untold = self.untold + 1;
        if untold < self.step {
            self.untold = untold;
        } else if self.is_drawn {
            self.bar.inc(untold);
            self.untold = 0;
        }
    }

    /// Takes the bar off the screen, and writes what is still to be told of a run that ended so.
    pub(crate) fn finish(&mut self, end: End) {
        self.bar.finish_and_clear();
        if let Some(teller) = self.teller.take() {
            self.repeats = teller.finish(end != End::Complete);
        }
    }

    /// With `--verbose`: how what did not match is repeated, in suite order.
    pub(crate) fn repeat(&self, comparison: &Comparison) {
        if !self.repeats {
            return;
        }
        for row in comparison.rows() {
            for probe in row.probes() {
                let Some(curl) = probe.curl() else { continue };
                let (environment, verdict) = (probe.environment(), probe.verdict().as_str());
                let line = format!("{environment}: {} {}: {verdict}", row.method(), row.path());
                // A command that is spelled out for a terminal would be another command.
                let _ = writeln!(anstream::stderr(), "{}\n  {curl}", escaped(&line));
            }
        }
    }
}

/// An answer, as `--verbose` tells it.
fn line(plan: &Plan, id: ProbeId, outcome: &Outcome) -> Option<String> {
    let probe = plan.probe(id)?;
    let environment = &plan.environments()[id.environment];
    let secrets = plan.secrets();
    let url = environment.url_text(probe.shown_target);
    let hops = outcome
        .hops
        .iter()
        .map(|hop| format!("{} -> {}", hop.status.as_u16(), hop.target));
    let answer = outcome
        .observed
        .answer()
        .map(|answer| match &answer.location {
            Some(location) => format!("{} -> {location}", answer.status.as_u16()),
            None => answer.status.as_u16().to_string(),
        });
    let failure = outcome
        .observed
        .failure()
        .map(|failure| format!("{}: {failure}", failure.kind));
    let samples = outcome
        .samples
        .as_ref()
        .map(|samples| format!("({samples})"));
    let came: Vec<_> = hops.chain(answer).chain(failure).chain(samples).collect();
    let line = format!(
        "{}: {} {url} {}",
        environment.name(),
        probe.method,
        came.join(", ")
    );
    let milliseconds = outcome.duration.as_secs_f64() * 1000.0;
    Some(format!(
        "{} in {milliseconds:.1} ms",
        escaped(&secrets.redact(&line))
    ))
}
