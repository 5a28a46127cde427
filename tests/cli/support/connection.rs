//! One connection of a [`Server`](super::Server): reads requests, and does with each what its reply says.

use std::io::{BufRead, BufReader, Error, ErrorKind, Read, Result, Write, copy, sink};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use rustls::{ServerConnection, StreamOwned};
use socket2::SockRef;

use super::reply::{Reply, Then};
use super::server::{Behaviour, Request, Shared};

/// How fast drips fall.
const DRIP: Duration = Duration::from_millis(2);

/// What the system may keep of an answer that nobody reads, so that what was written was also read, nearly.
const SEND_BUFFER: usize = 16 * 1024;

/// Serves one connection; whoever calls it closes the connection by letting go of the stream.
pub(super) fn serve(stream: &TcpStream, shared: &Shared) -> Result<()> {
    stream.set_nodelay(true)?;
    SockRef::from(stream).set_send_buffer_size(SEND_BUFFER)?;
    let handler = match &shared.behaviour {
        Behaviour::Raw(behaviour) => return behaviour(stream),
        Behaviour::Http(handler) => handler,
    };
    let connection = Connection {
        stream,
        shared,
        handler,
    };
    let Some(config) = &shared.tls else {
        return connection.converse(&mut BufReader::new(stream)).map(drop);
    };
    let session = ServerConnection::new(Arc::clone(config)).map_err(Error::other)?;
    let mut tls = BufReader::new(StreamOwned::new(session, stream));
    let then = connection.converse(&mut tls)?;
    if then != Then::Reset {
        let tls = tls.get_mut();
        tls.conn.send_close_notify();
        tls.flush()?;
    }
    Ok(())
}

struct Connection<'a> {
    stream: &'a TcpStream,
    shared: &'a Shared,
    handler: &'a (dyn Fn(&Request) -> Reply + Send + Sync),
}

impl Connection<'_> {
    /// One request after the other, until there is a reason to end.
    fn converse<W: Read + Write>(&self, wire: &mut BufReader<W>) -> Result<Then> {
        for nth in 0.. {
            let request = match read_request(wire, nth) {
                Ok(Some(request)) => request,
                Ok(None) => break,
                // Not even text: TLS, say.
                Err(error) if error.kind() == ErrorKind::InvalidData => {
                    wire.get_mut()
                        .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")?;
                    return Err(error);
                }
                Err(error) => return Err(error),
            };
            let reply = self.reply(&request);
            self.write(wire, &reply.bytes(&request.method))?;
            match reply.then {
                Then::KeepAlive => self.stream.set_read_timeout(None)?,
                Then::Idle(patience) => self.stream.set_read_timeout(Some(patience))?,
                then => return self.end(wire, &reply, then),
            }
        }
        Ok(Then::Close)
    }

    fn reply(&self, request: &Request) -> Reply {
        let shared = self.shared;
        shared.requests.lock().unwrap().push(request.clone());
        shared.arrival.notify_all();
        let in_flight = shared.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
        shared.most_in_flight.fetch_max(in_flight, Ordering::SeqCst);
        let reply = (self.handler)(request);
        if let Some(gate) = &reply.gate {
            gate.wait();
        }
        thread::sleep(reply.delay);
        // Before the answer: with it in hand, the client may send the next request.
        shared.in_flight.fetch_sub(1, Ordering::SeqCst);
        reply
    }

    fn end<W: Read + Write>(
        &self,
        wire: &mut BufReader<W>,
        reply: &Reply,
        then: Then,
    ) -> Result<Then> {
        match then {
            Then::KeepAlive | Then::Idle(_) | Then::Close => {}
            // With no time to linger, closing is a reset.
            Then::Reset => SockRef::from(self.stream).set_linger(Some(Duration::ZERO))?,
            Then::Stall => {
                copy(wire, &mut sink())?;
            }
            Then::Flood => loop {
                self.write(wire, &reply.block)?;
            },
            Then::Drip => loop {
                self.write(wire, b"x")?;
                thread::sleep(DRIP);
            },
        }
        Ok(then)
    }

    fn write<W: Write>(&self, wire: &mut BufReader<W>, bytes: &[u8]) -> Result<()> {
        let wire = wire.get_mut();
        for part in bytes.chunks(SEND_BUFFER) {
            wire.write_all(part)?;
            wire.flush()?;
            self.shared.written.fetch_add(part.len(), Ordering::SeqCst);
        }
        Ok(())
    }
}

fn read_request(reader: &mut impl BufRead, nth: usize) -> Result<Option<Request>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace().map(str::to_owned);
    let (Some(method), Some(target)) = (words.next(), words.next()) else {
        return Ok(None);
    };
    let mut headers = Vec::new();
    loop {
        let mut field = String::new();
        reader.read_line(&mut field)?;
        let Some((name, value)) = field.trim_end().split_once(':') else {
            break;
        };
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
    let length = headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .map_or(0, |(_, value)| value.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(Some(Request {
        method,
        target,
        headers,
        body: String::from_utf8(body).unwrap(),
        arrived: Instant::now(),
        nth,
    }))
}
