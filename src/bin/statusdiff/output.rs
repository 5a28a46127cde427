//! The owner of the terminal: streams, colour, width, and pipes that nobody reads any more.

use std::io::{self, BufWriter, ErrorKind, IsTerminal, Write};

use anstream::AutoStream;
use clap::ColorChoice;
use statusdiff::diagnostic::{self, Diagnostic};
use statusdiff::discover;
use statusdiff::exit::ExitStatus;
use statusdiff::report::escaped;

/// The width of a report where there is no terminal to ask.
pub(crate) const WIDTH: usize = 100;

/// Makes `--color` what every stream goes by.
pub(crate) fn set_color(choice: ColorChoice) {
    match choice {
        ColorChoice::Auto => {}
        ColorChoice::Always => anstream::ColorChoice::Always.write_global(),
        ColorChoice::Never => anstream::ColorChoice::Never.write_global(),
    }
}

/// Whether standard output takes colour.
pub(crate) fn stdout_has_color() -> bool {
    AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never
}

/// The columns of standard output.
pub(crate) fn stdout_width() -> usize {
    if !io::stdout().is_terminal() {
        return WIDTH;
    }
    terminal_size::terminal_size_of(io::stdout()).map_or(WIDTH, |(width, _)| usize::from(width.0))
}

/// Writes to standard output. A reader that has gone away (`| head`) has read what it wanted.
///
/// # Errors
///
/// Anything else that keeps the text from being written, such as a full disk.
pub(crate) fn to_stdout(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut stream = BufWriter::new(io::stdout().lock());
    match write(&mut stream).and_then(|()| stream.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {
            // What is left in the buffer has no reader: dropping it would try to write it again.
            let _ = stream.into_parts();
            Ok(())
        }
        result => result,
    }
}

/// Prints a text that was asked for, and no more.
pub(crate) fn print(text: &str) -> ExitStatus {
    match to_stdout(|out| out.write_all(text.as_bytes())) {
        Ok(()) => ExitStatus::Passed,
        Err(failure) => {
            error(&format!("standard output cannot be written: {failure}"));
            ExitStatus::NothingSent
        }
    }
}

/// Shows what is wrong with what the user wrote.
pub(crate) fn problems(problems: &[Diagnostic]) -> ExitStatus {
    let color = AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never;
    // There is no better place to complain to.
    let _ = io::stderr().write_all(diagnostic::render(problems, color).as_bytes());
    let has = |code| problems.iter().any(|problem| problem.code == code);
    if has(discover::INTERRUPTED) {
        ExitStatus::Interrupted
    } else if has(discover::TERMINATED) {
        ExitStatus::Terminated
    } else {
        ExitStatus::NothingSent
    }
}

/// An error that is nobody's writing.
pub(crate) fn error(message: &str) {
    let _ = writeln!(io::stderr(), "error: {message}");
}

/// Something that the user should know, but that changes no verdict.
pub(crate) fn warning(message: &str) {
    let _ = writeln!(io::stderr(), "warning: {}", escaped(message));
}

/// Something that was done besides what was asked.
pub(crate) fn note(message: &str) {
    let _ = writeln!(io::stderr(), "note: {}", escaped(message));
}
