//! Input: `weigh RESULT SECONDS PROGRAM [ARGUMENT]...`. Output: the program's own, and in the file RESULT one line of
//! wall nanoseconds, CPU microseconds, peak bytes and exit code. It refuses to wait longer than SECONDS.
//!
//! It is a program of its own because the peak memory of a process starts from that of its parent: this one is small.

use std::error::Error;
use std::os::unix::process::ExitStatusExt;
use std::process::Command;
use std::sync::mpsc;
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use rustix::process::{Pid, Signal, kill_process, setsid};
use wait4::Wait4;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args_os().skip(1);
    let result = arguments.next().ok_or("no file for the result")?;
    let seconds = arguments.next().ok_or("no limit in seconds")?;
    let limit = Duration::from_secs(seconds.to_string_lossy().parse()?);
    let program = arguments.next().ok_or("no program")?;

    // In a session of its own, apart from the servers', as services have them: Linux shares processors out by session
    // (`sched_autogroup_enabled`), and within one a client with more threads than another would crowd out its server.
    setsid()?;

    let start = Instant::now();
    let mut child = Command::new(program).args(arguments).spawn()?;
    let (ended, has_ended) = mpsc::channel::<()>();
    let pid = Pid::from_child(&child);
    thread::spawn(move || {
        if has_ended.recv_timeout(limit) == Err(mpsc::RecvTimeoutError::Timeout) {
            // It may have ended just now, which is as good.
            let _ = kill_process(pid, Signal::KILL);
        }
    });
    let used = child.wait4()?;
    let wall = start.elapsed();
    drop(ended);

    // A signal's number is told as shells tell it.
    let signal = || used.status.signal().map_or(255, |number| 128 + number);
    let code = used.status.code().unwrap_or_else(signal);
    let cpu = used.rusage.utime + used.rusage.stime;
    let line = format!(
        "{} {} {} {code}\n",
        wall.as_nanos(),
        cpu.as_micros(),
        used.rusage.maxrss
    );
    fs::write(result, line)?;
    Ok(())
}
