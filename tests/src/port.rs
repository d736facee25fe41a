//! Ports of loopback that nothing else on the machine is given.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::TcpSocket;

/// A port that is kept from everybody else as long as this lives. Nobody answers there, unless a program is told to
/// listen at it.
#[derive(Debug)]
pub struct Port {
    address: SocketAddr,
    _bound: TcpSocket,
}

impl Port {
    /// Keeps a free one.
    #[expect(
        clippy::new_without_default,
        reason = "it takes something of the machine"
    )]
    pub fn new() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        // Whoever is told to listen there may bind it too: this one never listens.
        socket.set_reuseaddr(true).unwrap();
        socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        Self {
            address: socket.local_addr().unwrap(),
            _bound: socket,
        }
    }

    /// Where it is, as `127.0.0.1:12345`.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}
