//! `--shard`: which part of the endpoints this machine asks, said outright or by the machine's own variables.

use std::str::FromStr;

use statusdiff::diagnostic::Diagnostic;
use statusdiff::plan::Shard;

/// What was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ShardChoice {
    /// `2/5`
    Said(Shard),
    /// `auto`: GitLab says which of how many, from 1.
    Gitlab,
    /// `auto/5`: Kubernetes says which, from 0.
    Kubernetes(u32),
}

impl FromStr for ShardChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('/') {
            None if text == "auto" => Ok(Self::Gitlab),
            Some(("auto", total)) => {
                let last: Shard = format!("{total}/{total}").parse()?;
                Ok(Self::Kubernetes(last.total()))
            }
            _ => text.parse().map(Self::Said),
        }
    }
}

impl ShardChoice {
    /// The shard, by the variables of the process environment where it is not said outright.
    ///
    /// # Errors
    ///
    /// A variable that is missing, or no number that fits.
    pub(crate) fn resolve(
        self,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Shard, Diagnostic> {
        let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
        match self {
            Self::Said(shard) => Ok(shard),
            Self::Gitlab => {
                let (index, total) = (variable("CI_NODE_INDEX"), variable("CI_NODE_TOTAL"));
                match (index, total) {
                    // A job without `parallel:` is all there is.
                    (None, Some(total)) if total == "1" => Shard::new(1, 1),
                    (Some(index), Some(total)) => format!("{index}/{total}").parse(),
                    (None, _) => Err("`CI_NODE_INDEX` is not set".to_owned()),
                    (_, None) => Err("`CI_NODE_TOTAL` is not set".to_owned()),
                }
                .map_err(|why| {
                    problem("auto", &why)
                        .help("`--shard auto` is for GitLab jobs with `parallel:`, which set `CI_NODE_INDEX` and `CI_NODE_TOTAL`")
                        .help("elsewhere `--shard 2/5` says it outright, and `--shard auto/5` is for Kubernetes indexed jobs")
                })
            }
            Self::Kubernetes(total) => {
                let index = variable("JOB_COMPLETION_INDEX");
                let index = index.ok_or_else(|| "`JOB_COMPLETION_INDEX` is not set".to_owned());
                let shard = index.and_then(|index| {
                    let number = index.parse::<u32>().ok().and_then(|number| number.checked_add(1));
                    let number = number.ok_or_else(|| format!("`JOB_COMPLETION_INDEX` is no number: `{index}`"))?;
                    Shard::new(number, total).map_err(|_none| {
                        format!("`JOB_COMPLETION_INDEX` is {index}, but {total} shards are counted from 0 to {}", total - 1)
                    })
                });
                shard.map_err(|why| {
                    problem(&format!("auto/{total}"), &why)
                        .help("it is for Kubernetes jobs with `completionMode: Indexed` and as many `completions` as shards")
                        .help(format!("elsewhere `--shard 1/{total}` says it outright, and `--shard auto` is for GitLab"))
                })
            }
        }
    }
}

fn problem(typed: &str, why: &str) -> Diagnostic {
    Diagnostic::new("no-shard", format!("`--shard {typed}`: {why}"))
}
