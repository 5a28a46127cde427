//! Markdown: what went wrong, for a pull request, an issue or the summary of a step.
//!
//! Input: a comparison. Output: the verdict, the counts, what they usually mean, and a table of mismatches;
//! folded, what else there is to know. In fewer than 65,000 characters: what does not fit is counted. Text
//! that is not our own stands in code spans, so that it mentions nobody and links to nothing.

mod page;
mod span;

use std::io;

use self::page::Page;
use self::span::{block, cell, code};
use super::Options;
use super::cell::{endpoint, mark, plain};
use super::finding::findings;
use super::news::News;
use super::summary;
use super::text::counted;
use crate::compare::{Comparison, EnvironmentView, Probe, Row, Tally, Verdict};

/// Writes the whole report.
pub(super) fn render(
    comparison: &Comparison,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let page = &mut Page::new(out);
    let (verdict, ending) = summary::ending(comparison, options.exit);
    let suite = code(comparison.suite());
    let name = comparison
        .name()
        .map_or_else(|| suite.clone(), |name| format!("{} ({suite})", code(name)));
    let part = summary::part(comparison);
    page.offer(&format!("### {} {name}{part}\n\n", mark(verdict)))?;
    page.put(&format!("**{ending}**: {}\n", summary::counts(comparison)))?;
    write_findings(comparison, page)?;
    write_rows(comparison, options.all, page)?;
    write_environments(comparison, page)?;
    write_commands(comparison, page)
}

fn write_findings(comparison: &Comparison, page: &mut Page<'_>) -> io::Result<()> {
    let findings = findings(comparison);
    if findings.is_empty() {
        return Ok(());
    }
    page.lines("\n", findings.iter(), |finding| {
        let mark = finding.verdict.map_or("·", mark);
        format!("- {mark} {}\n", code(&finding.text))
    })
}

/// The mismatches for everybody to see, the rest folded; where there are none, the rest is what there is to see.
fn write_rows(comparison: &Comparison, all: bool, page: &mut Page<'_>) -> io::Result<()> {
    let news = &News::of(comparison);
    let rows = |wanted: fn(&News, Row<'_>) -> bool| {
        comparison.rows().filter(move |row| wanted(news, *row))
    };
    let mismatches = rows(is_mismatch);
    let has_mismatches = mismatches.clone().next().is_some();
    if has_mismatches {
        page.put("\n")?;
        write_table(comparison, news, mismatches, page)?;
    }
    let others = rows(|news, row| news.in_row(row) && !is_mismatch(news, row));
    let count = others.clone().count();
    if count > 0 {
        let title = format!("{} with errors or retries", counted(count, "endpoint"));
        fold(&title, !has_mismatches, page, |page| {
            write_table(comparison, news, others, page)
        })?;
    }
    let quiet = rows(|news, row| news.lists(row, true) && !news.in_row(row));
    let count = quiet.clone().count();
    if all && count > 0 {
        let title = format!("{} with no news", counted(count, "endpoint"));
        fold(&title, false, page, |page| {
            write_table(comparison, news, quiet, page)
        })?;
    }
    Ok(())
}

fn is_mismatch(news: &News, row: Row<'_>) -> bool {
    row.probes().enumerate().any(|(environment, probe)| {
        probe.verdict() == Verdict::Mismatch && news.in_probe(environment, probe)
    })
}

fn write_table<'c>(
    comparison: &'c Comparison,
    news: &News,
    rows: impl Iterator<Item = Row<'c>>,
    page: &mut Page<'_>,
) -> io::Result<()> {
    let several = comparison.environments().len() > 1;
    let headers = comparison.environments().map(|environment| {
        let is_reference = several && comparison.reference() == environment.name();
        let reference = if is_reference { " (reference)" } else { "" };
        format!("{}{reference}", cell(environment.name()))
    });
    page.lines(&head("endpoint", headers), rows, |row| {
        let probes = row.probes().enumerate();
        let cells = probes.map(|(index, probe)| probe_cell(probe, news.is_uniform(index)));
        line(std::iter::once(cell(&endpoint(row))).chain(cells))
    })
}

/// What each environment answered, and how often.
fn write_environments(comparison: &Comparison, page: &mut Page<'_>) -> io::Result<()> {
    fold("what each environment answered", false, page, |page| {
        let names = counts(comparison, Tally::default()).map(|(name, _)| name);
        let columns: Vec<_> = names.chain(["statuses"]).map(str::to_owned).collect();
        page.lines(
            &head("environment", columns.into_iter()),
            comparison.environments(),
            |environment| environment_line(comparison, environment),
        )
    })
}

fn environment_line(comparison: &Comparison, environment: EnvironmentView<'_>) -> String {
    let counts = counts(comparison, environment.tally()).map(|(_, count)| count.to_string());
    let cells = std::iter::once(cell(environment.name()))
        .chain(counts)
        .chain([summary::census(environment)]);
    line(cells)
}

/// The commands that repeat what has a place in the tables above.
fn write_commands(comparison: &Comparison, page: &mut Page<'_>) -> io::Result<()> {
    let news = &News::of(comparison);
    let mut commands = comparison
        .rows()
        .flat_map(|row| {
            let probes = row.probes().enumerate();
            let told = probes.filter(|(environment, probe)| news.in_probe(*environment, *probe));
            told.filter_map(move |(_, probe)| Some((row, probe, probe.curl()?)))
        })
        .peekable();
    if commands.peek().is_none() {
        return Ok(());
    }
    fold("how to repeat what went wrong", false, page, |page| {
        page.lines("", commands, |(row, probe, command)| {
            let title = format!("{}: {}", probe.environment(), endpoint(row));
            format!("{}\n\n{}", code(&title), block(&command))
        })
    })
}

/// The columns of counts; nobody needs one for what was never accepted.
fn counts(
    comparison: &Comparison,
    tally: Tally,
) -> impl Iterator<Item = (&'static str, usize)> + use<> {
    let accepts = comparison.acceptance().is_some();
    [
        ("matched", tally.matched),
        ("mismatched", tally.mismatched),
        ("accepted", tally.accepted),
        ("errors", tally.errors),
        ("skipped", tally.skipped),
        ("flaky", tally.flaky),
    ]
    .into_iter()
    .filter(move |(name, _)| accepts || *name != "accepted")
}

/// Something that opens at a click; blank lines make it Markdown again.
fn fold<'w>(
    title: &str,
    is_open: bool,
    page: &mut Page<'w>,
    content: impl FnOnce(&mut Page<'w>) -> io::Result<()>,
) -> io::Result<()> {
    let open = if is_open { " open" } else { "" };
    page.put(&format!("\n<details{open}><summary>{title}</summary>\n\n"))?;
    content(page)?;
    page.put("\n</details>\n")
}

fn probe_cell(probe: Probe<'_>, brief: bool) -> String {
    let text = plain(probe, brief);
    match probe.verdict() {
        // Nothing but a number of our own.
        Verdict::Match => text,
        Verdict::Skipped => mark(Verdict::Skipped).to_owned(),
        verdict @ (Verdict::Mismatch | Verdict::Accepted | Verdict::Error) => {
            format!("{} {}", mark(verdict), cell(&text))
        }
    }
}

/// The first line of a table, and the one below it.
fn head(first: &str, others: impl ExactSizeIterator<Item = String>) -> String {
    let columns = others.len() + 1;
    let names = line(std::iter::once(first.to_owned()).chain(others));
    format!("{names}|{}\n", "---|".repeat(columns))
}

fn line(cells: impl Iterator<Item = String>) -> String {
    let cells: Vec<String> = cells.collect();
    format!("| {} |\n", cells.join(" | "))
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use crate::report::sample::{cut_short, down, green, known, long, rendered, shop, wall};
    use crate::report::{Format, Options};

    #[test]
    fn shows_mismatches_and_folds_the_rest() {
        let text = rendered(Format::Markdown, &shop(), |options| options);
        assert_snapshot!("shop-markdown", text);
    }

    #[test]
    fn counts_what_is_accepted() {
        let text = rendered(Format::Markdown, &known(), |options| options);
        assert_snapshot!("known-markdown", text);
    }

    #[test]
    fn shows_errors_where_there_is_nothing_worse() {
        let text = rendered(Format::Markdown, &down(), |options| options);
        assert_snapshot!("down-markdown", text);
    }

    #[test]
    fn says_what_was_never_asked() {
        let text = rendered(Format::Markdown, &cut_short(), |options| options);
        assert_snapshot!("cut-short-markdown", text);
    }

    #[test]
    fn says_little_where_all_is_well() {
        let text = rendered(Format::Markdown, &green(), |options| Options {
            all: true,
            ..options
        });
        assert_snapshot!("green-markdown", text);
    }

    #[test]
    fn fits_a_comment() {
        let text = rendered(Format::Markdown, &wall(), |options| options);
        assert!(text.contains("| `/209` |"), "{text}");
        let text = rendered(Format::Markdown, &long(3000), |options| Options {
            all: true,
            ..options
        });
        assert!(text.chars().count() < 65_000);
        let rows = text.lines().filter(|line| line.starts_with("| `/prod"));
        let more = format!("\n… and {} more;", 2999 - rows.count());
        assert!(text.contains(&more), "no {more:?} in {text}");
        assert_eq!(
            text.matches("<details").count(),
            text.matches("</details>").count()
        );
    }
}
