//! SIGINT and SIGTERM: the first ends the run in an orderly way, a second one ends the program at once.

use std::io;
use std::sync::mpsc;
use std::thread;

use statusdiff::outcome::End;
use tokio::signal::unix::{SignalKind, signal};

/// Calls `first` on the first signal, and `last` on a second one before the program ends. Listens before it
/// returns, so that no signal is missed.
///
/// # Errors
///
/// When the operating system refuses a thread or an event loop.
pub(crate) fn listen(
    first: impl FnOnce(End) + Send + 'static,
    last: impl FnOnce() + Send + 'static,
) -> io::Result<()> {
    let (ready, is_ready) = mpsc::sync_channel(1);
    thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            let result = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .and_then(|runtime| {
                    let _guard = runtime.enter();
                    let signals = (
                        signal(SignalKind::interrupt())?,
                        signal(SignalKind::terminate())?,
                    );
                    Ok((signals, runtime))
                });
            let ((mut interrupt, mut terminate), runtime) = match result {
                Ok(listening) => listening,
                Err(error) => {
                    let _ = ready.send(Err(error));
                    return;
                }
            };
            let _ = ready.send(Ok(()));
            runtime.block_on(async {
                let mut next = async || {
                    tokio::select! {
                        _ = interrupt.recv() => End::Interrupted,
                        _ = terminate.recv() => End::Terminated,
                    }
                };
                first(next().await);
                let end = next().await;
                last();
                end_at_once(end);
            });
        })?;
    is_ready
        .recv()
        .unwrap_or_else(|_gone| Err(io::Error::other("the signal listener did not start")))
}

#[expect(
    clippy::exit,
    reason = "a second signal means: now, whatever is being written"
)]
fn end_at_once(end: End) {
    std::process::exit(if end == End::Terminated { 143 } else { 130 })
}
