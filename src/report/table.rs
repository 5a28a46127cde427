//! The table: what went wrong, for a person at a terminal or in a log.
//!
//! Input: a comparison and a width. Output: the rows that have something to say, as a grid or, where that
//! would be too narrow, as a list; then findings, counts and the verdict, so that the end of a log tells it
//! all. It refuses to cut a path off, and to print a wall: JSON has every row.

mod fold;
mod sheet;
mod twins;

use std::io;

use anstyle::{AnsiColor, Style};

use self::sheet::{Canvas, Sheet};
use self::twins::Twins;
use super::Options;
use super::cell::{endpoint, endpoint_of_group, mark, words};
use super::finding::findings;
use super::news::News;
use super::summary;
use super::text::escaped;
use crate::compare::{Comparison, Row, Verdict};

/// More rows than anybody reads.
const MOST_ROWS: usize = 200;
/// A grid in fewer columns is not readable.
const NARROWEST_GRID: usize = 60;

/// Writes the whole report.
pub(super) fn render(
    comparison: &Comparison,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let canvas = &mut Canvas {
        out,
        width: options.width,
        color: options.color,
    };
    write_rows(comparison, options.all, canvas)?;
    write_findings(comparison, canvas)?;
    write_summary(comparison, options, canvas)
}

fn write_rows(comparison: &Comparison, all: bool, canvas: &mut Canvas<'_>) -> io::Result<()> {
    let news = News::of(comparison);
    let mut listed = comparison.rows().filter(|row| news.lists(*row, all));
    let mut rows: Vec<Row<'_>> = listed.by_ref().take(MOST_ROWS).collect();
    let more = listed.count();
    group(&mut rows);
    if rows.is_empty() {
        return Ok(());
    }
    let twins = Twins::of(comparison, &rows);
    let grid = grid(comparison, &rows, (&news, &twins));
    if canvas.width >= NARROWEST_GRID && grid.fits_grid(canvas.width) {
        grid.grid(canvas)?;
    } else {
        rows.iter()
            .try_for_each(|row| write_block(*row, (&news, &twins), canvas))?;
    }
    if more > 0 {
        writeln!(
            canvas.out,
            "… and {more} more; `--format json` has them all"
        )?;
    }
    writeln!(canvas.out)
}

/// Brings together what belongs to one service; first comes what belongs to none.
fn group(rows: &mut [Row<'_>]) {
    let mut services = vec![None];
    for row in rows.iter() {
        if !services.contains(&row.service()) {
            services.push(row.service());
        }
    }
    rows.sort_by_key(|row| {
        services
            .iter()
            .position(|service| *service == row.service())
    });
}

/// One row for each endpoint, one column for each environment; each service below a heading of its own.
fn grid<'c>(
    comparison: &Comparison,
    rows: &[Row<'c>],
    (news, twins): (&News, &Twins<'c>),
) -> Sheet {
    let bold = Style::new().bold();
    let several = comparison.environments().len() > 1;
    let headers = comparison.environments().map(|environment| {
        let is_reference = several && comparison.reference() == environment.name();
        format!(
            "{}{}",
            environment.name(),
            if is_reference { " (reference)" } else { "" }
        )
    });
    let mut sheet = Sheet::default();
    sheet.push(
        std::iter::once("endpoint".to_owned())
            .chain(headers)
            .map(|header| (header, bold)),
    );
    let mut service = None;
    for row in rows {
        if row.service() != service {
            service = row.service();
            let heading = format!("{}:", service.unwrap_or_default());
            let rest = comparison.environments().map(|_| String::new());
            sheet.push(
                std::iter::once(heading)
                    .chain(rest)
                    .map(|text| (text, bold)),
            );
        }
        let cells = row.probes().enumerate().map(|(environment, probe)| {
            (
                words(probe, news.is_uniform(environment)),
                style(probe.verdict()),
            )
        });
        sheet.push(
            std::iter::once((told(endpoint_of_group(*row), *row, twins), Style::new()))
                .chain(cells),
        );
    }
    sheet
}

/// The endpoint in these words, and its file where only that tells it.
fn told<'c>(words: String, row: Row<'c>, twins: &Twins<'c>) -> String {
    match twins.file(row) {
        Some(file) => format!("{words} in {}", escaped(file)),
        None => words,
    }
}

/// The endpoint, and below it one line for each environment.
fn write_block<'c>(
    row: Row<'c>,
    (news, twins): (&News, &Twins<'c>),
    canvas: &mut Canvas<'_>,
) -> io::Result<()> {
    let mut head = Sheet::default();
    let verdict = row.verdict();
    head.push([(
        format!("{} {}", mark(verdict), told(endpoint(row), row, twins)),
        style(verdict).bold(),
    )]);
    head.plain(0, canvas)?;
    let mut sheet = Sheet::default();
    for (environment, probe) in row
        .probes()
        .enumerate()
        .filter(|(_, probe)| probe.verdict() != Verdict::Skipped)
    {
        let cell = words(probe, news.is_uniform(environment));
        sheet.push([
            (probe.environment().to_owned(), Style::new()),
            (cell, style(probe.verdict())),
        ]);
    }
    sheet.quoted(canvas)
}

fn write_findings(comparison: &Comparison, canvas: &mut Canvas<'_>) -> io::Result<()> {
    let mut sheet = Sheet::default();
    for finding in findings(comparison) {
        let (mark, style) = finding.verdict.map_or(("·", Style::new()), |verdict| {
            (mark(verdict), style(verdict))
        });
        sheet.push([(mark.to_owned(), style), (finding.text, Style::new())]);
    }
    if sheet.is_empty() {
        return Ok(());
    }
    sheet.quoted(canvas)?;
    writeln!(canvas.out)
}

fn write_summary(
    comparison: &Comparison,
    options: &Options,
    canvas: &mut Canvas<'_>,
) -> io::Result<()> {
    let mut counts = Sheet::default();
    counts.push([(summary::counts(comparison), Style::new())]);
    counts.plain(0, canvas)?;
    let mut census = Sheet::default();
    for environment in comparison.environments() {
        let text = summary::census(environment);
        census.push([
            (environment.name().to_owned(), Style::new()),
            (text, Style::new()),
        ]);
    }
    if !census.is_empty() {
        census.plain(2, canvas)?;
    }
    let (result, text) = summary::verdict(comparison, options.exit);
    let style = if result == Verdict::Match {
        AnsiColor::Green.on_default()
    } else {
        style(result)
    };
    let mut verdict = Sheet::default();
    verdict.push([(text, style.bold())]);
    verdict.plain(0, canvas)
}

const fn style(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Match => Style::new(),
        Verdict::Mismatch => AnsiColor::Red.on_default(),
        Verdict::Error => AnsiColor::Yellow.on_default(),
        Verdict::Accepted | Verdict::Skipped => Style::new().dimmed(),
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use crate::report::sample::{
        clones, cut_short, down, green, known, rendered, shop, system, unsteady, wall, walled,
    };
    use crate::report::{Format, Options};

    #[test]
    fn fits_any_width() {
        for width in [40, 60, 80, 100, 160] {
            let text = rendered(Format::Table, &shop(), |options| Options {
                width,
                ..options
            });
            for line in text.lines() {
                assert!(super::fold::width(line) <= width, "{width}: {line}");
            }
            assert_snapshot!(format!("shop-{width}"), text);
        }
    }

    #[test]
    fn tells_what_is_accepted_and_what_is_left_of_the_list() {
        let text = rendered(Format::Table, &known(), |options| options);
        assert_snapshot!("known", text);
    }

    #[test]
    fn colour_adds_nothing_but_colour() {
        let plain = rendered(Format::Table, &shop(), |options| options);
        let colored = rendered(Format::Table, &shop(), |options| Options {
            color: true,
            ..options
        });
        assert_eq!(anstream::adapter::strip_str(&colored).to_string(), plain);
        assert_snapshot!("shop-color", colored.replace('\u{1b}', "␛"));
    }

    #[test]
    fn lists_everything_on_demand() {
        assert_snapshot!(
            "green-all",
            rendered(Format::Table, &green(), |options| Options {
                all: true,
                ..options
            })
        );
    }

    #[test]
    fn tells_whole_environments_once() {
        assert_snapshot!("down", rendered(Format::Table, &down(), |options| options));
    }

    #[test]
    fn tells_walls_once_and_what_varies_with_how_often() {
        for (name, comparison) in [("walled", walled()), ("unsteady", unsteady())] {
            assert_snapshot!(
                name,
                rendered(Format::Table, &comparison, |options| options)
            );
        }
    }

    #[test]
    fn tells_what_was_never_asked() {
        assert_snapshot!(
            "cut-short",
            rendered(Format::Table, &cut_short(), |options| options)
        );
    }

    #[test]
    fn many_environments_become_a_list() {
        assert_snapshot!(
            "clones",
            rendered(Format::Table, &clones(), |options| options)
        );
    }

    #[test]
    fn groups_by_service() {
        assert_snapshot!(
            "system",
            rendered(Format::Table, &system(), |options| options)
        );
    }

    #[test]
    fn is_never_a_wall() {
        let text = rendered(Format::Table, &wall(), |options| options);
        assert!(
            text.contains("\n… and 5 more; `--format json` has them all\n"),
            "{text}"
        );
        assert!(text.lines().count() < 220);
    }

    #[test]
    fn says_little_where_all_is_well() {
        assert_snapshot!(
            "green",
            rendered(Format::Table, &green(), |options| options)
        );
    }

    #[test]
    fn nothing_from_a_server_reaches_the_terminal_raw() {
        let text = rendered(Format::Table, &shop(), |options| options);
        assert!(text.contains("\\u{1b}[31mobey\\u{202e}"), "{text}");
        assert!(!text.contains(['\u{1b}', '\r', '\u{202e}']), "{text}");
        assert!(
            !text.lines().any(|line| line.trim_start().starts_with("::")),
            "{text}"
        );
    }
}
