//! The shop of all samples, with what is known of it accepted.

use std::sync::Arc;

use jiff::civil::date;

use super::shop;
use crate::compare::{Comparison, Scope};
use crate::diagnostic::Source;
use crate::suite::AcceptFile;

const LIST: &str = r"
- { endpoint: /users/42, environment: staging, status: 404, reason: no data yet }
- { endpoint: POST /orders, environment: staging, status: 500, reason: 'SHOP-12 #urgent', until: 2026-12-31 }
- { endpoint: /feed, environment: staging, status: 302, location: '/login?*', reason: 'stricter <rules>' }
- { endpoint: /admin, environment: staging, status: 200, reason: for a test, until: 2026-11-21 }
- { endpoint: /health, environment: staging, status: 503, reason: was down }
- { endpoint: /gone, environment: production, status: 404, reason: is no longer asked }
";

/// The shop; of its mismatches some are accepted, one no longer, and the list has not kept up.
pub(in crate::report) fn known() -> Comparison {
    let mut comparison = shop();
    let (file, problems) = AcceptFile::read(&Arc::new(Source::new("suites/known.yaml", LIST)));
    assert_eq!(problems, []);
    let scope = Scope {
        endpoints: true,
        environments: true,
    };
    comparison.accept(&file, date(2026, 11, 22), scope);
    comparison
}
