//! An HTTP server in the test's own process that a closure drives, and that remembers what it was asked.

use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, Once, Weak};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustls::ServerConfig;

use super::PATIENCE;
use super::connection::serve;
use super::reply::Reply;

/// Listens on a free port of 127.0.0.1; dropping it ends every connection and waits for its threads.
pub(crate) struct Server {
    scheme: &'static str,
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// A request as it came in.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// Path and query, as sent.
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    /// When it had come in completely.
    pub(crate) arrived: Instant,
    /// How many requests came on the same connection before it.
    pub(crate) nth: usize,
}

/// What a server does with its connections.
pub(super) enum Behaviour {
    /// Reads requests and replies.
    Http(Box<dyn Fn(&Request) -> Reply + Send + Sync>),
    /// Anything; the connection ends when it is done.
    Raw(RawHandler),
}

type RawHandler = Box<dyn Fn(&TcpStream) -> std::io::Result<()> + Send + Sync>;

/// What the threads of a server have in common.
pub(super) struct Shared {
    pub(super) behaviour: Behaviour,
    pub(super) tls: Option<Arc<ServerConfig>>,
    pub(super) requests: Mutex<Vec<Request>>,
    /// Told whenever there is another one.
    pub(super) arrival: Condvar,
    pub(super) in_flight: AtomicUsize,
    pub(super) most_in_flight: AtomicUsize,
    /// Bytes that the system took, of all connections.
    pub(super) written: AtomicUsize,
    stopping: AtomicBool,
    /// Weak, so that the thread of a connection closes it by letting go of it.
    connections: Mutex<Vec<Weak<TcpStream>>>,
}

impl Server {
    pub(crate) fn start(handler: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        Self::new(Behaviour::Http(Box::new(handler)), None)
    }

    /// The same behind TLS.
    pub(crate) fn secure(
        tls: ServerConfig,
        handler: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::new(Behaviour::Http(Box::new(handler)), Some(tls)).called("https")
    }

    /// Leaves every connection to a closure that speaks for itself.
    pub(crate) fn raw(
        behaviour: impl Fn(&TcpStream) -> std::io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        Self::new(Behaviour::Raw(Box::new(behaviour)), None)
    }

    /// With another scheme in its URL.
    pub(crate) fn called(mut self, scheme: &'static str) -> Self {
        self.scheme = scheme;
        self
    }

    fn new(behaviour: Behaviour, tls: Option<ServerConfig>) -> Self {
        allow_many_connections();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            behaviour,
            tls: tls.map(Arc::new),
            requests: Mutex::default(),
            arrival: Condvar::default(),
            in_flight: AtomicUsize::default(),
            most_in_flight: AtomicUsize::default(),
            written: AtomicUsize::default(),
            stopping: AtomicBool::default(),
            connections: Mutex::default(),
        });
        let thread = {
            let shared = Arc::clone(&shared);
            thread::spawn(move || accept(&listener, &shared))
        };
        Self {
            scheme: "http",
            address,
            shared,
            thread: Some(thread),
        }
    }

    /// Answers every request with this status.
    pub(crate) fn always(status: u16) -> Self {
        Self::start(move |_| Reply::status(status))
    }

    /// Answers `/200` with 200, `/404` with 404, and so on for every path that ends in three digits.
    pub(crate) fn echo() -> Self {
        Self::start(|request| {
            let path = request.path();
            let digits = path.get(path.len().saturating_sub(3)..);
            Reply::status(digits.and_then(|digits| digits.parse().ok()).unwrap_or(404))
        })
    }

    /// The base URL, without a slash at its end.
    pub(crate) fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// Everything that was asked so far, in the order of arrival.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.shared.requests.lock().unwrap().clone()
    }

    /// `METHOD target` of every request so far, sorted.
    pub(crate) fn asked(&self) -> Vec<String> {
        let line = |request: &Request| format!("{} {}", request.method, request.target);
        let mut asked: Vec<_> = self.requests().iter().map(line).collect();
        asked.sort();
        asked
    }

    /// Waits until that path was asked for.
    #[track_caller]
    pub(crate) fn wait_for(&self, path: &str) {
        let is_missing =
            |requests: &mut Vec<Request>| !requests.iter().any(|request| request.path() == path);
        let requests = self.shared.requests.lock().unwrap();
        let waited = self
            .shared
            .arrival
            .wait_timeout_while(requests, PATIENCE, is_missing);
        let is_late = waited.unwrap().1.timed_out();
        assert!(!is_late, "nobody asked for `{path}`");
    }

    /// How many connections were made so far.
    pub(crate) fn connections(&self) -> usize {
        self.shared.connections.lock().unwrap().len()
    }

    /// How many requests waited for their answers at the same time, at most.
    pub(crate) fn most_in_flight(&self) -> usize {
        self.shared.most_in_flight.load(Ordering::SeqCst)
    }

    /// How many bytes of answers the system took so far.
    pub(crate) fn written(&self) -> usize {
        self.shared.written.load(Ordering::SeqCst)
    }
}

impl Request {
    /// The target without its query.
    pub(crate) fn path(&self) -> &str {
        self.target
            .split_once('?')
            .map_or(&self.target, |(path, _)| path)
    }

    /// The values of all fields of that name, joined as RFC 9110 joins them.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let values: Vec<_> = self
            .headers
            .iter()
            .filter(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .collect();
        (!values.is_empty()).then(|| values.join(", "))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for connections.
        drop(TcpStream::connect(self.address));
        let ended = self.thread.take().map(JoinHandle::join);
        if !thread::panicking() {
            ended.unwrap().expect("a handler panicked");
        }
    }
}

/// Every connection is an open file, and a shell allows its programs few of them unless they ask for more.
fn allow_many_connections() {
    static ALLOWED: Once = Once::new();
    ALLOWED.call_once(|| {
        let limit = getrlimit(Resource::Nofile);
        let raised = Rlimit {
            current: limit.maximum,
            ..limit
        };
        // Where it is refused, most tests need no more than there is.
        let _ = setrlimit(Resource::Nofile, raised);
    });
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    let mut threads = Vec::new();
    for stream in listener.incoming() {
        let stream = Arc::new(stream.unwrap());
        if shared.stopping.load(Ordering::SeqCst) {
            break;
        }
        let connection = Arc::downgrade(&stream);
        shared.connections.lock().unwrap().push(connection);
        let shared = Arc::clone(shared);
        // A client that hangs up is no failure of the server.
        threads.push(thread::spawn(move || {
            drop(serve(&stream, &shared));
        }));
    }
    for connection in shared.connections.lock().unwrap().iter() {
        if let Some(connection) = connection.upgrade() {
            drop(connection.shutdown(Shutdown::Both));
        }
    }
    for thread in threads {
        thread.join().unwrap();
    }
}

#[cfg(test)]
mod tests {
    use std::io::{ErrorKind, Read, Write};

    use super::*;
    use crate::support::Gate;

    fn get(server: &Server) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(server.address)?;
        stream.write_all(b"GET /a?b=1 HTTP/1.1\r\nX-A: 1\r\nx-a: 2\r\n\r\n")?;
        let mut answer = Vec::new();
        let mut buffer = vec![0; 64 * 1024];
        // A reset may come in the place of bytes that were sent before it, so one reading will do.
        while answer.len() < 1_000_000 {
            let read = stream.read(&mut buffer)?;
            if read == 0 {
                break;
            }
            answer.extend_from_slice(&buffer[..read]);
        }
        Ok(String::from_utf8(answer).unwrap())
    }

    #[test]
    fn it_does_as_it_is_told_and_remembers_what_it_was_asked() {
        let server = Server::start(|_| Reply::redirect(301, "/new").body("moved").then_close());
        let answer = get(&server).unwrap();
        assert_eq!(
            answer,
            "HTTP/1.1 301 Reply\r\nLocation: /new\r\nContent-Length: 5\r\nConnection: close\r\n\r\nmoved"
        );
        let requests = server.requests();
        assert_eq!(requests[0].path(), "/a");
        assert_eq!(requests[0].header("x-A").unwrap(), "1, 2");
        assert_eq!(server.asked(), ["GET /a?b=1"]);
        assert_eq!((server.connections(), server.most_in_flight()), (1, 1));
    }

    #[test]
    fn it_can_fail_in_every_way() {
        assert_eq!(get(&Server::start(|_| Reply::close())).unwrap(), "");
        let reset = get(&Server::start(|_| Reply::reset())).unwrap_err();
        assert_eq!(reset.kind(), ErrorKind::ConnectionReset);
        let truncated = get(&Server::start(|_| Reply::truncated(200, "body"))).unwrap();
        assert!(truncated.ends_with("\r\n\r\nbody"));
        let endless = get(&Server::start(|_| Reply::endless(200))).unwrap();
        assert!(endless.len() >= 1_000_000);
    }

    #[test]
    fn a_stalled_connection_ends_with_the_server() {
        let server = Server::start(|_| Reply::stall());
        let mut stream = TcpStream::connect(server.address).unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
        server.wait_for("/");
        drop(server);
        assert!(!matches!(stream.read(&mut [0]), Ok(1..)));
    }

    #[test]
    fn a_gate_holds_an_answer_back() {
        let gate = Gate::new();
        let server = {
            let gate = gate.clone();
            Server::start(move |_| Reply::status(200).after(&gate).then_close())
        };
        assert_eq!(server.most_in_flight(), 0);
        thread::scope(|scope| {
            let waiting = scope.spawn(|| get(&server).unwrap());
            while server.most_in_flight() == 0 {
                thread::yield_now();
            }
            assert!(!waiting.is_finished());
            gate.open();
            assert!(waiting.join().unwrap().starts_with("HTTP/1.1 200 "));
        });
    }
}
