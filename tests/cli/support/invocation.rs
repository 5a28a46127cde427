//! One run of the program: in a folder of its own, with an environment that nobody else wrote into, and
//! never longer than [`PATIENCE`].

use std::fs::OpenOptions;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::{PATIENCE, Report};

/// The path of another build of the program to be tested, such as the one that is released.
const OTHER_BUILD: &str = "STATUSDIFF_TEST_BINARY";

/// The program, with nothing but what a test gives it: no proxy, no colour, no `STATUSDIFF_*`, no CI.
pub(crate) fn statusdiff() -> Invocation {
    let folder = TempDir::new().unwrap();
    let mut command = Command::new(program());
    command.current_dir(folder.path()).env_clear();
    command.env("HOME", folder.path());
    for kept in ["PATH", "SYSTEMROOT", "LLVM_PROFILE_FILE"] {
        if let Some(value) = std::env::var_os(kept) {
            command.env(kept, value);
        }
    }
    Invocation {
        command,
        folder,
        input: None,
        stdout: None,
    }
}

fn program() -> PathBuf {
    match std::env::var_os(OTHER_BUILD) {
        // From here, not from the folder of the run.
        Some(path) => std::fs::canonicalize(path).unwrap(),
        None => assert_cmd::cargo::cargo_bin!("statusdiff").to_owned(),
    }
}

/// A run in preparation.
pub(crate) struct Invocation {
    command: Command,
    folder: TempDir,
    input: Option<String>,
    stdout: Option<PathBuf>,
}

/// A run that is over.
pub(crate) struct Finished {
    /// Absent where a signal ended the program, which is never right.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// The folder it ran in, gone with this value.
    pub(crate) folder: TempDir,
}

/// A run under way.
pub(crate) struct Started {
    child: Child,
    folder: TempDir,
}

impl Invocation {
    /// `check suite.yaml` with that text in the file.
    pub(crate) fn check(self, suite: &str) -> Self {
        self.file("suite.yaml", suite).args(["check", "suite.yaml"])
    }

    pub(crate) fn args<'a>(mut self, args: impl IntoIterator<Item = &'a str>) -> Self {
        self.command.args(args);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Writes a file into the folder of the run, or beneath it.
    pub(crate) fn file(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        self
    }

    /// Lets it have so many files open, and raise that itself up to `hard`.
    pub(crate) fn descriptors(mut self, soft: u32, hard: u32) -> Self {
        let script = format!("ulimit -S -n {soft} && ulimit -H -n {hard} && exec \"$0\" \"$@\"");
        let mut shell = Command::new("sh");
        shell.args(["-c", &script]).arg(self.command.get_program());
        shell.args(self.command.get_args());
        shell.current_dir(self.folder.path()).env_clear();
        let set = self.command.get_envs();
        shell.envs(set.filter_map(|(name, value)| Some((name, value?))));
        self.command = shell;
        self
    }

    /// Text for standard input, which otherwise is empty.
    pub(crate) fn input(mut self, text: &str) -> Self {
        self.input = Some(text.to_owned());
        self
    }

    /// Runs in that folder instead of one of its own.
    pub(crate) fn at(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Sends standard output into a file that exists, instead of giving it to the test.
    pub(crate) fn stdout(mut self, file: &str) -> Self {
        self.stdout = Some(file.into());
        self
    }

    /// Runs it to its end.
    pub(crate) fn run(self) -> Finished {
        if self.stdout.is_some() {
            return self.start().finish();
        }
        let output = assert_cmd::Command::from_std(self.command)
            .timeout(PATIENCE)
            .write_stdin(self.input.unwrap_or_default())
            .output()
            .unwrap();
        Finished {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
            folder: self.folder,
        }
    }

    /// Runs it to its end with `--format json` and reads the report.
    pub(crate) fn report(self) -> Report {
        let finished = self.args(["--format", "json"]).run();
        Report::read(&finished)
    }

    /// Starts it and returns at once, with its standard output in a pipe.
    pub(crate) fn start(mut self) -> Started {
        let stdout = self.stdout.map_or_else(Stdio::piped, |file| {
            OpenOptions::new().write(true).open(file).unwrap().into()
        });
        let child = self
            .command
            .stdin(Stdio::null())
            .stdout(stdout)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Started {
            child,
            folder: self.folder,
        }
    }
}

impl Finished {
    /// The run, if it ended with this code; otherwise the test fails and shows all that was printed.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "unexpected exit code\n{self}");
        self
    }

    /// That nothing was printed to standard output, and to standard error every one of `parts`.
    #[track_caller]
    pub(crate) fn complains(self, parts: &[&str]) -> Self {
        assert_eq!(self.stdout, "", "standard output is for reports\n{self}");
        for part in parts {
            assert!(self.stderr.contains(part), "no `{part}` in\n{self}");
        }
        self
    }

    /// That standard output has every one of `parts`.
    #[track_caller]
    pub(crate) fn prints(self, parts: &[&str]) -> Self {
        for part in parts {
            assert!(self.stdout.contains(part), "no `{part}` in\n{self}");
        }
        self
    }
}

impl std::fmt::Display for Finished {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            code,
            stdout,
            stderr,
            ..
        } = self;
        write!(
            f,
            "code: {code:?}\n--- stdout\n{stdout}\n--- stderr\n{stderr}\n---"
        )
    }
}

impl Started {
    /// Sends the signal by its name, `INT` or `TERM`.
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &pid]).status();
        assert!(sent.unwrap().success());
    }

    /// The pipe from its standard output, to be read or to be closed by dropping it.
    pub(crate) fn take_stdout(&mut self) -> impl Read + use<> {
        self.child.stdout.take().unwrap()
    }

    /// Waits for its end.
    pub(crate) fn finish(mut self) -> Finished {
        let stdout = self.child.stdout.take().map(read_all);
        let stderr = self.child.stderr.take().map(read_all);
        let status = self.wait();
        let text = |reader: Option<thread::JoinHandle<String>>| {
            reader
                .map(|reader| reader.join().unwrap())
                .unwrap_or_default()
        };
        Finished {
            code: status.code(),
            stdout: text(stdout),
            stderr: text(stderr),
            folder: self.folder,
        }
    }

    /// Waits for its end, and tells how much memory it had at most, in bytes, where the system knows.
    pub(crate) fn finish_measured(self) -> (Finished, usize) {
        let status = format!("/proc/{}/status", self.child.id());
        let watch = thread::spawn(move || {
            let mut peak = 0;
            while let Some(kilobytes) = std::fs::read_to_string(&status).ok().and_then(|text| {
                let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
                line.trim().trim_end_matches(" kB").parse::<usize>().ok()
            }) {
                peak = kilobytes * 1024;
                thread::sleep(Duration::from_millis(5));
            }
            peak
        });
        let finished = self.finish();
        (finished, watch.join().unwrap())
    }

    fn wait(&mut self) -> ExitStatus {
        let begin = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            if begin.elapsed() > PATIENCE {
                self.child.kill().unwrap();
                return self.child.wait().unwrap();
            }
            thread::sleep(Duration::from_millis(2));
        }
    }
}

fn read_all(mut stream: impl Read + Send + 'static) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    })
}
