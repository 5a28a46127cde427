//! Durations as a suite and the command line write them.
//!
//! Input: `250ms`, `10s`, `2m`, `1h`, `1.5s`. Output: a [`Duration`]. It refuses zero, a missing unit and
//! anything longer than a year.

use std::time::Duration;

const UNITS: [(&str, f64); 4] = [("ms", 0.001), ("s", 1.0), ("m", 60.0), ("h", 3600.0)];
const YEAR: f64 = 365.0 * 24.0 * 3600.0;

/// Reads a duration; the error says what is wrong and what to write.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let digits = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    if text.is_empty() {
        return Err("a duration is missing, expected one such as `10s`".to_owned());
    }
    if unit.is_empty() && number.parse::<f64>().is_ok() {
        return Err(format!(
            "`{text}` has no unit, expected `{text}s` or `{text}ms`"
        ));
    }
    let unit = unit.trim_start();
    let scale = UNITS
        .iter()
        .find(|(name, _)| *name == unit)
        .map(|(_, scale)| scale);
    let plain = !number.starts_with('.') && !number.ends_with('.');
    let seconds = match (number.parse::<f64>(), scale) {
        (Ok(number), Some(scale)) if plain => number * scale,
        _ => {
            return Err(format!(
                "`{text}` is no duration, expected a number and a unit: `250ms`, `10s`, `2m`, `1h`"
            ));
        }
    };
    match Duration::try_from_secs_f64(seconds) {
        Ok(Duration::ZERO) => Err(format!(
            "`{text}` is no time at all, expected more than nothing"
        )),
        Ok(duration) if seconds <= YEAR => Ok(duration),
        _ => Err(format!("`{text}` is longer than a year")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_durations() {
        for (text, milliseconds) in [
            ("250ms", 250),
            ("10s", 10_000),
            ("2m", 120_000),
            ("1h", 3_600_000),
            ("1.5s", 1500),
            ("10 s", 10_000),
        ] {
            assert_eq!(
                parse_duration(text),
                Ok(Duration::from_millis(milliseconds)),
                "{text}"
            );
        }
        for text in [
            "",
            "10",
            "0s",
            "0ms",
            "-1s",
            "s",
            "1.s",
            ".5s",
            "1d",
            "10S",
            "1e3s",
            "99999999h",
            "1..5s",
        ] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }
}
