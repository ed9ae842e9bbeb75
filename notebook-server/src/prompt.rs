//! Connections that send at once what they are given.

use axum::serve::{Listener, ListenerExt};
use std::net::SocketAddr;
use tokio::net::{TcpListener, TcpStream};

/// Takes connections whose small messages don't wait for each other.
///
/// Otherwise a second one is held back until the first is acknowledged, which browsers put off
/// (RFC 896, RFC 1122 4.2.3.2): up to 40 ms between `busy` and the result of a cell.
pub(crate) fn prompt(listener: TcpListener) -> impl Listener<Io = TcpStream, Addr = SocketAddr> {
    listener.tap_io(|stream| {
        // One that can't is only slower.
        let _ = stream.set_nodelay(true);
    })
}
