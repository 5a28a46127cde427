//! What a server of the tests does with a request: answer, or fail in a way of its own.

use std::time::Duration;

use super::Gate;

/// Bytes to send, when to send them, and what becomes of the connection afterwards.
#[derive(Clone)]
pub(crate) struct Reply {
    pub(super) content: Content,
    pub(super) gate: Option<Gate>,
    pub(super) delay: Duration,
    pub(super) then: Then,
    /// What a flood repeats.
    pub(super) block: Vec<u8>,
}

#[derive(Clone)]
pub(super) enum Content {
    Response {
        status: u16,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    },
    Raw(Vec<u8>),
}

/// What happens once the content is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// The connection waits for the next request.
    KeepAlive,
    /// An orderly end (FIN).
    Close,
    /// A reset (RST).
    Reset,
    /// Silence until the client hangs up.
    Stall,
    /// The block of the reply, again and again, until the client hangs up.
    Flood,
    /// A byte every few milliseconds until the client hangs up.
    Drip,
    /// The connection waits so long for the next request, and then ends without a word about it.
    Idle(Duration),
}

impl Reply {
    /// A response without headers and body; any three digits will do.
    pub(crate) fn status(status: u16) -> Self {
        Self::new(Content::Response {
            status,
            headers: Vec::new(),
            body: Vec::new(),
        })
    }

    pub(crate) fn redirect(status: u16, location: &str) -> Self {
        Self::status(status).header("Location", location)
    }

    /// Exactly these bytes, and then an orderly end.
    pub(crate) fn raw(bytes: impl AsRef<[u8]>) -> Self {
        Self {
            then: Then::Close,
            ..Self::new(Content::Raw(bytes.as_ref().to_vec()))
        }
    }

    /// No answer, but an orderly end of the connection.
    pub(crate) fn close() -> Self {
        Self::raw("")
    }

    /// No answer, but a reset of the connection.
    pub(crate) fn reset() -> Self {
        Self::close().then_reset()
    }

    /// No answer, and the connection stays open.
    pub(crate) fn stall() -> Self {
        Self::close().then_stall()
    }

    /// A response whose body never ends.
    pub(crate) fn endless(status: u16) -> Self {
        Self::raw(format!(
            "HTTP/1.1 {status} Endless\r\nContent-Length: 1000000000000\r\n\r\n"
        ))
        .then_flood([b'x'; 16 * 1024])
    }

    /// A response that promises a longer body than it has; the connection ends after what there is.
    pub(crate) fn truncated(status: u16, body: &str) -> Self {
        let promised = body.len() + 1000;
        Self::raw(format!(
            "HTTP/1.1 {status} Truncated\r\nContent-Length: {promised}\r\n\r\n{body}"
        ))
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        if let Content::Response { headers, .. } = &mut self.content {
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    pub(crate) fn body(mut self, text: impl AsRef<[u8]>) -> Self {
        if let Content::Response { body, .. } = &mut self.content {
            *body = text.as_ref().to_vec();
        }
        self
    }

    /// Nothing is sent before the gate opens.
    pub(crate) fn after(self, gate: &Gate) -> Self {
        Self {
            gate: Some(gate.clone()),
            ..self
        }
    }

    /// Nothing is sent before this time is over.
    pub(crate) fn delayed(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }

    pub(crate) fn then_close(self) -> Self {
        Self {
            then: Then::Close,
            ..self
        }
    }

    pub(crate) fn then_reset(self) -> Self {
        Self {
            then: Then::Reset,
            ..self
        }
    }

    pub(crate) fn then_stall(self) -> Self {
        Self {
            then: Then::Stall,
            ..self
        }
    }

    /// Goes on with this block, again and again, until the client hangs up.
    pub(crate) fn then_flood(self, block: impl AsRef<[u8]>) -> Self {
        Self {
            then: Then::Flood,
            block: block.as_ref().to_vec(),
            ..self
        }
    }

    /// Goes on byte by byte, slowly, until the client hangs up.
    pub(crate) fn then_drip(self) -> Self {
        Self {
            then: Then::Drip,
            ..self
        }
    }

    /// Hangs up unless the next request comes within this time.
    pub(crate) fn then_idle(self, patience: Duration) -> Self {
        Self {
            then: Then::Idle(patience),
            ..self
        }
    }

    fn new(content: Content) -> Self {
        Self {
            block: Vec::new(),
            content,
            gate: None,
            delay: Duration::ZERO,
            then: Then::KeepAlive,
        }
    }

    /// The bytes on the wire. HEAD, 204 and 304 get no body (RFC 9112, section 6.3).
    pub(super) fn bytes(&self, method: &str) -> Vec<u8> {
        let (status, headers, body) = match &self.content {
            Content::Raw(bytes) => return bytes.clone(),
            Content::Response {
                status,
                headers,
                body,
            } => (*status, headers, body),
        };
        let mut head = format!("HTTP/1.1 {status} Reply\r\n");
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        if !matches!(status, 204 | 304) {
            head += &format!("Content-Length: {}\r\n", body.len());
        }
        if self.then == Then::Close {
            head += "Connection: close\r\n";
        }
        let mut bytes = (head + "\r\n").into_bytes();
        if method != "HEAD" && !matches!(status, 204 | 304) {
            bytes.extend_from_slice(body);
        }
        bytes
    }
}
