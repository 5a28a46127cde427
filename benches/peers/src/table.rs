//! Input: what was measured, by program and round. Output: medians, ratios, and tables in Markdown.

use std::fmt;

/// A table with a heading and what has to be known to read it.
pub(crate) struct Table {
    pub(crate) heading: String,
    pub(crate) note: String,
    pub(crate) columns: Vec<&'static str>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "## {}\n", self.heading)?;
        if !self.note.is_empty() {
            writeln!(f, "{}\n", self.note)?;
        }
        writeln!(f, "| {} |", self.columns.join(" | "))?;
        let rules = vec!["---"; self.columns.len()];
        writeln!(f, "|{}|", rules.join("|"))?;
        for row in &self.rows {
            writeln!(f, "| {} |", row.join(" | "))?;
        }
        Ok(())
    }
}

/// The one in the middle, or the mean of the two there; nothing of nothing.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        length if length % 2 == 1 => Some(values[middle]),
        _ => Some(f64::midpoint(values[middle - 1], values[middle])),
    }
}

/// The median of the ratios of those values that were measured in the same round.
pub(crate) fn paired(values: &[f64], to: &[f64]) -> Option<f64> {
    median(values.iter().zip(to).map(|(value, to)| value / to))
}

/// A figure for a table with so many digits after the point, and commas between thousands.
pub(crate) fn figure(value: Option<f64>, digits: usize) -> String {
    let Some(value) = value else {
        return "-".to_owned();
    };
    let text = format!("{value:.digits$}");
    let (whole, rest) = match text.split_once('.') {
        Some((whole, rest)) => (whole, format!(".{rest}")),
        None => (text.as_str(), String::new()),
    };
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + &rest
}

/// Bytes as MiB.
pub(crate) fn mebibytes(bytes: f64) -> f64 {
    bytes / f64::from(1 << 20)
}

#[cfg(test)]
mod tests {
    use super::{figure, median, paired};

    #[test]
    fn a_median_is_in_the_middle() {
        assert_eq!(median([]), None);
        assert_eq!(median([3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median([4.0, 1.0, 2.0, 3.0]), Some(2.5));
    }

    #[test]
    fn ratios_pair_up_by_round() {
        assert_eq!(paired(&[2.0, 40.0, 9.0], &[1.0, 10.0, 3.0]), Some(3.0));
    }

    #[test]
    fn figures_are_grouped() {
        assert_eq!(figure(Some(1_234_567.0), 0), "1,234,567");
        assert_eq!(figure(Some(123.456), 2), "123.46");
        assert_eq!(figure(None, 2), "-");
    }
}
