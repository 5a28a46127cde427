//! The threads of a run: which environments are asked on which.
//!
//! Input: a plan and how many threads are worth having. Output: a share of the environments for each thread. An
//! environment is never on two of them, so that its limits are kept without anything shared; and a run that is
//! over in a moment is not split at all.

use std::thread::available_parallelism;

use crate::plan::Plan;

/// For fewer probes than this, starting another thread and a client for it takes longer than it saves.
const WORTH_A_THREAD: usize = 1_000;

/// The indices of the environments for the calling thread, and those for each further one.
pub(super) fn shares(plan: &Plan) -> (Vec<usize>, Vec<Vec<usize>>) {
    let cores = available_parallelism().map_or(1, usize::from);
    split(plan.environments().len(), plan.endpoints().len(), cores)
}

fn split(environments: usize, endpoints: usize, cores: usize) -> (Vec<usize>, Vec<Vec<usize>>) {
    let worth = environments.saturating_mul(endpoints) / WORTH_A_THREAD;
    let threads = cores.min(environments).min(worth).max(1);
    let share = |thread: usize| (thread..environments).step_by(threads).collect();
    (share(0), (1..threads).map(share).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_environment_is_on_one_thread() {
        let table: [(usize, usize, usize, &[&[usize]]); 8] = [
            (3, 10_000, 2, &[&[0, 2], &[1]]),
            (3, 10_000, 16, &[&[0], &[1], &[2]]),
            (3, 10_000, 1, &[&[0, 1, 2]]),
            (1, 10_000, 16, &[&[0]]),
            // Not worth another thread.
            (3, 300, 16, &[&[0, 1, 2]]),
            (3, 700, 16, &[&[0, 2], &[1]]),
            (3, 0, 16, &[&[0, 1, 2]]),
            (5, 10_000, 2, &[&[0, 2, 4], &[1, 3]]),
        ];
        for (environments, endpoints, cores, expected) in table {
            let (mine, mut others) = split(environments, endpoints, cores);
            others.insert(0, mine);
            assert_eq!(
                others, expected,
                "{environments} × {endpoints}, {cores} cores"
            );
        }
    }
}
