//! A program that prints a base URL.
//!
//! Input: its name and arguments. Output: the one line that it printed. There is no shell, nothing to type into, and
//! a minute of time. Of what it prints only so much is kept as an answer or a message needs. Whatever ends the wait
//! ends the program and all that it started.

use std::cell::RefCell;
use std::io::ErrorKind;
use std::pin::pin;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use futures::future::join;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::problem::Problem;

/// A program may take this long.
const LIMIT: Duration = Duration::from_mins(1);

/// How long what a program left running may hold its output open.
const GRACE: Duration = Duration::from_secs(1);

/// Longer than any base URL, and more than anybody reads of an error.
const MOST_KEPT: usize = 16 * 1024;

/// The characters of a program's last words that are quoted.
const MOST_QUOTED: usize = 300;

/// A program and how it is run.
pub(super) struct Program {
    /// Its name and its arguments.
    pub(super) words: Vec<String>,
    /// The same as it may be shown.
    pub(super) shown: String,
    /// Variables besides those of this process.
    pub(super) variables: &'static [(&'static str, &'static str)],
}

/// Why a program told nothing.
pub(super) enum Silence {
    /// There is no such program.
    Missing(Problem),
    /// It ran, but told nothing that could be used.
    Failed(Problem),
}

impl From<Silence> for Problem {
    fn from(silence: Silence) -> Self {
        match silence {
            Silence::Missing(problem) | Silence::Failed(problem) => problem,
        }
    }
}

/// Runs it; the one line that it prints.
pub(super) async fn run(program: &Program) -> Result<String, Silence> {
    let shown = &program.shown;
    let mut child = start(program)?;
    let ended = timeout(LIMIT, child.output()).await;
    let output = match ended {
        Ok(Ok(output)) => output,
        Ok(Err(error)) => {
            let message = format!("`{shown}` cannot be waited for: {error}");
            return Err(Silence::Failed(Problem::new(message)));
        }
        Err(_elapsed) => {
            let seconds = LIMIT.as_secs();
            let message = format!("`{shown}` took longer than {seconds} s, and was ended");
            return Err(Silence::Failed(Problem::new(message).help(
                "a program that asks something waits in vain: nobody can answer it here",
            )));
        }
    };
    line(shown, &output).map_err(Silence::Failed)
}

/// What a program printed, as far as it was kept, and how it ended.
struct Output {
    status: ExitStatus,
    /// The beginning.
    stdout: Vec<u8>,
    /// The end.
    stderr: Vec<u8>,
}

/// A program under way, the first of a process group of its own, which ends with this value.
struct Running {
    child: Child,
    group: Option<Pid>,
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(group) = self.group {
            // It may have ended by itself.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

impl Running {
    async fn output(&mut self) -> std::io::Result<Output> {
        let (stdout, stderr) = (RefCell::default(), RefCell::default());
        let (pipe_out, pipe_err) = (self.child.stdout.take(), self.child.stderr.take());
        let status = {
            let mut reading = pin!(join(
                read(pipe_out, |bytes| keep_beginning(&stdout, bytes)),
                read(pipe_err, |bytes| keep_end(&stderr, bytes)),
            ));
            tokio::select! {
                _ = &mut reading => self.child.wait().await?,
                status = self.child.wait() => {
                    // What it started may live on with the same output; that is no reason to wait.
                    let _ = timeout(GRACE, &mut reading).await;
                    status?
                }
            }
        };
        // Once it has been waited for, its number may be another's.
        self.group = None;
        Ok(Output {
            status,
            stdout: stdout.into_inner(),
            stderr: stderr.into_inner(),
        })
    }
}

fn start(program: &Program) -> Result<Running, Silence> {
    let Some((name, arguments)) = program.words.split_first() else {
        return Err(Silence::Failed(Problem::new("the command is empty")));
    };
    let child = Command::new(name)
        .args(arguments)
        .envs(program.variables.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn();
    let child = child.map_err(|error| match error.kind() {
        ErrorKind::NotFound => Silence::Missing(
            Problem::new(format!("there is no program `{name}`"))
                .help("a program is looked for in `PATH`, or has a `/` in its name and is relative to the working directory"),
        ),
        _ => Silence::Failed(Problem::new(format!("`{name}` cannot be run: {error}"))),
    })?;
    let number = child.id().and_then(|id| i32::try_from(id).ok());
    Ok(Running {
        group: number.and_then(Pid::from_raw),
        child,
    })
}

/// Reads all there is, so that the program is not held up, and lets `keep` decide what stays.
async fn read(pipe: Option<impl AsyncRead + Unpin>, keep: impl Fn(&[u8])) {
    let Some(mut pipe) = pipe else { return };
    let mut buffer = vec![0; 8 * 1024];
    // A pipe that breaks has no more to tell than one that ends.
    while let Ok(count @ 1..) = pipe.read(&mut buffer).await {
        keep(&buffer[..count]);
    }
}

fn keep_beginning(kept: &RefCell<Vec<u8>>, bytes: &[u8]) {
    let mut kept = kept.borrow_mut();
    let room = MOST_KEPT.saturating_sub(kept.len()).min(bytes.len());
    kept.extend_from_slice(&bytes[..room]);
}

fn keep_end(kept: &RefCell<Vec<u8>>, bytes: &[u8]) {
    let mut kept = kept.borrow_mut();
    kept.extend_from_slice(bytes);
    let surplus = kept.len().saturating_sub(MOST_KEPT);
    kept.drain(..surplus);
}

/// The one line of the output.
fn line(shown: &str, output: &Output) -> Result<String, Problem> {
    if !output.status.success() {
        let message = format!("`{shown}` ended with {}", output.status);
        return Err(Problem::new(message + &last_words(&output.stderr)));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    match (lines.next(), lines.next()) {
        (None, _) => {
            let message = format!("`{shown}` printed nothing");
            Err(Problem::new(message + &last_words(&output.stderr)))
        }
        (Some(line), None) => Ok(line.to_owned()),
        (Some(first), Some(second)) => {
            let (first, second) = (beginning(first), beginning(second));
            let message = format!(
                "`{shown}` printed more than one line, first `{first}` and then `{second}`"
            );
            Err(Problem::new(message).help(
                "the base URL has to be all that it prints; what else it has to say belongs to standard error",
            ))
        }
    }
}

/// The end of what a program said of its own failure.
fn last_words(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let words: Vec<&str> = text.split_whitespace().collect();
    let words = words.join(" ");
    let count = words.chars().count();
    match count.checked_sub(MOST_QUOTED) {
        _ if words.is_empty() => String::new(),
        None | Some(0) => format!(": `{words}`"),
        Some(surplus) => {
            let end: String = words.chars().skip(surplus).collect();
            format!(": `…{end}`")
        }
    }
}

fn beginning(line: &str) -> String {
    match line.char_indices().nth(80) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Program {
        Program {
            words: ["sh", "-c", script].map(str::to_owned).to_vec(),
            shown: "script".to_owned(),
            variables: &[],
        }
    }

    fn told(script: &str) -> Result<String, String> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let told = runtime.block_on(run(&shell(script)));
        told.map_err(|silence| Problem::from(silence).message)
    }

    #[test]
    fn the_one_line_that_is_printed_tells() {
        let long = "head -c 100000 /dev/zero | tr '\\0' x";
        for (script, expected) in [
            ("echo http://h", Ok("http://h")),
            (
                "echo; echo ' http://h '; echo; echo warning >&2",
                Ok("http://h"),
            ),
            ("printf http://h; sleep 70 &", Ok("http://h")),
            ("cat; echo http://h", Ok("http://h")),
            ("echo http://a; echo http://b", Err("more than one line")),
            ("echo why >&2", Err("printed nothing: `why`")),
            ("echo no >&2; exit 3", Err("exit status: 3: `no`")),
            ("kill -9 $$", Err("signal: 9")),
            (&format!("{long} >&2; exit 1"), Err("`…xxx")),
            (&format!("{long}; exit 4"), Err("exit status: 4")),
        ] {
            match (told(script), expected) {
                (Ok(line), Ok(expected)) => assert_eq!(line, expected, "{script}"),
                (Err(message), Err(part)) => assert!(message.contains(part), "{message}"),
                (told, expected) => panic!("{script}: {told:?}, expected {expected:?}"),
            }
        }
    }

    /// The clock stands still but for jumps to what is waited for.
    #[tokio::test(start_paused = true)]
    async fn a_minute_is_enough() {
        let silence = run(&shell("sleep 1000")).await.unwrap_err();
        let message = Problem::from(silence).message;
        assert!(message.contains("longer than 60 s"), "{message}");
    }

    #[tokio::test]
    async fn what_it_has_started_ends_with_it() {
        let mut running = start(&shell("sleep 1000 & echo started; wait"))
            .unwrap_or_else(|silence| panic!("{}", Problem::from(silence).message));
        let mut output = running.child.stdout.take().unwrap();
        let mut beginning = [0; 8];
        output.read_exact(&mut beginning).await.unwrap();
        drop(running);
        // It ends only once nobody holds it open any more.
        let mut rest = Vec::new();
        output.read_to_end(&mut rest).await.unwrap();
        assert_eq!((&beginning, rest.as_slice()), (b"started\n", &b""[..]));
    }
}
