//! What the operating system allows: so many open files, and so many local ports.
//!
//! Input: what a plan asks for, or an error that the system gave. Output: how many requests each environment may
//! have in flight without the process running out of file descriptors, or the name of what ran out. It refuses to
//! take more than is there: descriptors are counted before the first request, not found missing in the middle.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;

use rustix::io::Errno;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::crew;
use crate::outcome::FailureKind;
use crate::plan::{Endpoint, Environment, Plan};

/// A request in flight has a connection, and beside those that are kept there may be another that is just being closed,
/// or is made while a kept one gets free.
const IN_FLIGHT: u64 = 1;

/// For what is open for a moment only: certificates, name look-ups, commands that renew credentials, reports.
const RESERVE: u64 = 16;

/// What each further thread has open for its event loop.
const EVENT_LOOP: u64 = 4;

/// Open already where the system does not tell: the standard streams, and what listens to signals and sockets.
const USUALLY_OPEN: u64 = 16;

/// How many requests may be in flight, and on how many threads.
pub(super) struct Slots {
    pub(super) threads: usize,
    /// For each environment of the plan, at least 1.
    pub(super) each: Vec<usize>,
    /// Whether connections are kept for the next request. Not where even one slot for each environment could then run
    /// out of files.
    pub(super) keeps: bool,
    /// Said where they are fewer than were asked for.
    pub(super) warning: Option<String>,
}

/// What an environment asks for.
#[derive(Debug, Clone, Copy)]
struct Demand {
    slots: usize,
    /// File descriptors for a slot that keeps a connection to every address that it has asked.
    price: u64,
    /// The same for a slot that keeps none.
    least: u64,
}

impl Demand {
    /// What so many slots ask for, where a connection to each address has so many ends in this process.
    fn new(slots: usize, ends: &[u64]) -> Self {
        let most = ends.iter().copied().max().unwrap_or(1);
        Self {
            slots,
            price: most * IN_FLIGHT + ends.iter().sum::<u64>().max(1),
            // Closing one takes both sides a moment, in which the next is made.
            least: most * (IN_FLIGHT + 1),
        }
    }

    fn keeping_none(self) -> Self {
        Self {
            price: self.least,
            ..self
        }
    }
}

/// The slots of each environment. Allows the process to open more files if that is needed and possible, and has
/// fewer slots if it is not.
pub(super) fn fit(plan: &Plan) -> Slots {
    let probes = plan.environments().len();
    let probes = probes.saturating_mul(plan.endpoints().len());
    let services: BTreeSet<_> = plan.endpoints().iter().map(Endpoint::service).collect();
    let demands: Vec<_> = plan
        .environments()
        .iter()
        .map(|environment| {
            let slots = environment.concurrency().min(plan.endpoints().len());
            Demand::new(slots, &ends(environment, &services))
        })
        .collect();
    let asked: usize = demands.iter().map(|demand| demand.slots).sum();
    let threads = crew::threads(probes, asked);
    let loops = EVENT_LOOP * (threads - 1) as u64;
    let taken = open_files().unwrap_or(USUALLY_OPEN) + RESERVE + loops;
    let needed = taken + price(&demands, usize::MAX);
    let allowed = allow(needed);
    if allowed >= needed {
        return Slots {
            threads,
            each: demands.iter().map(|demand| demand.slots).collect(),
            keeps: true,
            warning: None,
        };
    }
    let (each, keeps) = reduced(&demands, allowed.saturating_sub(taken));
    let possible: usize = each.iter().sum();
    let warning = format!(
        "{possible} requests in flight instead of {asked}: these may need {needed} file descriptors, and the limit \
         is {allowed}; raise it with `ulimit -n {needed}`, or ask for less with `--concurrency`"
    );
    Slots {
        threads: crew::threads(probes, possible),
        each,
        keeps,
        // Where there is no slot to give up, nothing is less than was asked for.
        warning: (possible < asked).then_some(warning),
    }
}

/// For each address of the environment that may be asked, how many ends a connection there has in this very process: an
/// embedded one has both.
fn ends(environment: &Environment, asked: &BTreeSet<Option<usize>>) -> Vec<u64> {
    let sites = (0..environment.services().len()).map(Some);
    let sites = std::iter::once(None)
        .chain(sites)
        // A redirect may lead to any of them.
        .filter(|site| asked.contains(site) || environment.follows_redirects())
        .map(|site| environment.at(site));
    let addresses = sites.filter_map(|site| {
        let url = site.base_url()?;
        let address = (url.scheme(), url.host_str(), url.port_or_known_default());
        Some((address, if site.is_mock() { 2 } else { 1 }))
    });
    addresses
        .collect::<BTreeMap<_, _>>()
        .into_values()
        .collect()
}

/// What a connection failed for want of on this machine, whatever the environment is like.
pub(super) fn exhausted(error: &io::Error) -> Option<FailureKind> {
    match Errno::from_io_error(error)? {
        Errno::MFILE | Errno::NFILE => Some(FailureKind::OutOfDescriptors),
        Errno::ADDRNOTAVAIL => Some(FailureKind::OutOfPorts),
        _ => None,
    }
}

/// How many files the process has open, where the system tells.
fn open_files() -> Option<u64> {
    let files = fs::read_dir("/dev/fd").ok()?.count();
    u64::try_from(files).ok()
}

/// Raises the limit to what is `needed`, as far as the process may, and tells what it is then.
fn allow(needed: u64) -> u64 {
    let limit = || getrlimit(Resource::Nofile);
    let soft = |limit: Rlimit| limit.current.unwrap_or(u64::MAX);
    let before = limit();
    if soft(before) < needed {
        let current = before.maximum.map_or(needed, |hard| hard.min(needed));
        let raised = Rlimit {
            current: Some(current),
            ..before
        };
        // A system that refuses keeps to the limit that it had.
        let _ = setrlimit(Resource::Nofile, raised);
    }
    soft(limit())
}

/// The slots of each environment where not all can be had, and whether they keep their connections. Fewer slots that keep
/// them come before more that do not: what is asked may take long to connect to. To keep one is no dearer than none.
fn reduced(demands: &[Demand], available: u64) -> (Vec<usize>, bool) {
    let keeps_one = demands.iter().all(|demand| demand.price == demand.least);
    let keeps = keeps_one || price(demands, 1) <= available;
    let priced = demands.iter().copied();
    let priced: Vec<_> = priced
        .map(|demand| if keeps { demand } else { demand.keeping_none() })
        .collect();
    let share = fair_share(&priced, available);
    let each = priced.iter().map(|demand| demand.slots.min(share));
    (each.collect(), keeps)
}

/// The most slots that every environment can have, unless it asks for fewer; never less than one.
fn fair_share(demands: &[Demand], available: u64) -> usize {
    let most = demands.iter().map(|demand| demand.slots).max();
    (1..=most.unwrap_or(1))
        .rev()
        .find(|share| price(demands, *share) <= available)
        .unwrap_or(1)
}

/// The file descriptors for all demands if none gets more than `share` slots.
fn price(demands: &[Demand], share: usize) -> u64 {
    let price = |demand: &Demand| demand.price.saturating_mul(demand.slots.min(share) as u64);
    demands.iter().map(price).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptors_are_shared_fairly() {
        type Demands = &'static [(usize, u64)];
        let table: [(Demands, u64, usize); 8] = [
            // Enough for all.
            (&[(10, 2), (10, 2)], 40, 10),
            (&[(10, 2), (10, 2)], 39, 9),
            // Who asks for little gets it, and the others share what is left.
            (&[(2, 2), (100, 2), (100, 2)], 44, 10),
            // Embedded ones cost twice as much.
            (&[(100, 4), (100, 2)], 60, 10),
            // Never less than one, whatever there is.
            (&[(100, 2), (100, 2)], 3, 1),
            (&[(100, 2)], 0, 1),
            (&[(1, 2)], 2, 1),
            (&[], 0, 1),
        ];
        for (demands, available, expected) in table {
            let demands: Vec<_> = demands
                .iter()
                .map(|&(slots, price)| Demand {
                    slots,
                    price,
                    least: price,
                })
                .collect();
            let share = fair_share(&demands, available);
            assert_eq!(share, expected, "{demands:?}, {available}");
        }
    }

    #[test]
    fn a_slot_costs_what_it_keeps() {
        let table: [(&[u64], u64, u64); 6] = [
            (&[1], 2, 2),
            (&[2], 4, 4),
            (&[1, 1, 1], 4, 2),
            (&[2, 2, 2], 8, 4),
            // One of them is embedded.
            (&[1, 2], 5, 4),
            (&[], 2, 2),
        ];
        for (ends, price, least) in table {
            let demand = Demand::new(1, ends);
            assert_eq!((demand.price, demand.least), (price, least), "{ends:?}");
        }
    }

    #[test]
    fn connections_are_kept_where_one_slot_each_can() {
        type Demands = &'static [(usize, &'static [u64])];
        let table: [(Demands, u64, &[usize], bool); 7] = [
            (&[(10, &[1, 1, 1]), (10, &[1])], 30, &[5, 5], true),
            (&[(10, &[1, 1, 1]), (2, &[1])], 30, &[6, 2], true),
            (&[(10, &[1, 1, 1]), (10, &[1])], 6, &[1, 1], true),
            // Then there are files for more slots.
            (&[(10, &[1; 9]), (10, &[1; 9])], 19, &[4, 4], false),
            (&[(10, &[2; 9])], 19, &[4], false),
            // Never less than one, whatever there is.
            (&[(10, &[1; 9]), (10, &[1; 9])], 3, &[1, 1], false),
            // One that is kept takes the place of one that is made.
            (&[(10, &[1]), (10, &[1])], 3, &[1, 1], true),
        ];
        for (demands, available, each, keeps) in table {
            let demands: Vec<_> = demands
                .iter()
                .map(|&(slots, ends)| Demand::new(slots, ends))
                .collect();
            let found = reduced(&demands, available);
            assert_eq!(found, (each.to_vec(), keeps), "{demands:?}, {available}");
        }
    }

    #[test]
    fn the_limit_is_never_more_than_may_be_opened() {
        let hard = getrlimit(Resource::Nofile).maximum.unwrap_or(u64::MAX);
        assert!(allow(1) >= 1);
        assert!(allow(u64::MAX) <= hard);
        assert!(open_files().is_none_or(|files| files >= 3));
    }

    #[test]
    fn what_ran_out_has_a_name() {
        let table = [
            (Errno::MFILE, Some(FailureKind::OutOfDescriptors)),
            (Errno::NFILE, Some(FailureKind::OutOfDescriptors)),
            (Errno::ADDRNOTAVAIL, Some(FailureKind::OutOfPorts)),
            (Errno::CONNREFUSED, None),
            (Errno::NETUNREACH, None),
        ];
        for (errno, expected) in table {
            let error = io::Error::from_raw_os_error(errno.raw_os_error());
            assert_eq!(exhausted(&error), expected, "{error}");
        }
        assert_eq!(exhausted(&io::Error::other("no number")), None);
    }
}
