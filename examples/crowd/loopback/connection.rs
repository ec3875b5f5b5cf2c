//! Listening and talking: one thread that accepts, one for each connection, with TLS when there is a certificate. All of
//! them end when the server stops, whatever they are waiting for.

use std::io::{self, BufReader, Read, Write};
use std::net::{IpAddr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::http::Received;
use super::script::{Scripts, Stop};
use super::service::State;

/// What the connections of one server share.
pub struct Shared {
    pub state: Mutex<State>,
    pub received: Mutex<Vec<Received>>,
    pub scripts: Mutex<Scripts>,
    pub stop: Stop,
    pub tls: Option<Arc<ServerConfig>>,
}

/// A running listener; dropping it ends it and all its connections.
pub struct Listening {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

impl Listening {
    pub fn start(listener: TcpListener, shared: Arc<Shared>) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let sharing = Arc::clone(&shared);
        let acceptor = thread::spawn(move || accept(&listener, &sharing));
        Ok(Self { address, shared, acceptor: Some(acceptor) })
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.shared.stop.now();
        // Wakes the acceptor, which then sees that it is over.
        drop(TcpStream::connect(self.address));
        if let Some(acceptor) = self.acceptor.take() {
            drop(acceptor.join());
        }
    }
}

/// The value behind a lock, also after a thread died holding it.
pub fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    let mut open: Vec<(TcpStream, JoinHandle<()>)> = Vec::new();
    while let Ok((stream, peer)) = listener.accept() {
        if shared.stop.wait(Duration::ZERO) {
            break;
        }
        open.retain(|(_, thread)| !thread.is_finished());
        let Ok(handle) = stream.try_clone() else { continue };
        let sharing = Arc::clone(shared);
        // A connection that breaks concerns nobody but its client.
        let talking = thread::spawn(move || drop(converse(stream, peer.ip(), &sharing)));
        open.push((handle, talking));
    }
    for (stream, thread) in open {
        drop(stream.shutdown(Shutdown::Both));
        drop(thread.join());
    }
}

fn converse(stream: TcpStream, peer: IpAddr, shared: &Shared) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let closing = stream.try_clone()?;
    let result = match &shared.tls {
        None => talk(stream, peer, shared),
        Some(tls) => {
            let connection = ServerConnection::new(Arc::clone(tls)).map_err(io::Error::other)?;
            talk(StreamOwned::new(connection, stream), peer, shared)
        }
    };
    // The acceptor still holds a handle, so that dropping the stream alone would not end the connection.
    drop(closing.shutdown(Shutdown::Both));
    result
}

fn talk(stream: impl Read + Write, peer: IpAddr, shared: &Shared) -> io::Result<()> {
    let mut reader = BufReader::new(stream);
    while let Some(request) = Received::read(&mut reader)? {
        locked(&shared.received).push(request.clone());
        let scripted = locked(&shared.scripts).take(&request);
        let usable = match scripted {
            Some(scripted) => scripted.play(reader.get_mut(), &shared.stop)?,
            None => {
                let answer = locked(&shared.state).answer(&request, peer);
                answer.write(reader.get_mut())?;
                true
            }
        };
        if !usable || !request.keeps_alive() {
            break;
        }
    }
    Ok(())
}
