//! Styled cells, laid out in columns.
//!
//! Input: rows of cells and a width. Output: lines that fit, with colour only where it is wanted. It refuses to
//! change a text, but for where it folds.

use std::io;

use anstyle::Style;
use tabled::Table;
use tabled::builder::Builder;
use tabled::settings::style::Style as Borders;
use tabled::settings::{Color, Padding};

use super::fold::{self, longest_piece, width};

/// Cells, each with its style.
#[derive(Default)]
pub(super) struct Sheet {
    rows: Vec<Vec<(String, Style)>>,
}

/// Where a sheet goes.
pub(super) struct Canvas<'o> {
    pub(super) out: &'o mut dyn io::Write,
    pub(super) width: usize,
    pub(super) color: bool,
}

/// Room for a status and a short word beside it.
const READABLE: usize = 13;
/// Before lines that continue a cell, so that rows can be told apart.
const INDENT: &str = "  ";

impl Sheet {
    pub(super) fn push(&mut self, cells: impl IntoIterator<Item = (String, Style)>) {
        self.rows.push(cells.into_iter().collect());
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Whether a grid of these cells is readable in `width` columns.
    pub(super) fn fits_grid(&self, width: usize) -> bool {
        let room = grid_room(self.columns(), width);
        self.natural().iter().sum::<usize>() <= room || self.columns() * READABLE <= room
    }

    /// With lines around and below the first row. Lines that continue a cell are indented, so that rows can be
    /// told apart.
    pub(super) fn grid(mut self, canvas: &mut Canvas<'_>) -> io::Result<()> {
        let room = grid_room(self.columns(), canvas.width);
        let mut shares = self.natural();
        if shares.iter().sum::<usize>() > room {
            // A header folds rather than take room from the cells below it.
            let headers = self
                .rows
                .first()
                .into_iter()
                .flatten()
                .map(|(text, _)| longest_piece(text) + INDENT.len());
            let bodies = widths(self.rows.get(1..).unwrap_or_default(), self.columns());
            let wanted: Vec<usize> = headers
                .zip(&bodies)
                .zip(&shares)
                .map(|((header, body), natural)| header.max(*body).min(*natural))
                .collect();
            let least: Vec<usize> = wanted.iter().map(|wanted| READABLE.min(*wanted)).collect();
            shares = fold::shares(&wanted, &least, room);
        }
        self.fold(&shares, INDENT);
        let mut table = self.table(canvas.color);
        table.with(Borders::rounded());
        print(&table, canvas)
    }

    /// Behind a vertical line: a log that reads commands from the start of a line then never sees one that a
    /// server wrote. The last column folds.
    pub(super) fn quoted(mut self, canvas: &mut Canvas<'_>) -> io::Result<()> {
        self.fold_last(canvas.width.saturating_sub(1), 1, "");
        let mut table = self.table(canvas.color);
        table
            .with(Borders::empty().left('│'))
            .with(Padding::new(1, 0, 0, 0));
        print(&table, canvas)
    }

    /// Indented by `indent`, which is also the space between columns. The last column folds.
    pub(super) fn plain(mut self, indent: usize, canvas: &mut Canvas<'_>) -> io::Result<()> {
        self.fold_last(canvas.width, indent, INDENT);
        let mut table = self.table(canvas.color);
        table
            .with(Borders::empty())
            .with(Padding::new(indent, 0, 0, 0));
        print(&table, canvas)
    }

    fn fold_last(&mut self, room: usize, padding: usize, indent: &str) {
        let mut shares = self.natural();
        let taken: usize = shares.iter().rev().skip(1).sum();
        if let Some(last) = shares.last_mut() {
            *last = room
                .saturating_sub(taken + padding * self.columns())
                .max(READABLE);
        }
        self.fold(&shares, indent);
    }

    fn fold(&mut self, shares: &[usize], indent: &str) {
        for ((text, _), share) in self
            .rows
            .iter_mut()
            .flat_map(|row| row.iter_mut().zip(shares))
        {
            *text = fold::fold(text, *share, indent);
        }
    }

    fn columns(&self) -> usize {
        self.rows.first().map_or(0, Vec::len)
    }

    /// How wide each column is where nothing folds.
    fn natural(&self) -> Vec<usize> {
        widths(&self.rows, self.columns())
    }

    fn table(self, color: bool) -> Table {
        let mut styles = Vec::new();
        let mut builder = Builder::default();
        for (row, cells) in self.rows.into_iter().enumerate() {
            let painted = cells
                .iter()
                .enumerate()
                .filter(|(_, (_, style))| color && *style != Style::new());
            styles.extend(painted.map(|(column, (_, style))| ((row, column), *style)));
            builder.push_record(cells.into_iter().map(|(text, _)| text));
        }
        let mut table = builder.build();
        for (cell, style) in styles {
            table.modify(
                cell,
                Color::new(style.render().to_string(), style.render_reset().to_string()),
            );
        }
        table
    }
}

/// The widest cell of each column.
fn widths(rows: &[Vec<(String, Style)>], columns: usize) -> Vec<usize> {
    let widest = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|(text, _)| width(text))
            .max()
            .unwrap_or(0)
    };
    (0..columns).map(widest).collect()
}

/// What the lines and spaces of a grid leave.
fn grid_room(columns: usize, width: usize) -> usize {
    width.saturating_sub(3 * columns + 1)
}

fn print(table: &Table, canvas: &mut Canvas<'_>) -> io::Result<()> {
    for line in table.to_string().lines() {
        writeln!(canvas.out, "{}", line.trim_end())?;
    }
    Ok(())
}
