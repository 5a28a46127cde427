//! Input: the figures that have a goal. Output: a table of what was meant to be reached, and what was. A goal whose
//! figure could not be measured stays in it.

use crate::table::{Table, figure};

/// What is to be reached.
pub(crate) struct Goal {
    id: &'static str,
    what: &'static str,
    floor: f64,
    aim: f64,
    better: Better,
}

#[derive(PartialEq)]
enum Better {
    Less,
    More,
}

use Better::{Less, More};

/// What statusdiff is to reach; a floor binds, an aim is the direction. Ratios of speeds say how many times as fast
/// statusdiff is, ratios of walls how many times as long it takes.
const GOALS: [Goal; 23] = [
    goal("list speed oha", "list: req/s vs oha, ×", 0.85, 1.0, More),
    goal(
        "list speed wrk",
        "list: req/s vs wrk -t1, ×",
        0.60,
        0.75,
        More,
    ),
    goal(
        "list speed curl",
        "list: req/s vs curl --parallel, ×",
        3.0,
        4.0,
        More,
    ),
    goal(
        "list speed lychee",
        "list: req/s vs lychee, limits lifted, ×",
        4.0,
        5.0,
        More,
    ),
    goal(
        "list speed aiohttp",
        "list: req/s vs aiohttp, ×",
        6.0,
        9.0,
        More,
    ),
    goal("speed hurl", "suite: req/s vs hurl, ×", 4.0, 5.0, More),
    goal(
        "speed oha",
        "suite: req/s vs oha with a list, ×",
        0.85,
        1.0,
        More,
    ),
    goal(
        "speed wrk",
        "suite: req/s vs wrk -t1 with a list, ×",
        0.60,
        0.75,
        More,
    ),
    goal(
        "speed curl",
        "suite: req/s vs curl with a list, ×",
        3.0,
        4.0,
        More,
    ),
    goal(
        "speed lychee",
        "suite: req/s vs lychee with a list, ×",
        4.0,
        5.0,
        More,
    ),
    goal(
        "speed aiohttp",
        "suite: req/s vs aiohttp with a list, ×",
        6.0,
        9.0,
        More,
    ),
    goal(
        "instructions",
        "instructions per request",
        66_000.0,
        55_000.0,
        Less,
    ),
    goal(
        "latency 64",
        "50 ms, C=64: wall vs ideal, ×",
        1.05,
        1.03,
        Less,
    ),
    goal(
        "latency 512",
        "50 ms, C=512: wall vs ideal, ×",
        1.45,
        1.35,
        Less,
    ),
    goal(
        "peak",
        "peak memory, 30,000 requests, MiB",
        32.0,
        16.0,
        Less,
    ),
    goal(
        "yaml wall",
        "100,000 endpoints of YAML, --dry-run: wall, s",
        1.5,
        0.8,
        Less,
    ),
    goal(
        "yaml peak",
        "100,000 endpoints of YAML, --dry-run: peak, MiB",
        300.0,
        220.0,
        Less,
    ),
    goal(
        "list peak",
        "1,000,000 paths × 3: peak, MiB",
        160.0,
        80.0,
        Less,
    ),
    goal(
        "list speed",
        "req/s at 3,000,000 requests vs at 30,000, ×",
        0.95,
        1.0,
        More,
    ),
    goal(
        "cold http",
        "cold start, http: wall vs curl, ×",
        0.8,
        0.5,
        Less,
    ),
    goal(
        "cold https",
        "cold start, https with a given CA: wall vs curl, ×",
        0.8,
        0.6,
        Less,
    ),
    goal(
        "interrupt",
        "SIGINT at 1,000,000 × 3: report begins, s",
        1.0,
        1.0,
        Less,
    ),
    goal("binary", "binary, MB", 9.0, 6.0, Less),
];

const fn goal(id: &'static str, what: &'static str, floor: f64, aim: f64, better: Better) -> Goal {
    Goal {
        id,
        what,
        floor,
        aim,
        better,
    }
}

/// The figures that were asked for, each with the name of its goal; some could not be measured.
#[derive(Default)]
pub(crate) struct Figures(Vec<(String, Option<f64>)>);

impl Figures {
    /// Keeps a figure, or that there is none.
    pub(crate) fn push(&mut self, id: impl Into<String>, value: Option<f64>) {
        self.0.push((id.into(), value));
    }

    /// All goals that were to be measured.
    pub(crate) fn table(&self) -> Table {
        let mut rows = Vec::new();
        for goal in &GOALS {
            let Some(&(_, value)) = self.0.iter().find(|(id, _)| id == goal.id) else {
                // It belongs to a part that was not asked for.
                continue;
            };
            rows.push(vec![
                goal.what.to_owned(),
                digits(goal.floor),
                digits(goal.aim),
                value.map_or_else(|| "not measured".to_owned(), digits),
                value.map_or("-", |value| goal.met(value)).to_owned(),
            ]);
        }
        Table {
            heading: "Goals".to_owned(),
            note: "A floor binds, an aim is the direction. Where it says `not measured`, a program that this \
                   takes is missing or gave wrong answers."
                .to_owned(),
            columns: vec!["goal", "floor", "aim", "measured", "met"],
            rows,
        }
    }
}

impl Goal {
    fn met(&self, value: f64) -> &'static str {
        let reaches = |bound: f64| match self.better {
            Less => value <= bound,
            More => value >= bound,
        };
        if reaches(self.aim) {
            "aim"
        } else if reaches(self.floor) {
            "floor"
        } else {
            "**no**"
        }
    }
}

fn digits(value: f64) -> String {
    figure(Some(value), if value >= 100.0 { 0 } else { 2 })
}

#[cfg(test)]
mod tests {
    use super::Figures;

    #[test]
    fn a_goal_that_was_not_measured_stays() {
        let mut figures = Figures::default();
        figures.push("binary", Some(8.6));
        figures.push("cold http", None);
        let rows = figures.table().rows;
        let ends: Vec<&[String]> = rows.iter().map(|row| &row[3..]).collect();
        assert_eq!(ends, [["not measured", "-"], ["8.60", "floor"]]);
    }
}
