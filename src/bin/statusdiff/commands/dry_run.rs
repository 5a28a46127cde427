//! `statusdiff check --dry-run`: what would be sent, one line a probe.

use std::io::{self, Write};

use statusdiff::exit::ExitStatus;
use statusdiff::plan::{Plan, ProbeId};
use statusdiff::report::{counted, escaped};

use crate::output;

/// Lists the probes in suite order.
pub(crate) fn run(plan: &Plan) -> io::Result<ExitStatus> {
    output::to_stdout(|out| list(plan, out))?;
    Ok(ExitStatus::Passed)
}

fn list(plan: &Plan, out: &mut dyn Write) -> io::Result<()> {
    let width = plan
        .environments()
        .iter()
        .flat_map(|environment| std::iter::once(environment).chain(environment.services()))
        .map(|site| site.label().len())
        .max()
        .unwrap_or_default();
    for endpoint in 0..plan.endpoints().len() {
        for (index, environment) in plan.environments().iter().enumerate() {
            let Some(probe) = plan.probe(ProbeId {
                endpoint,
                environment: index,
            }) else {
                continue;
            };
            let site = environment.at(probe.service);
            let place = if site.is_mock() { "(embedded)" } else { "" };
            let url = site.url_text(probe.shown_target);
            let (name, method, expected) = (site.label(), probe.method, probe.expectation);
            let same = if probe.same { ", same" } else { "" };
            let line = format!("{name:width$}  {method} {place}{url}  expects {expected}{same}");
            writeln!(out, "{}", escaped(&plan.secrets().redact(&line)))?;
        }
    }
    let (endpoints, environments) = (plan.endpoints().len(), plan.environments().len());
    writeln!(
        out,
        "{}: {}, {}; nothing was sent",
        counted(plan.requests(), "request"),
        counted(endpoints, "endpoint"),
        counted(environments, "environment"),
    )
}
