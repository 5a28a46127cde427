//! Input: a command line. Output: what running it took (wall, CPU, peak memory) and what it wrote, or how soon it reports
//! after an interrupt. It refuses to go on after Ctrl-C, and to wait longer than [`LIMIT`] for a run's end.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

/// Seconds after which a run is killed.
const LIMIT: u32 = 600;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// From now on Ctrl-C and SIGTERM let the run in progress end, and no other begin.
pub(crate) fn stop_when_interrupted() -> Result<()> {
    ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::Relaxed))?;
    Ok(())
}

/// What one run of a program took, as the kernel counts it.
pub(crate) struct Run {
    /// Seconds from before it was started until it had ended.
    pub(crate) wall: f64,
    /// Seconds of user and system time.
    pub(crate) cpu: f64,
    /// Bytes of resident memory at the peak.
    pub(crate) peak: u64,
    /// The exit code, or 128 and the signal's number.
    pub(crate) code: i32,
    /// What it wrote to standard output.
    pub(crate) stdout: PathBuf,
    /// What it wrote to standard error.
    pub(crate) stderr: PathBuf,
}

impl Run {
    /// Standard output and standard error as text, one after the other.
    pub(crate) fn text(&self) -> Result<String> {
        let out = fs::read(&self.stdout)?;
        let err = fs::read(&self.stderr)?;
        Ok(String::from_utf8_lossy(&out).into_owned() + &String::from_utf8_lossy(&err))
    }
}

/// Runs programs and weighs them.
pub(crate) struct Scales {
    /// The program `weigh` beside this one.
    weigh: PathBuf,
    /// Where outputs go; each run overwrites those of the one before.
    folder: PathBuf,
}

impl Scales {
    pub(crate) fn new(weigh: PathBuf, folder: &Path) -> Self {
        Self {
            weigh,
            folder: folder.to_owned(),
        }
    }

    /// Runs this command to its end.
    pub(crate) fn run(&self, command: &[String]) -> Result<Run> {
        go_on()?;
        let (stdout, stderr) = (self.folder.join("stdout"), self.folder.join("stderr"));
        let result = self.folder.join("weight");
        let status = self
            .command(&self.weigh)
            .arg(&result)
            .arg(LIMIT.to_string())
            .args(command)
            .stdout(File::create(&stdout)?)
            .stderr(File::create(&stderr)?)
            .status()
            .context("`weigh` does not start")?;
        go_on()?;
        if !status.success() {
            let said = fs::read_to_string(&stderr).unwrap_or_default();
            bail!("`{}` does not start: {said}", command.join(" "));
        }
        let line = fs::read_to_string(&result)?;
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [wall, cpu, peak, code] = fields[..] else {
            bail!("`weigh` wrote `{line}`, expected four numbers");
        };
        Ok(Run {
            wall: wall.parse::<f64>()? / 1e9,
            cpu: cpu.parse::<f64>()? / 1e6,
            peak: peak.parse()?,
            code: code.parse()?,
            stdout,
            stderr,
        })
    }

    /// Interrupts statusdiff with this command after a while: the seconds until its report begins.
    pub(crate) fn interrupt(&self, command: &[String], after: Duration) -> Result<f64> {
        go_on()?;
        let (program, arguments) = command.split_first().context("no program")?;
        let mut child = self
            .command(program)
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        thread::sleep(after);
        let start = Instant::now();
        kill_process(Pid::from_child(&child), Signal::INT)?;
        let mut report = child.stdout.take().context("no standard output")?;
        let begun = report.read_exact(&mut [0]).map(|()| start.elapsed());
        io::copy(&mut report, &mut io::sink())?;
        let status = child.wait()?;
        go_on()?;
        if status.code() != Some(130) {
            bail!("{program} was interrupted, and ended with {status}");
        }
        Ok(begun.context("no report")?.as_secs_f64())
    }

    fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        // What this machine is set to use as a proxy has no part in this.
        for name in ["http_proxy", "https_proxy", "all_proxy"] {
            command.env_remove(name).env_remove(name.to_uppercase());
        }
        command.current_dir(&self.folder).stdin(Stdio::null());
        command
    }
}

fn go_on() -> Result<()> {
    if INTERRUPTED.load(Ordering::Relaxed) {
        bail!("interrupted");
    }
    Ok(())
}
