//! That the report says what the contract says.

use serde_json::Value;

use crate::report::Format;
use crate::report::sample::{cut_short, green, rendered, shop};

#[test]
fn follows_the_contract() {
    let text = rendered(Format::Json, &shop(), |options| options);
    assert!(text.ends_with("}\n"));
    insta::assert_snapshot!(
        "shop-json",
        text.replace(env!("CARGO_PKG_VERSION"), "VERSION")
    );
}

#[test]
fn says_how_the_run_ended() {
    for (comparison, complete, passed, code) in
        [(green(), true, true, 0), (cut_short(), false, false, 130)]
    {
        let report: Value =
            serde_json::from_str(&rendered(Format::Json, &comparison, |options| options)).unwrap();
        assert_eq!(report["complete"], complete);
        assert_eq!(report["passed"], passed);
        assert_eq!(report["exit_code"], code);
    }
}
