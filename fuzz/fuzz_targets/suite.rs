//! Any bytes are read as a suite, or refused with words.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use statusdiff::diagnostic::{self, Source};
use statusdiff::plan::{Plan, Selection, Settings};
use statusdiff::suite::{self, Overrides};

fuzz_target!(|bytes: &[u8]| {
    let source = match Source::from_bytes("fuzz.yaml", bytes.to_vec()) {
        Ok(source) => Arc::new(source),
        Err(problem) => {
            assert!(!diagnostic::render(&[problem], false).is_empty());
            return;
        }
    };
    let (suite, problems) = suite::read(source, &Overrides::default());
    let shown = diagnostic::render(&problems, true);
    assert_eq!(shown.is_empty(), problems.is_empty());
    assert!(suite.is_some() || !problems.is_empty(), "neither a suite nor a problem");
    if let Some(suite) = suite {
        let variable = |name: &str| (name.len() % 2 == 0).then(|| name.to_owned());
        if let Err(problems) = Plan::new(suite, &Selection::default(), &Settings::default(), &variable) {
            assert!(!diagnostic::render(&problems, false).is_empty());
        }
    }
});
