//! Every way in which an answer may be wrong, odd or missing, against a server that really does it, and what
//! the report says of it.

mod crowd;
mod http;
mod http2;
mod network;
mod tls;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::support::{FullQueue, Reply, Report, Server, statusdiff, suite};

/// Long enough for whatever is to happen before it.
const IN_TIME: [&str; 4] = ["--timeout", "1500ms", "--connect-timeout", "700ms"];

/// What a second attempt would show is not the question here.
const ONCE: [&str; 2] = ["--retries", "0"];

/// One fault: a row of the table.
struct Fault {
    name: &'static str,
    /// The endpoint as the suite has it.
    endpoint: &'static str,
    does: Does,
    args: &'static [&'static str],
    /// Verdict, status, reasons and kind; `or` between two where no one can tell which it will be.
    says: &'static str,
    /// Where the answer never ends: the most that the server may have got rid of.
    at_most: Option<usize>,
}

/// Who is asked.
enum Does {
    Serve(Box<dyn Fn() -> Server + Send + Sync>),
    NoServer(String),
    FullQueue,
}

/// A server that replies like this.
fn replies(name: &'static str, reply: Reply, says: &'static str) -> Fault {
    serves(
        name,
        move || {
            let reply = reply.clone();
            Server::start(move |_| reply.clone())
        },
        says,
    )
}

/// A server that sends these bytes and hangs up.
fn sends(name: &'static str, bytes: impl AsRef<[u8]>, says: &'static str) -> Fault {
    replies(name, Reply::raw(bytes), says)
}

fn serves(
    name: &'static str,
    server: impl Fn() -> Server + Send + Sync + 'static,
    says: &'static str,
) -> Fault {
    asks(name, Does::Serve(Box::new(server)), says)
}

fn asks(name: &'static str, does: Does, says: &'static str) -> Fault {
    Fault {
        name,
        endpoint: "/: 200",
        does,
        args: &[],
        says,
        at_most: None,
    }
}

impl Fault {
    /// With that endpoint instead of `/: 200`.
    fn at(self, endpoint: &'static str) -> Self {
        Self { endpoint, ..self }
    }

    /// With time limits that are not worth waiting for.
    fn in_time(self) -> Self {
        Self {
            args: &IN_TIME,
            ..self
        }
    }

    /// With more time than reading a great deal takes on a busy machine.
    fn unhurried(self) -> Self {
        Self {
            args: &["--timeout", "2m"],
            ..self
        }
    }

    /// With an end after so many bytes at the latest.
    fn at_most(self, bytes: usize) -> Self {
        Self {
            at_most: Some(bytes),
            ..self
        }
    }

    fn check(&self, roots: &str) {
        let report = self.report(roots);
        let said = report.says("/", "a");
        assert!(
            self.says.split(" or ").any(|says| says == said),
            "{}: `{said}` instead of `{}`: {report}",
            self.name,
            self.says
        );
        let error = &report.probe("/", "a")["error"];
        if let Some(message) = error["message"].as_str() {
            let readable = !message.is_empty() && !message.contains(char::is_control);
            assert!(readable, "{}: `{message}`", self.name);
        }
        let code = match said.split(' ').next() {
            Some("match") => 0,
            Some("mismatch") => 1,
            _ => 3,
        };
        report.exits(code);
    }

    fn report(&self, roots: &str) -> Report {
        match &self.does {
            Does::NoServer(url) => self.ask(url, roots),
            Does::FullQueue => self.ask(&FullQueue::new().url(), roots),
            Does::Serve(server) => {
                let server = server();
                let report = self.ask(&server.url(), roots);
                let written = server.written();
                let most = self.at_most.unwrap_or(usize::MAX);
                assert!(written <= most, "{}: {written} bytes", self.name);
                report
            }
        }
    }

    fn ask(&self, url: &str, roots: &str) -> Report {
        let text = suite(&[("a", url)], &format!("- {}", self.endpoint));
        statusdiff()
            .check(&text)
            .args(ONCE.into_iter().chain(self.args.iter().copied()))
            .file("roots.pem", roots)
            .env("SSL_CERT_FILE", "roots.pem")
            .report()
    }
}

/// Checks all rows, a few at a time, and tells of every one that is wrong.
fn check_all(faults: &[Fault], roots: &str) {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut wrong = Vec::new();
        while let Some(fault) = faults.get(next.fetch_add(1, Ordering::SeqCst)) {
            let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                fault.check(roots);
            }));
            wrong.extend(checked.is_err().then_some(fault.name));
        }
        wrong
    };
    let wrong: Vec<_> = thread::scope(|scope| {
        let workers: Vec<_> = (0..4).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap())
            .collect()
    });
    assert!(wrong.is_empty(), "wrong: {wrong:#?}");
}
