//! The list of accepted mismatches of a run: read before anything is sent, applied when all is judged.
//!
//! Input: what was typed, the suites, then the finished comparison. Output: the comparison with what is accepted
//! marked, and, where that was asked for, the list brought up to date.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args as Arguments;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use statusdiff::compare::{Comparison, End, Row, Scope, Verdict};
use statusdiff::diagnostic::{Diagnostic, Source};
use statusdiff::plan::{Selection, Shard};
use statusdiff::suite::{AcceptFile, Accepted, Namesakes, Suite};

use crate::files::{Destination, Scratch};
use crate::output;

#[derive(Debug, Arguments)]
pub(crate) struct AcceptArgs {
    /// Pass where all mismatches are listed there
    ///
    /// A YAML list: `- { endpoint: GET /reports, environment: staging, status: 403, reason: "rules differ",
    /// until: 2026-12-31 }`, and `service` or `name` where the suite has several endpoints with that method and path. Where a
    /// redirect is wrong by its target, `location` says which one is accepted; `*` in it stands for any text.
    /// `until` (UTC, that day included) and what an entry no longer excuses are reported. Errors are never accepted.
    #[arg(long, value_name = "FILE")]
    pub(crate) accept_file: Option<PathBuf>,

    /// Bring that list up to date
    ///
    /// Mismatches that there are now are added with `reason: TODO`, and entries that no longer occur among what was
    /// asked are dropped, unless the run was cut short. All else stays as it is, expired entries too. The run then
    /// goes by the new list. Entries whose endpoint or environment the run does not have at all stay too, and are
    /// reported: other suites may go by them. A shard of a run is refused: it cannot tell an access wall from mismatches.
    #[arg(
        long,
        hide_short_help = true,
        requires = "accept_file",
        conflicts_with = "dry_run"
    )]
    pub(crate) update_accept_file: bool,
}

/// What is accepted in a run.
pub(crate) struct Acceptance {
    file: AcceptFile,
    namesakes: Namesakes,
    scope: Scope,
    today: Date,
    /// Where the list goes once it is up to date, if it is to be.
    destination: Option<Destination>,
}

impl Acceptance {
    /// Reads the list that was typed, if one was.
    ///
    /// # Errors
    ///
    /// All that is wrong with it.
    pub(crate) fn open(
        args: &AcceptArgs,
        suites: &[Suite],
        selection: &Selection,
    ) -> Result<Option<Self>, Vec<Diagnostic>> {
        let Some(path) = &args.accept_file else {
            return Ok(None);
        };
        let update = args.update_accept_file;
        if let Some(shard) = selection.shard.filter(|it| update && it.total() > 1) {
            return Err(vec![update_by(shard)]);
        }
        let file = read(path, update)?;
        let namesakes = Namesakes::of(suites);
        let problems = file.ambiguous(&namesakes);
        if !problems.is_empty() {
            return Err(problems);
        }
        let destination = update.then(|| find(path)).transpose()?;
        // Paths that are typed or listed are what somebody asks now, not all there is to ask.
        let is_suite = !suites.iter().any(Suite::is_list);
        Ok(Some(Self {
            file,
            namesakes,
            scope: Scope {
                endpoints: is_suite && selection.has_all_endpoints(),
                environments: is_suite && selection.environments.is_empty(),
            },
            today: Timestamp::now().to_zoned(TimeZone::UTC).date(),
            destination,
        }))
    }

    /// The file, which no report may overwrite.
    pub(crate) fn path(&self) -> &Path {
        Path::new(self.file.name())
    }

    /// Whether the verdict on a judged row may still become another one.
    pub(crate) fn may_change(&self, row: Row<'_>) -> bool {
        let mut entries = self.file.entries().iter();
        row.verdict() == Verdict::Mismatch
            && (self.destination.is_some()
                || entries.any(|entry| (&entry.method, &*entry.path) == (row.method(), row.path())))
    }

    /// Marks what is accepted, and brings the list up to date where that was asked for. Says whether the list is
    /// what it should be.
    pub(crate) fn apply(
        mut self,
        comparison: &mut Comparison,
        scratch: &Scratch,
        is_quiet: bool,
    ) -> bool {
        comparison.accept(&self.file, self.today, self.scope);
        let Some(destination) = self.destination.take() else {
            return true;
        };
        match self.update(comparison, &destination, scratch, is_quiet) {
            Ok(()) => true,
            Err(message) => {
                output::error(&message);
                false
            }
        }
    }

    fn update(
        &self,
        comparison: &mut Comparison,
        destination: &Destination,
        scratch: &Scratch,
        is_quiet: bool,
    ) -> Result<(), String> {
        let (added, ambiguous) = self.new_entries(comparison);
        let stale = droppable(comparison);
        let updated = self.file.updated(|entry| stale.contains(entry), &added);
        let text = updated.map_err(|problem| {
            let help = problem.help.join("; ");
            format!("{}: {help}", problem.message)
        })?;
        destination
            .write(scratch, |out| out.write_all(text.as_bytes()))
            .map_err(|error| format!("`{}` could not be written: {error}", self.file.name()))?;
        let source = Arc::new(Source::new(self.file.name(), text));
        comparison.accept(&AcceptFile::read(&source).0, self.today, self.scope);
        if !is_quiet {
            for endpoint in ambiguous {
                output::warning(&endpoint);
            }
            output::note(&format!(
                "`{}`: {} added, {} removed{}",
                self.file.name(),
                added.len(),
                stale.len(),
                if added.is_empty() {
                    ""
                } else {
                    "; give each new one its reason"
                },
            ));
        }
        Ok(())
    }

    /// The entries that are missing, and what is to be said of mismatches for which there can be none.
    fn new_entries(&self, comparison: &Comparison) -> (Vec<Accepted>, Vec<String>) {
        let (mut added, mut ambiguous) = (Vec::new(), Vec::new());
        for entry in comparison.unaccepted(&self.file) {
            match self.namesakes.shortened(&entry) {
                Ok(entry) => added.push(entry),
                Err(problem) => ambiguous.push(format!(
                    "not accepted: {entry}: {}: {}",
                    problem.message,
                    problem.help.join("; ")
                )),
            }
        }
        (added, ambiguous)
    }
}

/// The entries that no longer occur, for certain.
fn droppable(comparison: &Comparison) -> Vec<Accepted> {
    // What a run did not come to may still occur.
    let is_whole = comparison.end() == End::Complete;
    let stale = comparison.acceptance().filter(|_| is_whole);
    let stale = stale.into_iter().flat_map(|acceptance| &acceptance.stale);
    // What only other runs have, such as a clone that is added to them or a further suite, has its entries there.
    let is_known = |entry: &&Accepted| {
        let mut environments = comparison.environments();
        environments.any(|it| it.name() == entry.environment)
            && comparison.rows().any(|row| row.is_meant_by(entry))
    };
    stale.filter(is_known).cloned().collect()
}

fn read(path: &Path, update: bool) -> Result<AcceptFile, Vec<Diagnostic>> {
    let name = path.display().to_string();
    if !path.exists() {
        if update {
            return Ok(AcceptFile::none(name));
        }
        let message = format!("there is no file `{name}` with accepted mismatches");
        return Err(vec![Diagnostic::new("accept-file", message).help(
            "`--update-accept-file` beside it writes one, with the mismatches that there are",
        )]);
    }
    let source = Source::from_path(path).map_err(|problem| vec![problem])?;
    match AcceptFile::read(&Arc::new(source)) {
        (file, problems) if problems.is_empty() => Ok(file),
        (_, problems) => Err(problems),
    }
}

/// What a shard alone takes for mismatches may be a wall's answers, which nobody should accept unseen.
fn update_by(shard: Shard) -> Diagnostic {
    let message = format!(
        "`--update-accept-file` goes by the whole run, and `--shard {shard}` is a part of one"
    );
    Diagnostic::new("accept-file", message)
        .help("run it on the whole suite, without `--shard`: only that can tell an access wall from mismatches")
}

fn find(path: &Path) -> Result<Destination, Vec<Diagnostic>> {
    Destination::find(path).map_err(|error| {
        let message = format!("`{}` cannot be written: {error}", path.display());
        vec![Diagnostic::new("accept-file", message)]
    })
}
