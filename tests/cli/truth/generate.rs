//! Random suites, and random answers to them.

use std::fmt::{self, Write};

use fastrand::Rng;

use super::oracle::{Atom, Expectation, Verdict, judge};

pub(super) const ENVIRONMENTS: [&str; 3] = ["development", "staging", "production"];
/// The path of each base URL.
pub(super) const PREFIXES: [&str; 3] = ["", "/shop", "/shop/v2"];
pub(super) const REFERENCE: usize = 2;

/// What the answers are like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mood {
    /// Anything may come.
    Wild,
    /// Every answer matches.
    Matching,
    /// Every answer matches, or the reference is none.
    Inconclusive,
    /// Every answer but one matches.
    OneMismatch,
}

/// An endpoint and what each environment answers to it.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) method: &'static str,
    pub(super) path: String,
    /// By environment; none where the endpoint is limited to others.
    pub(super) expectations: [Option<Expectation>; 3],
    /// How they are written in the suite.
    spelling: Spelling,
    pub(super) same: bool,
    pub(super) answers: [Answer; 3],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spelling {
    /// Not at all: `same` by default.
    Nothing,
    /// One for all environments.
    Shared,
    /// A mapping that names every environment.
    EachNamed,
    /// A mapping with a `default` for all but the first.
    WithDefault,
}

#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// As sent, with `{own}` for the server's own origin.
    pub(super) location: Option<String>,
    /// Where it leads to, in words that every environment shares.
    pub(super) place: Option<String>,
    pub(super) body: String,
    /// In milliseconds.
    pub(super) delay: u64,
}

pub(super) fn cases(rng: &mut Rng, count: usize, mood: Mood) -> Vec<Case> {
    let odd_one_out = rng.usize(..count);
    (0..count)
        .map(|at| {
            let wanted = |verdict| match mood {
                Mood::Wild => true,
                Mood::Inconclusive => verdict != Verdict::Mismatch,
                Mood::Matching | Mood::OneMismatch => {
                    matches!(verdict, Verdict::Match | Verdict::Skipped)
                }
            };
            loop {
                let case = case(rng, at);
                let verdicts = [0, 1, 2].map(|environment| judge(&case, environment).verdict);
                let mismatches = verdicts.iter().filter(|v| **v == Verdict::Mismatch).count();
                let errors = verdicts.contains(&Verdict::NoReference);
                let right = if mood == Mood::OneMismatch && at == odd_one_out {
                    mismatches == 1 && !errors
                } else {
                    verdicts.into_iter().all(wanted)
                };
                if right {
                    return case;
                }
            }
        })
        .collect()
}

fn case(rng: &mut Rng, at: usize) -> Case {
    let spelling = *pick(
        rng,
        &[
            Spelling::Nothing,
            Spelling::Shared,
            Spelling::Shared,
            Spelling::Shared,
            Spelling::EachNamed,
            Spelling::WithDefault,
        ],
    );
    let first = if spelling == Spelling::Nothing {
        Expectation::Same
    } else {
        expectation(rng, true)
    };
    // Where there are several, the reference's own is never `same`: it would say nothing.
    let mut expectations = match spelling {
        Spelling::Nothing | Spelling::Shared => [0; 3].map(|_| Some(first.clone())),
        Spelling::EachNamed => [
            Some(first),
            Some(expectation(rng, true)),
            Some(expectation(rng, false)),
        ],
        Spelling::WithDefault => {
            let default = expectation(rng, false);
            [Some(first), Some(default.clone()), Some(default)]
        }
    };
    // Limited to the reference and others, so that `same` keeps its reference and has somebody to judge.
    if rng.u8(..8) == 0 {
        expectations[rng.usize(..REFERENCE)] = None;
    }
    let written = spelling != Spelling::Nothing
        && !matches!(expectations[REFERENCE], Some(Expectation::Same));
    let query = if rng.u8(..6) == 0 {
        "?page=2&sort=a"
    } else {
        ""
    };
    Case {
        method: METHODS[rng.usize(..METHODS.len())],
        path: format!("/{}/{at}{query}", pick(rng, &["api", "pages", "a/b/c"])),
        same: written && rng.u8(..6) == 0 && !expectations.iter().flatten().any(is_same),
        answers: answers(rng, &expectations),
        expectations,
        spelling,
    }
}

fn is_same(expectation: &Expectation) -> bool {
    matches!(expectation, Expectation::Same)
}

fn expectation(rng: &mut Rng, same: bool) -> Expectation {
    loop {
        let expectation = match rng.u8(..10) {
            0..=4 => Expectation::One(atom(rng)),
            5..=6 => Expectation::List((0..rng.usize(1..=4)).map(|_| atom(rng)).collect()),
            7..=8 => {
                let atom = match rng.u8(..4) {
                    0 => Atom::Class(3),
                    1 => Atom::Range(301, 303),
                    _ => Atom::Status(*pick(rng, &REDIRECTS)),
                };
                Expectation::Redirect(atom, place(rng))
            }
            _ if same => Expectation::Same,
            _ => continue,
        };
        // One that nothing can meet is a mistake in the suite.
        if (200..=999).any(|status| expectation.admits_status(status)) && !repeats(&expectation) {
            return expectation;
        }
    }
}

/// Lists with the same item twice: nobody would write them.
fn repeats(expectation: &Expectation) -> bool {
    let Expectation::List(atoms) = expectation else {
        return false;
    };
    let mut texts: Vec<_> = atoms.iter().map(Atom::to_string).collect();
    texts.sort();
    texts.windows(2).any(|pair| pair[0] == pair[1])
}

fn atom(rng: &mut Rng) -> Atom {
    match rng.u8(..12) {
        0..=4 => Atom::Status(status(rng)),
        5..=7 => Atom::Class(rng.u16(2..=5)),
        8..=9 => {
            let (one, other) = (status(rng), status(rng));
            Atom::Range(one.min(other), one.max(other))
        }
        10 => Atom::Any,
        _ => loop {
            let atom = atom(rng);
            if !matches!(atom, Atom::Any | Atom::Not(_)) {
                return Atom::Not(Box::new(atom));
            }
        },
    }
}

const METHODS: [&str; 9] = [
    "GET", "GET", "GET", "GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE",
];
const REDIRECTS: [u16; 5] = [301, 302, 303, 307, 308];

fn status(rng: &mut Rng) -> u16 {
    match rng.u8(..12) {
        0..=3 => *pick(rng, &[200, 200, 201, 204, 206, 304]),
        4..=6 => *pick(rng, &[400, 401, 403, 404, 404, 410, 418, 422, 429, 451]),
        7 => *pick(rng, &[500, 502, 503, 504]),
        8..=9 => *pick(rng, &REDIRECTS),
        10 => rng.u16(200..600),
        _ => rng.u16(600..=999),
    }
}

fn place(rng: &mut Rng) -> String {
    (*pick(
        rng,
        &[
            "/new",
            "/login?next=%2F",
            "/",
            "/a/b",
            "https://id.example/start",
        ],
    ))
    .to_owned()
}

/// Answers that often are what is expected, or at least the same everywhere.
fn answers(rng: &mut Rng, expectations: &[Option<Expectation>; 3]) -> [Answer; 3] {
    let common = (status(rng), place(rng));
    let alike = rng.bool();
    [0, 1, 2].map(|environment| {
        let (mut status, mut place) = if alike {
            common.clone()
        } else {
            (status(rng), place(rng))
        };
        if let Some(expected) = &expectations[environment]
            && rng.u8(..4) > 0
        {
            while !expected.admits_status(status) {
                status = match expected {
                    Expectation::Redirect(..) => *pick(rng, &REDIRECTS),
                    _ => rng.u16(200..=999),
                };
            }
            if let Expectation::Redirect(_, target) = expected {
                place.clone_from(target);
            }
        }
        answer(rng, environment, status, place)
    })
}

fn answer(rng: &mut Rng, environment: usize, status: u16, place: String) -> Answer {
    // Other statuses of this class have no target.
    let place = REDIRECTS.contains(&status).then_some(place);
    let location = place.as_ref().map(|place| {
        if place.starts_with("https:") {
            return place.clone();
        }
        let origin = if rng.bool() { "{own}" } else { "" };
        let prefix = if rng.u8(..4) > 0 {
            PREFIXES[environment]
        } else {
            ""
        };
        format!("{origin}{prefix}{place}")
    });
    Answer {
        status,
        location,
        place,
        body: "x".repeat(*pick(rng, &[0, 0, 10, 1000, 100_000])),
        delay: if rng.u8(..10) == 0 { rng.u64(1..4) } else { 0 },
    }
}

fn pick<'a, T>(rng: &mut Rng, from: &'a [T]) -> &'a T {
    &from[rng.usize(..from.len())]
}

/// The suite as a person would write it, in one form or the other.
pub(super) fn suite(cases: &[Case], bases: &[String; 3]) -> String {
    let mut text = String::from("environments:\n");
    for (name, base) in ENVIRONMENTS.iter().zip(bases) {
        writeln!(
            text,
            "  {name}: {{ base_url: {base:?}, allow_unsafe_methods: true }}"
        )
        .unwrap();
    }
    text += "endpoints:\n";
    for case in cases {
        writeln!(text, "  - {case}").unwrap();
    }
    text
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, path, .. } = self;
        let expect = self.expect();
        let asked: Vec<_> = (0..3)
            .filter(|at| self.expectations[*at].is_some())
            .map(|at| ENVIRONMENTS[at])
            .collect();
        if asked.len() == 3 && !self.same {
            let method = if *method == "GET" {
                String::new()
            } else {
                format!("{method} ")
            };
            let expect = if expect.is_empty() {
                expect
            } else {
                format!(": {expect}")
            };
            return write!(f, "{method}{path}{expect}");
        }
        write!(
            f,
            "{{ path: \"{path}\", method: {method}, environments: [{}]",
            asked.join(", ")
        )?;
        if !expect.is_empty() {
            write!(f, ", expect: {expect}")?;
        }
        write!(f, ", same: {} }}", self.same)
    }
}

impl Case {
    fn expect(&self) -> String {
        let named = |at: usize| {
            let expectation = self.expectations[at].as_ref()?;
            Some(format!("{}: {expectation}", ENVIRONMENTS[at]))
        };
        match self.spelling {
            Spelling::Nothing => String::new(),
            Spelling::Shared => self
                .expectations
                .iter()
                .flatten()
                .next()
                .unwrap()
                .to_string(),
            Spelling::EachNamed => {
                let items: Vec<_> = (0..3).filter_map(named).collect();
                format!("{{ {} }}", items.join(", "))
            }
            Spelling::WithDefault => {
                let default = format!(
                    "default: {}",
                    self.expectations[REFERENCE].as_ref().unwrap()
                );
                let items: Vec<_> = named(0).into_iter().chain([default]).collect();
                format!("{{ {} }}", items.join(", "))
            }
        }
    }
}

impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(atom) => write!(f, "{atom}"),
            Self::List(atoms) => {
                let items: Vec<_> = atoms.iter().map(Atom::to_string).collect();
                write!(f, "[{}]", items.join(", "))
            }
            Self::Redirect(atom, target) => write!(f, "\"{atom} -> {target}\""),
            Self::Same => f.write_str("same"),
        }
    }
}

impl fmt::Display for Atom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "{status}"),
            Self::Class(class) => write!(f, "{class}xx"),
            Self::Range(first, last) => write!(f, "{first}-{last}"),
            Self::Any => f.write_str("any"),
            Self::Not(atom) => write!(f, "not {atom}"),
        }
    }
}
