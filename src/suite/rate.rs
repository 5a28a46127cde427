//! Rates as a suite writes them.
//!
//! Input: `20/s`, `600/m`, `20/h`, `0.5/s`. Output: a [`Rate`]. It refuses nothing at all, a missing unit, more
//! than a million a second and less than one a day.

use std::time::Duration;

use super::Rate;

const UNITS: [(&str, f64); 3] = [("s", 1.0), ("m", 60.0), ("h", 3600.0)];
const FASTEST: Duration = Duration::from_micros(1);
const SLOWEST: Duration = Duration::from_hours(24);

/// Reads a rate; the error says what is wrong and what to write.
pub fn parse_rate(text: &str) -> Result<Rate, String> {
    if text.is_empty() {
        return Err("a rate is missing, expected one such as `20/s`".to_owned());
    }
    let Some((number, unit)) = text.split_once('/') else {
        return Err(match number(text) {
            Some(_) => format!("`{text}` has no unit, expected `{text}/s` or `{text}/m`"),
            None => no_rate(text),
        });
    };
    let unit = UNITS.iter().find(|(name, _)| *name == unit.trim_start());
    let (Some(number), Some((_, seconds))) = (self::number(number.trim_end()), unit) else {
        return Err(no_rate(text));
    };
    if number <= 0.0 {
        return Err(format!(
            "`{text}` would never get anywhere, expected more than nothing"
        ));
    }
    match Duration::try_from_secs_f64(seconds / number) {
        Ok(interval) if interval < FASTEST => {
            Err(format!("`{text}` is more than a million requests a second"))
        }
        Ok(interval) if interval <= SLOWEST => Ok(Rate { interval }),
        _ => Err(format!("`{text}` is less than one request a day")),
    }
}

fn no_rate(text: &str) -> String {
    format!("`{text}` is no rate, expected a number and a unit: `20/s`, `600/m`, `20/h`")
}

/// Digits, perhaps with a point between them.
fn number(text: &str) -> Option<f64> {
    let plain = text.chars().all(|c| c.is_ascii_digit() || c == '.')
        && !text.starts_with('.')
        && !text.ends_with('.');
    text.parse().ok().filter(|_| plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_rates() {
        for (text, microseconds) in [
            ("20/s", 50_000),
            ("600/m", 100_000),
            ("20/h", 180_000_000),
            ("0.5/s", 2_000_000),
            ("1.5/m", 40_000_000),
            ("20 / s", 50_000),
            ("1000000/s", 1),
        ] {
            let interval = Duration::from_micros(microseconds);
            assert_eq!(parse_rate(text), Ok(Rate { interval }), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_rate() {
        for (text, message) in [
            ("", "missing"),
            ("20", "no unit, expected `20/s`"),
            ("fast", "no rate"),
            ("20/", "no rate"),
            ("/s", "no rate"),
            ("20/d", "no rate"),
            ("20/S", "no rate"),
            ("-1/s", "no rate"),
            ("1e3/s", "no rate"),
            ("inf/s", "no rate"),
            ("1./s", "no rate"),
            (".5/s", "no rate"),
            ("1/2/s", "no rate"),
            ("0/s", "never"),
            ("0.0/h", "never"),
            ("2000000/s", "a million"),
            ("0.01/h", "a day"),
        ] {
            let error = parse_rate(text).unwrap_err();
            assert!(error.contains(message), "{text}: {error}");
        }
    }
}
