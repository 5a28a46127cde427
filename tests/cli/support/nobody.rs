//! Addresses without anybody behind them.

use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::LazyLock;
use std::time::Duration;

use socket2::{Domain, Socket, Type};

/// A base URL at which nobody listens: its port is taken all the same, so that no server of another test can
/// get it.
pub(crate) fn nobody() -> String {
    static TAKEN: LazyLock<Socket> = LazyLock::new(bound);
    format!("http://{}", address(&TAKEN))
}

/// A listener whose queue is full: who comes later is not heard.
pub(crate) struct FullQueue {
    listener: Socket,
    _waiting: Vec<TcpStream>,
}

impl FullQueue {
    pub(crate) fn new() -> Self {
        let listener = bound();
        listener.listen(0).unwrap();
        let address = address(&listener);
        let connect = || TcpStream::connect_timeout(&address, Duration::from_millis(200)).ok();
        let waiting = std::iter::from_fn(connect).collect();
        Self {
            listener,
            _waiting: waiting,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", address(&self.listener))
    }
}

fn bound() -> Socket {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    socket.bind(&anywhere.into()).unwrap();
    socket
}

fn address(socket: &Socket) -> SocketAddr {
    socket.local_addr().unwrap().as_socket().unwrap()
}
