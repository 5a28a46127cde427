//! A comparison of several suites.

use super::answer;
use super::made::{FILE, judged};
use crate::compare::Comparison;
use crate::outcome::End;
use crate::plan::{Selection, Settings};

const SHOP: &str = "
name: shop
environments:
  staging: https://staging.example.com
  production: https://www.example.com
endpoints: [/cart: 200, /orders]
";

const ADMIN: &str = "
name: admin
environments:
  staging: https://staging.example.com
  preview: https://pr-12.example.com
endpoints: [/users: 401]
";

/// Two suites with one environment in common; in each something did not match.
pub(in crate::report) fn several() -> Comparison {
    judged(
        &[(FILE, SHOP), ("suites/admin.yaml", ADMIN)],
        (&Selection::default(), &Settings::default()),
        End::Complete,
        [
            [Some(answer(404)), Some(answer(200)), None],
            [Some(answer(200)), Some(answer(200)), None],
            [Some(answer(401)), None, Some(answer(200))],
        ],
    )
}
