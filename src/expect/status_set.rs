//! Sets of final status codes as a suite writes them.
//!
//! Input: single items (`200`, `2xx`, `200-204`, `any`, `not 5xx`), already read. Output: [`StatusSet`], which
//! keeps them in the order written and prints them in words. It refuses interim (1xx) statuses.

use std::fmt::{self, Display};
use std::ops::RangeInclusive;

use http::StatusCode;

/// The statuses that an answer can finally have; the grammar of RFC 9110 has three digits, and 1xx is interim.
pub(super) const STATUSES: RangeInclusive<u16> = 200..=999;

/// `200`, `2xx`, `200-204`, `any`, `not 5xx`, and lists of them: at least one of the positive items (if
/// there is one) and none of the negative ones.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StatusSet {
    items: Box<[Item]>,
}

impl StatusSet {
    /// Every HTTP answer.
    #[must_use]
    pub fn any() -> Self {
        Self::new([Item::Only(Span::Any)])
    }

    pub(super) fn new(items: impl Into<Box<[Item]>>) -> Self {
        Self {
            items: items.into(),
        }
    }

    /// Whether `status` is in the set.
    #[must_use]
    pub fn contains(&self, status: StatusCode) -> bool {
        self.admits(status.as_u16())
    }

    /// Whether no status at all is in the set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let mut statuses = STATUSES;
        !statuses.any(|status| self.admits(status))
    }

    /// Whether all its statuses are 3xx, and one of them at least a redirect; 304 (not modified) is none.
    #[must_use]
    pub fn is_redirect_only(&self) -> bool {
        let mut admitted = STATUSES.filter(|status| self.admits(*status));
        let mut leads_somewhere = false;
        admitted.all(|status| {
            leads_somewhere |= status != 304;
            (300..400).contains(&status)
        }) && leads_somewhere
    }

    fn admits(&self, status: u16) -> bool {
        let (mut has_positive, mut is_named) = (false, false);
        for item in &self.items {
            match item {
                Item::Only(span) => {
                    has_positive = true;
                    is_named |= span.contains(status);
                }
                Item::Not(span) if span.contains(status) => return false,
                Item::Not(_) => {}
            }
        }
        STATUSES.contains(&status) && (is_named || !has_positive)
    }

    fn positive(&self) -> impl Iterator<Item = Span> {
        self.items.iter().filter_map(|item| match item {
            Item::Only(span) => Some(*span),
            Item::Not(_) => None,
        })
    }

    fn negative(&self) -> impl Iterator<Item = Span> {
        self.items.iter().filter_map(|item| match item {
            Item::Not(span) => Some(*span),
            Item::Only(_) => None,
        })
    }
}

impl Display for StatusSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let negative_only = self.positive().next().is_none();
        let (before_first, between) = if negative_only {
            ("not ", " and not ")
        } else {
            (", but not ", " or ")
        };
        join(f, "", " or ", self.positive())?;
        join(f, before_first, between, self.negative())
    }
}

fn join(
    f: &mut fmt::Formatter<'_>,
    before_first: &str,
    between: &str,
    spans: impl Iterator<Item = Span>,
) -> fmt::Result {
    for (index, span) in spans.enumerate() {
        f.write_str(if index == 0 { before_first } else { between })?;
        span.fmt(f)?;
    }
    Ok(())
}

/// One item of a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Item {
    /// One of the statuses that are admitted.
    Only(Span),
    /// One of those that are not.
    Not(Span),
}

/// A run of statuses in the spelling of the suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Span {
    /// `200`
    Status(u16),
    /// `2xx`, by its first digit.
    Class(u16),
    /// `200-204`
    Range(u16, u16),
    /// `any`
    Any,
}

impl Span {
    fn contains(self, status: u16) -> bool {
        match self {
            Self::Status(only) => status == only,
            Self::Class(digit) => status / 100 == digit,
            Self::Range(first, last) => (first..=last).contains(&status),
            Self::Any => true,
        }
    }
}

impl Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "{status}"),
            Self::Class(digit) => write!(f, "{digit}xx"),
            Self::Range(first, last) => write!(f, "{first}-{last}"),
            Self::Any => f.write_str("any"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expect::Expectation;
    use proptest::prelude::*;

    fn set(items: &[&str]) -> StatusSet {
        match Expectation::parse_list(items.iter().copied()) {
            Ok(Expectation::Status(set)) => set,
            other => panic!("{items:?} gave {other:?}"),
        }
    }

    #[test]
    fn holds_what_is_written() {
        for (items, inside, outside) in [
            (&["200"][..], &[200][..], &[201, 199, 100][..]),
            (&["2xx"], &[200, 299], &[300, 199]),
            (&["5XX"], &[500, 599], &[600, 499]),
            (&["200-204"], &[200, 204], &[205, 199]),
            (&["999"], &[999], &[998]),
            (&["any"], &[200, 599, 999], &[100, 101, 199]),
            (&["not 404"], &[200, 403, 999], &[404, 101]),
            (&["not 500-504"], &[499, 505], &[500, 504]),
            (&["2xx", "304", "not 204"], &[200, 304], &[204, 301]),
            (&["not 404", "not 5xx"], &[200, 405], &[404, 500]),
        ] {
            let set = set(items);
            for status in inside {
                assert!(
                    set.contains(StatusCode::from_u16(*status).unwrap()),
                    "{items:?} {status}"
                );
            }
            for status in outside {
                assert!(
                    !set.contains(StatusCode::from_u16(*status).unwrap()),
                    "{items:?} {status}"
                );
            }
        }
    }

    #[test]
    fn knows_redirects() {
        for (items, redirect) in [
            (&["301"][..], true),
            (&["3xx"], true),
            (&["300-304"], true),
            (&["304"], false),
            (&["304-304"], false),
            (&["299-301"], false),
            (&["any"], false),
            (&["not 200"], false),
        ] {
            assert_eq!(set(items).is_redirect_only(), redirect, "{items:?}");
        }
    }

    fn span() -> impl Strategy<Value = Span> {
        prop_oneof![
            STATUSES.prop_map(Span::Status),
            (2_u16..=5).prop_map(Span::Class),
            (STATUSES, STATUSES).prop_map(|(a, b)| Span::Range(a.min(b), a.max(b))),
            Just(Span::Any),
        ]
    }

    proptest! {
        #[test]
        fn what_one_item_prints_reads_back(span in span(), negative: bool) {
            let set = StatusSet::new([if negative { Item::Not(span) } else { Item::Only(span) }]);
            prop_assume!(!set.is_empty());
            prop_assert_eq!(Expectation::parse(&set.to_string()), Ok(Expectation::Status(set)));
        }

        #[test]
        fn a_list_is_its_positive_items_without_its_negative_ones(
            positive in prop::collection::vec(span(), 0..4),
            negative in prop::collection::vec(span(), 0..4),
            status in 100_u16..=999,
        ) {
            let items: Vec<Item> = negative.iter().map(|span| Item::Not(*span))
                .chain(positive.iter().map(|span| Item::Only(*span)))
                .collect();
            let held = status >= 200
                && (positive.is_empty() || positive.iter().any(|span| span.contains(status)))
                && negative.iter().all(|span| !span.contains(status));
            let set = StatusSet::new(items);
            prop_assert_eq!(set.contains(StatusCode::from_u16(status).unwrap()), held);
        }
    }
}
