//! What a server sends is taken, whatever it is: `Location` and `Retry-After`.
#![no_main]

use std::time::{Duration, SystemTime};

use libfuzzer_sys::fuzz_target;
use statusdiff::expect::{Origin, Target};
use statusdiff::probe::retry_after;
use statusdiff::report::escaped;
use url::Url;

fuzz_target!(|input: (&str, &str, &str)| {
    let (location, target, retry) = input;
    let base = Url::parse("https://h.test/shop").expect("a URL");
    let request = Url::parse("https://h.test/shop/a/b?c").expect("a URL");
    let origin = Origin { base: &base, addresses: &[] };
    let relative = origin.relative(location, &request);
    assert!(!relative.starts_with("https://h.test/") || relative == location);
    if let Ok(target) = Target::parse(target) {
        let _ = target.admits(location, &request, origin);
    }
    let shown = escaped(location);
    assert!(!shown.contains(|c: char| c.is_control()), "{shown:?}");
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    let _ = retry_after(retry, now);
});
