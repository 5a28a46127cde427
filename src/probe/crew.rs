//! The threads of a run: which slots are on which.
//!
//! Input: how many slots each environment has, and how much there is to ask. Output: the slots of each thread. All
//! threads get the same number of them, whatever environments they are of, so that none is still at work when the
//! others are done; and a run that is over in a moment is not split at all.

use std::thread::available_parallelism;

/// For fewer probes than this, starting another thread and clients for it takes longer than it saves.
const PROBES_WORTH_IT: usize = 1_000;

/// Fewer requests in flight than this leave a thread idle for most of the time.
const SLOTS_WORTH_IT: usize = 8;

/// More threads than this would only wait for the servers.
const MOST: usize = 8;

/// How many threads are worth having for so many probes, with so many slots in all.
pub(super) fn threads(probes: usize, slots: usize) -> usize {
    let cores = available_parallelism().map_or(1, usize::from);
    worth(probes, slots, cores)
}

fn worth(probes: usize, slots: usize, cores: usize) -> usize {
    // One more than there are cores: then a core has work while a thread waits. With a single one it was no faster.
    let most = MOST.min(if cores > 1 { cores + 1 } else { 1 });
    let worth = (probes / PROBES_WORTH_IT).min(slots / SLOTS_WORTH_IT);
    worth.clamp(1, most)
}

/// For each thread, how many slots of each environment it has, where these environments have so many in all.
pub(super) fn shares(slots: &[usize], threads: usize) -> Vec<Vec<usize>> {
    let mut shares = vec![vec![0; slots.len()]; threads];
    let all = slots.iter().enumerate();
    let all = all.flat_map(|(environment, &count)| std::iter::repeat_n(environment, count));
    for (slot, environment) in all.enumerate() {
        shares[slot % threads][environment] += 1;
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_thread_has_as_many_slots() {
        type Case = (&'static [usize], usize, &'static [&'static [usize]]);
        let table: [Case; 6] = [
            (&[21, 21, 21], 2, &[&[11, 10, 11], &[10, 11, 10]]),
            (&[21, 21, 21], 1, &[&[21, 21, 21]]),
            (&[512], 2, &[&[256], &[256]]),
            (&[1, 9], 2, &[&[1, 4], &[0, 5]]),
            (&[4, 4], 3, &[&[2, 1], &[1, 2], &[1, 1]]),
            (&[], 1, &[&[]]),
        ];
        for (slots, threads, expected) in table {
            assert_eq!(
                shares(slots, threads),
                expected,
                "{slots:?} on {threads} threads"
            );
        }
    }

    #[test]
    fn a_thread_has_to_be_worth_it() {
        let table = [
            (30_000, 63, 16, 7),
            (30_000, 1_500, 16, 8),
            (30_000, 63, 2, 3),
            (30_000, 63, 1, 1),
            (1_999, 63, 16, 1),
            (2_000, 63, 16, 2),
            (30_000, 10, 16, 1),
            (30_000, 30, 16, 3),
            (0, 0, 1, 1),
        ];
        for (probes, slots, cores, expected) in table {
            let threads = worth(probes, slots, cores);
            assert_eq!(threads, expected, "{probes} × {slots} on {cores}");
        }
    }
}
