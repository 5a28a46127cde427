//! Lines for standard error while the run goes on.
//!
//! Input: lines. Output: the same on standard error, in order. A thread writes them: a terminal that is slow or asleep
//! must not hold up the probes, whose times would then be wrong. It refuses to keep more than [`MOST_WAITING`] lines for
//! it, and says how many that were.

use std::io::{self, Write as _};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, channel, sync_channel};
use std::thread;
use std::time::Duration;

/// Lines that may wait for a slow reader.
const MOST_WAITING: usize = 1 << 16;

/// How long a run that was not to go on waits for its lines to be read: its report is due.
const PATIENCE: Duration = Duration::from_millis(500);

/// What tells the lines.
pub(crate) struct Teller {
    sender: SyncSender<String>,
    /// Nothing ever comes; it is closed when all is written.
    written: Receiver<()>,
    left_out: usize,
}

impl Teller {
    /// Starts the thread that writes.
    ///
    /// # Errors
    ///
    /// When the operating system refuses a thread.
    pub(crate) fn start() -> io::Result<Self> {
        let (sender, receiver) = sync_channel::<String>(MOST_WAITING);
        let (writing, written) = channel::<()>();
        thread::Builder::new()
            .name("teller".to_owned())
            .spawn(move || {
                for line in receiver {
                    // Nobody reads it any more where it cannot be written.
                    let _ = writeln!(anstream::stderr(), "{line}");
                }
                drop(writing);
            })?;
        Ok(Self {
            sender,
            written,
            left_out: 0,
        })
    }

    /// Hands a line over.
    pub(crate) fn tell(&mut self, line: String) {
        if self.sender.try_send(line).is_err() {
            self.left_out += 1;
        }
    }

    /// Waits until all is written; no longer than a moment where the run `is_cut_short`. Tells whether all is.
    pub(crate) fn finish(self, is_cut_short: bool) -> bool {
        drop(self.sender);
        let is_written = if is_cut_short {
            self.written.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout)
        } else {
            let _ = self.written.recv();
            true
        };
        if is_written && self.left_out > 0 {
            let left_out = self.left_out;
            let _ = writeln!(
                anstream::stderr(),
                "{left_out} lines left out: standard error was not read as fast as answers came"
            );
        }
        is_written
    }
}
