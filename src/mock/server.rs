//! One thread that serves every embedded environment.
//!
//! Input: how many are needed, and the routes of each. Output: a listener on a port of 127.0.0.1 for each, bound before
//! [`serve`] returns, and [`Running`], which stops them all. It refuses nothing that is HTTP/1.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{self, Runtime};
use tokio::sync::oneshot;

use super::routes::{Answer, Routes};
use crate::suite::MockRoute;

/// Starts so many embedded servers, on free ports or on `first_port` and those after it, each with its own of the
/// `routes`, which are told first where all of them listen; fails if a port cannot be bound, or if a route has a header
/// that cannot be sent.
pub fn serve(
    servers: usize,
    first_port: Option<u16>,
    routes: impl FnOnce(&[SocketAddr]) -> io::Result<Vec<Vec<MockRoute<String>>>>,
) -> io::Result<Running> {
    if servers == 0 {
        // Most suites have none: they need no thread for it.
        return Ok(Running {
            addresses: Vec::new(),
            stop: None,
            thread: None,
        });
    }
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut addresses = Vec::with_capacity(servers);
    let mut listeners = Vec::with_capacity(servers);
    for number in 0..servers {
        let listener = listen(first_port, number)?;
        listener.set_nonblocking(true)?;
        addresses.push(listener.local_addr()?);
        let _inside = runtime.enter();
        listeners.push(TcpListener::from_std(listener)?);
    }
    let mut servers = Vec::with_capacity(servers);
    for (listener, routes) in listeners.into_iter().zip(routes(&addresses)?) {
        servers.push((listener, Arc::new(Routes::new(&routes)?)));
    }
    let (stop, stopped) = oneshot::channel();
    let thread = thread::Builder::new()
        .name("mock".into())
        .spawn(move || run(&runtime, servers, stopped))?;
    Ok(Running {
        addresses,
        stop: Some(stop),
        thread: Some(thread),
    })
}

/// On any free port, or on the one that is `number` after the first.
fn listen(first_port: Option<u16>, number: usize) -> io::Result<std::net::TcpListener> {
    let Some(first) = first_port else {
        return std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    };
    let port = u16::try_from(number).ok();
    let port = port.and_then(|number| first.checked_add(number));
    let port = port.ok_or_else(|| io::Error::other("there is no port after 65535"))?;
    std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .map_err(|error| io::Error::new(error.kind(), format!("127.0.0.1:{port}: {error}")))
}

/// Embedded servers that listen. Dropping it stops them, answers in the making included, and waits until
/// they are gone.
#[derive(Debug)]
pub struct Running {
    addresses: Vec<SocketAddr>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    /// Where each of them listens, in their order.
    #[must_use]
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Dropping the sender is the signal.
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic in there has been printed already, and a second one here would abort.
            let _ = thread.join();
        }
    }
}

type Server = (TcpListener, Arc<Routes>);

fn run(runtime: &Runtime, servers: Vec<Server>, stopped: oneshot::Receiver<()>) {
    runtime.block_on(async {
        for (listener, routes) in servers {
            tokio::spawn(accept(listener, routes));
        }
        // Nothing is ever sent: this ends when `Running` drops its half.
        let _ = stopped.await;
    });
}

async fn accept(listener: TcpListener, routes: Arc<Routes>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(connection(stream, Arc::clone(&routes)));
            }
            // The process is out of file descriptors, most likely: some will be closed soon.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

async fn connection(stream: TcpStream, routes: Arc<Routes>) {
    // Only slower if it fails.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| answer(request, &routes));
    // It fails when the client hangs up or does not speak HTTP: the client's affair.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn answer(
    request: Request<Incoming>,
    routes: &Routes,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, mut content) = request.into_parts();
    // Read to its end, or the connection could not be used again.
    while let Some(Ok(_)) = content.frame().await {}
    let Answer {
        status,
        headers,
        body,
        delay,
    } = routes
        .answer(&head.method, head.uri.path(), head.uri.query())
        .clone();
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Read, Write};
    use std::net::TcpStream;
    use std::time::Instant;

    use http::{Method, StatusCode};

    use super::*;
    use crate::suite::MockAnswer;

    fn serve(routes: &[Vec<MockRoute<String>>]) -> io::Result<Running> {
        super::serve(routes.len(), None, |_addresses| Ok(routes.to_vec()))
    }

    fn route(path: &str, status: u16, body: &str) -> MockRoute<String> {
        MockRoute {
            method: None,
            path: path.to_owned(),
            answers: vec![MockAnswer {
                status: StatusCode::from_u16(status).unwrap(),
                location: None,
                delay: Duration::ZERO,
                headers: Vec::new(),
                body: body.to_owned(),
            }],
        }
    }

    /// The route with its answer changed.
    fn with(
        mut route: MockRoute<String>,
        change: impl FnOnce(&mut MockAnswer<String>),
    ) -> MockRoute<String> {
        change(&mut route.answers[0]);
        route
    }

    /// Sends `request` on a connection of its own and returns all that comes back until it is closed.
    fn exchange(address: SocketAddr, request: &str) -> String {
        let mut stream = TcpStream::connect(address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn get(address: SocketAddr, target: &str) -> String {
        exchange(
            address,
            &format!("GET {target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"),
        )
    }

    #[test]
    fn each_environment_has_an_address_and_answers_of_its_own() {
        let running = serve(&[
            vec![route("/a", 200, "one")],
            vec![route("/a", 503, "two")],
            vec![],
        ])
        .unwrap();
        let [first, second, third] = *running.addresses() else {
            panic!("three addresses")
        };
        assert!(first.ip().is_loopback() && first != second && second != third);
        let answer = get(first, "/a");
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.ends_with("\r\n\r\none"), "{answer}");
        assert!(get(second, "/a?x=1").starts_with("HTTP/1.1 503 "));
        assert!(get(third, "/a").starts_with("HTTP/1.1 404 "));
    }

    #[test]
    fn every_final_status_can_be_sent() {
        let routes = [200, 204, 299, 304, 418, 599, 600, 999];
        let running = serve(&[routes
            .map(|status| route(&format!("/{status}"), status, "x"))
            .into()])
        .unwrap();
        for status in routes {
            let answer = get(running.addresses()[0], &format!("/{status}"));
            assert!(
                answer.starts_with(&format!("HTTP/1.1 {status} ")),
                "{answer}"
            );
        }
    }

    #[test]
    fn a_redirect_has_its_location_and_headers() {
        let routes = vec![with(route("/old", 301, ""), |answer| {
            answer.location = Some("/new?a=1".into());
            answer.headers = vec![(http::HeaderName::from_static("x-team"), "web".into())];
        })];
        let running = serve(&[routes]).unwrap();
        let answer = get(running.addresses()[0], "/old").to_lowercase();
        assert!(answer.contains("\r\nlocation: /new?a=1\r\n"), "{answer}");
        assert!(answer.contains("\r\nx-team: web\r\n"), "{answer}");
    }

    #[test]
    fn a_head_request_gets_no_body() {
        let running = serve(&[vec![route("/a", 200, "text")]]).unwrap();
        let request = "HEAD /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
        let answer = exchange(running.addresses()[0], request);
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(
            answer.contains("content-length: 4\r\n") && answer.ends_with("\r\n\r\n"),
            "{answer}"
        );
    }

    #[test]
    fn a_connection_serves_one_request_after_another() {
        let posted = MockRoute {
            method: Some(Method::POST),
            ..route("/a", 201, "")
        };
        let running = serve(&[vec![posted, route("/a", 200, "")]]).unwrap();
        let stream = TcpStream::connect(running.addresses()[0]).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
        // Longer than any buffer, so that a content left unread would be found by the next request.
        let content = "x".repeat(1_000_000);
        for _ in 0..3 {
            let length = content.len();
            let head = format!("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: {length}\r\n\r\n");
            (&stream).write_all(head.as_bytes()).unwrap();
            (&stream).write_all(content.as_bytes()).unwrap();
            assert_eq!(lines.next().unwrap().unwrap(), "HTTP/1.1 201 Created");
            assert!(lines.by_ref().any(|line| line.unwrap().is_empty()));
            (&stream)
                .write_all(b"GET /a HTTP/1.1\r\nHost: h\r\n\r\n")
                .unwrap();
            assert_eq!(lines.next().unwrap().unwrap(), "HTTP/1.1 200 OK");
            assert!(lines.by_ref().any(|line| line.unwrap().is_empty()));
        }
    }

    #[test]
    fn a_delay_holds_back_its_own_answer_and_no_other() {
        let held_back = |path, delay| with(route(path, 200, ""), |it| it.delay = delay);
        let delayed = held_back("/slow", Duration::from_millis(60));
        let stuck = held_back("/stuck", Duration::from_hours(1));
        let running = serve(&[vec![delayed, stuck, route("/fast", 200, "")]]).unwrap();
        let address = running.addresses()[0];
        let mut waiting = TcpStream::connect(address).unwrap();
        waiting
            .write_all(b"GET /stuck HTTP/1.1\r\nHost: h\r\n\r\n")
            .unwrap();
        let begin = Instant::now();
        assert!(get(address, "/slow").starts_with("HTTP/1.1 200 "));
        assert!(begin.elapsed() >= Duration::from_millis(60));
        assert!(get(address, "/fast").starts_with("HTTP/1.1 200 "));
    }

    #[test]
    fn dropping_it_stops_everything() {
        let stuck = with(route("/", 200, ""), |it| {
            it.delay = Duration::from_hours(1);
        });
        let running = serve(&[vec![stuck]]).unwrap();
        let address = running.addresses()[0];
        let mut waiting = TcpStream::connect(address).unwrap();
        waiting
            .write_all(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            .unwrap();
        drop(running);
        let mut answer = Vec::new();
        // Closed in the middle of an answer: an end, or a reset if the request was not read yet.
        let _ = waiting.read_to_end(&mut answer);
        assert!(answer.is_empty());
        assert!(
            TcpStream::connect(address).is_err(),
            "nobody listens any more"
        );
    }

    #[test]
    fn a_route_that_cannot_be_sent_is_an_error() {
        let bad = with(route("/old", 301, ""), |it| {
            it.location = Some("/a\nb".into());
        });
        assert_eq!(
            serve(&[vec![bad]]).unwrap_err().kind(),
            io::ErrorKind::InvalidInput
        );
    }
}
