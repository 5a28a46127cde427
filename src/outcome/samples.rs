//! What a probe met that was asked several times: each answer and each kind of failure once, and how often.

use std::cmp::Reverse;
use std::fmt;

use super::{FailureKind, Hop, Observed};

/// One answer, or one kind of failure, and how often it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// The answer, or why there was none; of failures of one kind the first.
    pub observed: Observed,
    /// The redirects that were followed on the way, in order.
    pub hops: Vec<Hop>,
    /// How often, at least 1.
    pub count: u32,
}

/// All samples of one probe, the most frequent first. As text it is their distribution: `200 ×4, 503 ×1`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Samples(Vec<Sample>);

impl Samples {
    /// Counts what was observed once more.
    pub fn add(&mut self, observed: Observed, hops: Vec<Hop>) {
        let kind = |observed: &Observed| observed.failure().map(|failure| failure.kind);
        let alike = |sample: &&mut Sample| {
            sample.observed.answer() == observed.answer()
                && kind(&sample.observed) == kind(&observed)
                && sample.hops == hops
        };
        match self.0.iter_mut().find(alike) {
            Some(sample) => sample.count += 1,
            None => self.0.push(Sample {
                observed,
                hops,
                count: 1,
            }),
        }
        // The same order for the same answers, whichever came first.
        self.0.sort_by(|one, other| one.key().cmp(&other.key()));
    }

    /// Each that is unlike the others, the most frequent first.
    #[must_use]
    pub fn as_slice(&self) -> &[Sample] {
        &self.0
    }

    /// The same, to be changed in place, as long as their order stays.
    pub fn as_mut_slice(&mut self) -> &mut [Sample] {
        &mut self.0
    }

    /// How many there are in all.
    #[must_use]
    pub fn total(&self) -> u32 {
        self.0.iter().map(|sample| sample.count).sum()
    }

    /// Whether they are not all alike.
    #[must_use]
    pub fn vary(&self) -> bool {
        self.0.len() > 1
    }

    /// The most frequent complete answer, or else the most frequent failure.
    #[must_use]
    pub fn usual(&self) -> Option<&Sample> {
        let is_whole = |sample: &&Sample| sample.observed.failure().is_none();
        self.0.iter().find(is_whole).or(self.0.first())
    }
}

impl FromIterator<Sample> for Samples {
    fn from_iter<T: IntoIterator<Item = Sample>>(samples: T) -> Self {
        let mut samples: Vec<_> = samples.into_iter().collect();
        samples.sort_by(|one, other| one.key().cmp(&other.key()));
        Self(samples)
    }
}

impl Sample {
    fn key(&self) -> (Reverse<u32>, bool, Option<FailureKind>, u16, &str, &[Hop]) {
        let answer = self.observed.answer();
        let kind = self.observed.failure().map(|failure| failure.kind);
        let status = answer.map_or(0, |answer| answer.status.as_u16());
        let location = answer.and_then(|answer| answer.location.as_deref());
        let location = location.unwrap_or_default();
        (
            Reverse(self.count),
            kind.is_some(),
            kind,
            status,
            location,
            &self.hops,
        )
    }

    /// The status, or the word for what kept it from being a complete answer.
    fn word(&self) -> &str {
        match &self.observed {
            Observed::Answer(answer) => answer.status.as_str(),
            Observed::Partial(_, failure) | Observed::Nothing(failure) => failure.kind.as_str(),
        }
    }
}

impl fmt::Display for Samples {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut groups: Vec<(&str, u32, usize)> = Vec::new();
        for sample in &self.0 {
            match groups.iter_mut().find(|(word, ..)| *word == sample.word()) {
                Some((_, count, targets)) => {
                    *count += sample.count;
                    *targets += 1;
                }
                None => groups.push((sample.word(), sample.count, 1)),
            }
        }
        groups.sort_by_key(|(_, count, _)| Reverse(*count));
        for (index, (word, count, targets)) in groups.into_iter().enumerate() {
            let comma = if index > 0 { ", " } else { "" };
            write!(f, "{comma}{word} ×{count}")?;
            if targets > 1 {
                write!(f, " ({targets} targets)")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::super::{Answer, Failure};
    use super::*;

    /// `200`, `302 -> /a`, or the failure of a connection.
    fn observed(text: &str) -> Observed {
        let (status, location) = match text.split_once(" -> ") {
            Some((status, location)) => (status, Some(location.into())),
            None => (text, None),
        };
        match status.parse::<StatusCode>() {
            Ok(status) => Observed::Answer(Answer { status, location }),
            Err(_) => Observed::Nothing(Failure::new(FailureKind::Reset, text)),
        }
    }

    #[test]
    fn the_distribution_is_the_same_in_any_order() {
        for (came, distribution, usual) in [
            (&["200", "200"][..], "200 ×2", "200"),
            (&["503", "200", "200"], "200 ×2, 503 ×1", "200"),
            (&["503", "200"], "200 ×1, 503 ×1", "200"),
            (&["lost", "gone", "200"], "reset ×2, 200 ×1", "200"),
            (&["lost", "lost"], "reset ×2", "lost"),
            (
                &["302 -> /a", "302 -> /b", "302 -> /b"],
                "302 ×3 (2 targets)",
                "302 -> /b",
            ),
            (
                &["200", "200", "302 -> /a", "302 -> /b", "302 -> /c"],
                "302 ×3 (3 targets), 200 ×2",
                "200",
            ),
        ] {
            let orders = [came.to_vec(), came.iter().rev().copied().collect()];
            for order in orders {
                let mut samples = Samples::default();
                for text in &order {
                    samples.add(observed(text), Vec::new());
                }
                assert_eq!(samples.to_string(), distribution, "{order:?}");
                assert_eq!(samples.usual().unwrap().observed, observed(usual));
                assert_eq!(samples.total() as usize, came.len());
                assert_eq!(samples.vary(), samples.as_slice().len() > 1);
            }
        }
    }
}
