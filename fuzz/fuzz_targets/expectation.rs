//! Any text is an expectation, or refused with words; what it prints reads as the same.
#![no_main]

use http::StatusCode;
use libfuzzer_sys::fuzz_target;
use statusdiff::expect::Expectation;

fuzz_target!(|text: &str| {
    match Expectation::parse(text) {
        Ok(expectation) => {
            let printed = expectation.to_string();
            let again = Expectation::parse(&printed);
            for status in 200..=999 {
                let status = StatusCode::from_u16(status).expect("three digits");
                let admitted = expectation.admits_status(status);
                let admitted_again = again.as_ref().map(|again| again.admits_status(status));
                assert_eq!(Ok(admitted), admitted_again.map_err(|_| ()), "{text:?} {printed:?} {status}");
            }
        }
        Err(error) => assert!(!error.message.is_empty()),
    }
    let _ = Expectation::parse_list(text.split(','));
});
