//! One comparison of several shards.
//!
//! Input: comparisons as reports have them, each with the name of its file. Output: the comparison of the whole.
//! What only the whole run can tell, such as walls, is told here. It refuses shards that do not belong together, are
//! missing, or are there twice.

use super::comparison::Comparison;
use super::ledger::{Ledger, Source};
use super::record::{EnvironmentRecord, Recorded};
use super::wall;
use crate::plan::Share;

/// Why reports cannot be merged, and what would mend it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct MergeError {
    /// What is wrong, naming the file.
    pub message: String,
    /// How to mend it.
    pub help: &'static str,
}

/// Makes one comparison of all shards of a run. A report that is whole already is taken alone.
///
/// # Errors
///
/// [`MergeError`], where they do not make one whole.
pub fn merge(mut reports: Vec<(String, Recorded)>) -> Result<Comparison, MergeError> {
    for (file, report) in &reports {
        let environments = report.environments.len();
        if report
            .rows
            .iter()
            .any(|row| row.probes.len() != environments)
        {
            return Err(error(
                format!("`{file}` has endpoints with other environments than it lists"),
                "merge the reports as `check` has written them",
            ));
        }
    }
    if let [(_, report)] = reports.as_slice()
        && report.share.is_none()
    {
        return reports
            .pop()
            .map(|(_, report)| Comparison::recorded(report))
            .ok_or_else(nothing);
    }
    let mut shares = Vec::new();
    for (file, report) in &reports {
        let Some(share) = &report.share else {
            return Err(whole(file));
        };
        shares.push((file.as_str(), share));
    }
    check_totals(&shares)?;
    for pair in reports.windows(2) {
        if let [one, other] = pair {
            check_alike(one, other)?;
        }
    }
    check_complete(&shares)?;
    reports
        .into_iter()
        .map(|(_, report)| report)
        .reduce(join)
        .map(|mut whole| {
            whole.rows.sort_by_key(|row| row.position);
            if whole.share.take().is_some_and(|share| share.is_part()) {
                judge_walls(&mut whole);
            }
            Comparison::recorded(whole)
        })
        .ok_or_else(nothing)
}

fn nothing() -> MergeError {
    error(
        "there is nothing to merge".to_owned(),
        "name the reports of all shards",
    )
}

fn whole(file: &str) -> MergeError {
    error(
        format!("`{file}` is the report of a whole run, and not of a shard"),
        "it can be merged with nothing else; by itself, `merge` makes other reports of it",
    )
}

fn check_totals(shares: &[(&str, &Share)]) -> Result<(), MergeError> {
    let mut shares = shares.iter();
    let Some((first, share)) = shares.next() else {
        return Err(nothing());
    };
    let total = share.shard.total();
    match shares.find(|(_, other)| other.shard.total() != total) {
        None => Ok(()),
        Some((file, other)) => Err(error(
            format!(
                "`{file}` is shard {}, but `{first}` is one of {total}",
                other.shard
            ),
            "all shards of a run have the same total",
        )),
    }
}

/// Whether two shards are of the same suite, the same selection and the same environments.
fn check_alike(
    (one, a): &(String, Recorded),
    (other, b): &(String, Recorded),
) -> Result<(), MergeError> {
    let differ = |what: &str, a: &str, b: &str| {
        error(
            format!("`{other}` does not belong to `{one}`: its {what} is `{b}`, not `{a}`"),
            "merge the shards of one run only",
        )
    };
    if a.suite != b.suite {
        return Err(differ("suite", &a.suite, &b.suite));
    }
    if a.name != b.name {
        let name = |report: &Recorded| report.name.clone().unwrap_or_default();
        return Err(differ("name", &name(a), &name(b)));
    }
    let whole = |report: &Recorded| report.share.as_ref().map(|share| share.whole.clone());
    if whole(a) != whole(b) {
        return Err(error(
            format!(
                "`{other}` does not belong to `{one}`: `{}` was not the same in both, or the selection was not",
                a.suite
            ),
            "give every machine the same revision of the suite, and the same `--tag` and `--only`",
        ));
    }
    if a.reference != b.reference {
        return Err(differ("reference", &a.reference, &b.reference));
    }
    let names = |report: &Recorded| {
        let names: Vec<_> = report
            .environments
            .iter()
            .map(|it| it.name.as_str())
            .collect();
        names.join(", ")
    };
    if names(a) != names(b) {
        return Err(error(
            format!(
                "`{other}` does not belong to `{one}`: its environments are {}, not {}",
                names(b),
                names(a)
            ),
            "give every machine the same `--env`",
        ));
    }
    match a
        .environments
        .iter()
        .zip(&b.environments)
        .find(|(a, b)| !is_same_place(a, b))
    {
        None => Ok(()),
        Some((a, b)) => Err(differ(&format!("`{}`", a.name), &a.base_url, &b.base_url)),
    }
}

fn is_same_place(a: &EnvironmentRecord, b: &EnvironmentRecord) -> bool {
    let same_urls = || a.base_url == b.base_url && a.services == b.services;
    a.kind == b.kind && a.embedded == b.embedded && (a.embedded || same_urls())
}

/// Whether every shard is there once.
fn check_complete(shares: &[(&str, &Share)]) -> Result<(), MergeError> {
    let mut by_index: Vec<_> = shares
        .iter()
        .map(|(file, share)| (share.shard, *file))
        .collect();
    by_index.sort_by_key(|(shard, _)| shard.index());
    for pair in by_index.windows(2) {
        if let [(one, first), (other, second)] = pair
            && one == other
        {
            return Err(error(
                format!("shard {one} is there twice: `{first}` and `{second}`"),
                "leave one of them out",
            ));
        }
    }
    let total = by_index.first().map_or(0, |(shard, _)| shard.total());
    let is_there = |index: &u32| by_index.iter().any(|(shard, _)| shard.index() == *index);
    let missing: Vec<_> = (1..=total)
        .filter(|index| !is_there(index))
        .take(MOST_NAMED)
        .map(|index| format!("{index}/{total}"))
        .collect();
    // None of them is there twice.
    let unnamed = (total as usize).saturating_sub(by_index.len() + missing.len());
    let message = match (missing.as_slice(), unnamed) {
        ([], _) => return Ok(()),
        ([one], 0) => format!("shard {one} is missing"),
        ([some @ .., last], 0) => format!("shards {} and {last} are missing", some.join(", ")),
        (some, _) => format!("shards {} and {unnamed} more are missing", some.join(", ")),
    };
    Err(error(
        message,
        "name the reports of all shards; one that was not written may tell why in its job's log",
    ))
}

/// How many of the missing shards are named: who mistyped a total need not read them all.
const MOST_NAMED: usize = 20;

/// Two shards as one; times span both.
fn join(mut one: Recorded, other: Recorded) -> Recorded {
    let end = |report: &Recorded| {
        let after_start = report
            .started_at
            .duration_since(one.started_at.min(other.started_at));
        after_start.unsigned_abs() + report.duration
    };
    one.duration = end(&one).max(end(&other));
    one.started_at = one.started_at.min(other.started_at);
    one.end = one.end.max(other.end);
    // The reference is asked, and so told of, only by shards that need it: the longer list has it in its place.
    if other.insecure.len() > one.insecure.len() {
        one.insecure = other.insecure;
    }
    one.acceptance = match (one.acceptance, other.acceptance) {
        (Some(one), Some(other)) => Some(one.and(other)),
        (one, other) => one.or(other),
    };
    one.rows.extend(other.rows);
    one
}

/// Raises the walls that no shard could see alone.
fn judge_walls(whole: &mut Recorded) {
    let judged: Vec<_> = (0..whole.environments.len()).collect();
    let walls = wall::all(Ledger {
        source: Source::Recorded(whole),
        judged: &judged,
    });
    whole.put_behind_walls(walls);
    if let Some(mut acceptance) = whole.acceptance.take() {
        acceptance.withdraw(Ledger {
            source: Source::Recorded(whole),
            judged: &judged,
        });
        whole.acceptance = Some(acceptance);
    }
}

fn error(message: String, help: &'static str) -> MergeError {
    MergeError { message, help }
}
