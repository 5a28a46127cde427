//! Keeping secrets that a server gave back out of what is shown, once it has been judged: judging takes what was sent.

use std::borrow::Cow;
use std::sync::Arc;

use super::Comparer;
use crate::compare::details::Detail;
use crate::compare::verdict::ProbeError;
use crate::outcome::{Hop, Observed};
use crate::plan::Secrets;

impl Comparer {
    /// Masks what may not be shown of a probe.
    pub(super) fn mask(&mut self, index: usize) {
        let (cell, secrets) = (&mut self.cells[index], self.plan.secrets());
        if cell.has_location() {
            let location = self.details.location(index);
            if let Some(Cow::Owned(masked)) = location.map(|location| secrets.redact(location)) {
                let detail = Detail {
                    location: Some(masked.into()),
                    ..Detail::of_one_attempt()
                };
                self.details.add(index, detail);
                cell.move_location();
            }
        } else if cell.has_detail()
            && let Some(detail) = self.details.get_mut(index)
        {
            mask(detail, secrets);
        }
    }
}

/// Keeps secrets that a server gave back out of everything that is shown.
fn mask(detail: &mut Detail, secrets: &Secrets) {
    mask_answer(&mut detail.location, &mut detail.hops, secrets);
    if let Some(error) = &mut detail.error
        && let Cow::Owned(message) = secrets.redact(&error.message)
    {
        let kind = error.kind;
        *error = Arc::new(ProbeError { kind, message });
    }
    let samples = detail.samples.as_mut();
    for sample in samples.into_iter().flat_map(|it| it.as_mut_slice()) {
        if let Observed::Partial(_, failure) | Observed::Nothing(failure) = &mut sample.observed {
            failure.message = secrets.redact(&failure.message).into();
        }
        let mut nowhere = None;
        let location = match &mut sample.observed {
            Observed::Answer(answer) | Observed::Partial(answer, _) => &mut answer.location,
            Observed::Nothing(_) => &mut nowhere,
        };
        mask_answer(location, &mut sample.hops, secrets);
    }
}

fn mask_answer(location: &mut Option<Box<str>>, hops: &mut [Hop], secrets: &Secrets) {
    let targets = hops.iter_mut().map(|hop| &mut hop.target);
    for text in location.iter_mut().chain(targets) {
        if let Cow::Owned(masked) = secrets.redact(text) {
            *text = masked.into();
        }
    }
}
