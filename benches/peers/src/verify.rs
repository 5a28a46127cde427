//! Input: statusdiff, and work of which every answer is known. Output: nothing, or what statusdiff got wrong: right
//! answers come before fast ones.

use std::fs::File;
use std::io::BufReader;

use anyhow::{Result, bail};
use serde::Deserialize;

use crate::measure::Scales;
use crate::peers::Installed;
use crate::work::{Work, missing_in, path};

#[derive(Deserialize)]
struct Report {
    endpoints: Vec<Endpoint>,
}

#[derive(Deserialize)]
struct Endpoint {
    path: String,
    probes: Vec<Probe>,
}

#[derive(Deserialize)]
struct Probe {
    verdict: String,
    status: Option<u16>,
}

/// Whether every probe has the status that its environment answers, and the verdict that follows from it.
pub(crate) fn verify(scales: &Scales, statusdiff: &Installed, work: &Work) -> Result<()> {
    let mut command = statusdiff.command(work);
    command.extend(["--format".to_owned(), "json".to_owned()]);
    let run = scales.run(&command)?;
    if run.code != 1 {
        bail!(
            "statusdiff ends with exit code {}, expected 1: {}",
            run.code,
            run.text()?
        );
    }
    let report: Report = serde_json::from_reader(BufReader::new(File::open(&run.stdout)?))?;
    if report.endpoints.len() != work.paths {
        let count = report.endpoints.len();
        bail!(
            "statusdiff reports {count} endpoints, expected {}",
            work.paths
        );
    }
    for (number, endpoint) in report.endpoints.iter().enumerate() {
        if endpoint.path != path(number) || endpoint.probes.len() != work.bases.len() {
            let (reported, expected) = (&endpoint.path, path(number));
            bail!("statusdiff reports `{reported}` on the wrong place, expected `{expected}`");
        }
        for (environment, probe) in endpoint.probes.iter().enumerate() {
            let missing = missing_in(number) == Some(environment);
            let expected = if missing {
                ("mismatch", 404)
            } else {
                ("match", 200)
            };
            if (probe.verdict.as_str(), probe.status.unwrap_or(0)) != expected {
                let (verdict, status) = (&probe.verdict, probe.status);
                let endpoint = &endpoint.path;
                bail!(
                    "statusdiff reports {verdict} and {status:?} for `{endpoint}`, expected {expected:?}"
                );
            }
        }
    }
    Ok(())
}
