//! A report that is written while the run goes on.
//!
//! Input: rows as they are judged. Output: their lines, flushed as soon as no further ones are ready. A thread
//! writes them: a reader that is slow or asleep must not hold up the probes, whose times would then be wrong.

use std::io::{self, BufWriter, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use statusdiff::compare::{Comparison, Row};
use statusdiff::report::{JsonLines, Options};

/// Rows that may wait for a slow reader; further ones are written when the run is over.
const MOST_WAITING: usize = 1024;

/// The report under way.
pub(crate) struct Live {
    lines: JsonLines,
    sender: SyncSender<Vec<u8>>,
    writer: JoinHandle<io::Result<Out>>,
}

type Out = BufWriter<Box<dyn Write + Send>>;

impl Live {
    /// Starts the thread that writes to `out`.
    ///
    /// # Errors
    ///
    /// When the operating system refuses a thread.
    pub(crate) fn start(out: impl Write + Send + 'static) -> io::Result<Self> {
        let (sender, receiver) = sync_channel(MOST_WAITING);
        let out = BufWriter::new(Box::new(out) as Box<dyn Write + Send>);
        let writer = thread::Builder::new()
            .name("report".to_owned())
            .spawn(move || write_all(&receiver, out))?;
        Ok(Self {
            lines: JsonLines::default(),
            sender,
            writer,
        })
    }

    /// Hands a row over.
    pub(crate) fn row(&mut self, row: Row<'_>) {
        let sender = &self.sender;
        self.lines.row(row, |lines| sender.try_send(lines).is_ok());
    }

    /// Writes what is left.
    ///
    /// # Errors
    ///
    /// Whatever kept the report from being written, on the way or now.
    pub(crate) fn finish(self, comparison: &Comparison, options: &Options) -> io::Result<()> {
        drop(self.sender);
        let gone = |_panic| io::Error::other("the thread that wrote it has ended");
        let mut out = self.writer.join().map_err(gone)??;
        self.lines.finish(comparison, options, &mut out)?;
        out.flush()
    }
}

fn write_all(receiver: &Receiver<Vec<u8>>, mut out: Out) -> io::Result<Out> {
    while let Ok(lines) = receiver.recv() {
        out.write_all(&lines)?;
        for lines in receiver.try_iter() {
            out.write_all(&lines)?;
        }
        out.flush()?;
    }
    Ok(out)
}
