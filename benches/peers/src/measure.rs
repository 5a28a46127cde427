//! Input: a command line. Output: what running it took (wall, CPU, peak memory) and what it wrote. It refuses to go on
//! after Ctrl-C, and to wait for longer than [`LIMIT`].

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result, bail};

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
        if INTERRUPTED.load(Ordering::Relaxed) {
            bail!("interrupted");
        }
        let (stdout, stderr) = (self.folder.join("stdout"), self.folder.join("stderr"));
        let result = self.folder.join("weight");
        let mut child = Command::new(&self.weigh);
        // What this machine is set to use as a proxy has no part in this.
        for name in ["http_proxy", "https_proxy", "all_proxy"] {
            child.env_remove(name).env_remove(name.to_uppercase());
        }
        let status = child
            .arg(&result)
            .arg(LIMIT.to_string())
            .args(command)
            .current_dir(&self.folder)
            .stdin(std::process::Stdio::null())
            .stdout(File::create(&stdout)?)
            .stderr(File::create(&stderr)?)
            .status()
            .context("`weigh` does not start")?;
        if INTERRUPTED.load(Ordering::Relaxed) {
            bail!("interrupted");
        }
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
}
