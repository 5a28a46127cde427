//! What came of a probe that was asked several times.

use serde::Serialize;

#[cfg(test)]
use super::schema;
use crate::compare::Probe;
use crate::outcome::{Sample, Samples};

/// One answer, or one kind of failure, of a probe that was asked several times.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Sample"))]
pub(super) struct SampleEntry<'c> {
    /// The status that was observed, if one was.
    #[cfg_attr(test, schemars(schema_with = "schema::status"))]
    status: Option<u16>,
    /// How often it came.
    count: u32,
    /// Where the answer redirects to; absent where it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<&'c str>,
    /// The class of the failure that kept it from being a complete answer; absent where there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
}

impl<'c> SampleEntry<'c> {
    /// All of a probe, the most frequent first; none where it was not asked several times.
    pub(super) fn all(probe: Probe<'c>) -> Vec<Self> {
        let samples = probe.samples().into_iter();
        let samples = samples.flat_map(Samples::as_slice);
        samples.map(Self::new).collect()
    }

    fn new(sample: &'c Sample) -> Self {
        let answer = sample.observed.answer();
        Self {
            status: answer.map(|answer| answer.status.as_u16()),
            count: sample.count,
            location: answer.and_then(|answer| answer.location.as_deref()),
            error: sample.observed.failure().map(|it| it.kind.as_str()),
        }
    }
}
