//! Comparisons of environments that a wall hides, and of those that do not always answer alike.

use super::{answer, comparison, failure, redirect, selected};
use crate::compare::Comparison;
use crate::outcome::FailureKind::Timeout;
use crate::outcome::{End, Outcome, Samples};
use crate::plan::{Selection, Settings, Shard};

/// One environment is behind a wall that refuses, another behind one that sends to a login; one probe got lost.
pub(in crate::report) fn walled() -> Comparison {
    let suite = "
reference: production
environments:
  preview: https://pr-12.example.com
  staging: https://staging.example.com
  production: https://www.example.com
endpoints: [/: 200, /a, /b: 404, /admin: 401, /slow: 200]
";
    let refused = || Some(answer(401));
    let login = |path| {
        let location = format!("https://login.example.net/sso?next={path}");
        Some(redirect(302, &location))
    };
    comparison(
        suite,
        &Settings::default(),
        End::Complete,
        [
            [refused(), login("/"), Some(answer(200))],
            [refused(), login("/a"), Some(answer(200))],
            [refused(), login("/b"), Some(answer(404))],
            [refused(), login("/admin"), Some(answer(401))],
            [
                Some(failure(Timeout, "no complete answer within 10s")),
                login("/slow"),
                Some(answer(200)),
            ],
        ],
    )
}

/// A part of a run whose environments may be behind walls, some of whose answers are expected.
pub(in crate::report) fn behind_doors() -> Comparison {
    let suite = "
reference: production
environments:
  preview: https://pr-12.example.com
  staging: https://staging.example.com
  production: https://www.example.com
defaults: { expect: { preview: 401, default: 200 } }
endpoints: [/a, /b, /c, /d]
";
    let selection = Selection {
        shard: Some(Shard::new(1, 2).unwrap()),
        ..Selection::default()
    };
    let login = redirect(302, "https://login.example.net/sso");
    let row = [Some(answer(401)), Some(login), Some(answer(200))];
    let settings = Settings::default();
    selected(suite, &selection, &settings, End::Complete, [row])
}

/// Every endpoint was asked five times.
pub(in crate::report) fn unsteady() -> Comparison {
    let suite = "
reference: production
environments:
  staging: https://staging.example.com
  production: https://www.example.com
endpoints: [/steady, /flapping, /differs, /noisy, /down, /login]
";
    let lost = || failure(Timeout, "no complete answer within 10s");
    let many = |status, count| (0..count).map(move |_| answer(status));
    let logins = |host: &'static str| {
        let login = move |number| redirect(302, &format!("https://{host}/login?nonce={number}"));
        sampled((0..5).map(login))
    };
    comparison(
        suite,
        &Settings::default(),
        End::Complete,
        [
            [sampled(many(200, 5)), sampled(many(200, 5))],
            [
                sampled(many(200, 4).chain(many(503, 1))),
                sampled(many(200, 5)),
            ],
            [
                sampled(many(404, 3).chain(many(403, 2))),
                sampled(many(200, 4).chain(many(503, 1))),
            ],
            [
                sampled(many(200, 4).chain([lost()])),
                sampled(many(200, 3).chain(many(404, 2))),
            ],
            [
                sampled(many(200, 5)),
                sampled(many(503, 4).chain(many(429, 1))),
            ],
            [logins("staging.example.com"), logins("www.example.com")],
        ],
    )
}

fn sampled(outcomes: impl Iterator<Item = Outcome>) -> Option<Outcome> {
    let mut samples = Samples::default();
    for outcome in outcomes {
        samples.add(outcome.observed, outcome.hops);
    }
    let usual = samples.usual()?.clone();
    Some(Outcome {
        observed: usual.observed,
        hops: usual.hops,
        attempts: samples.total(),
        samples: Some(Box::new(samples)),
        ..answer(200)
    })
}
