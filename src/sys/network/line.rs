//! [`Line`]: one connection that has come about, as hyper wants it: bytes to and fro, and whether a proxy reads the requests.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::rt::{Read, ReadBuf, ReadBufCursor, Write};
use hyper_rustls::MaybeHttpsStream;
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// As far as the next machine: the far side or a proxy.
pub type FirstHop = MaybeHttpsStream<TokioIo<TcpStream>>;

/// A connection to a far side, perhaps through a tunnel.
pub struct Line {
    stream: MaybeHttpsStream<FirstHop>,
    /// Whether it ends at a proxy which reads the requests, and wants to hear whom they are for.
    forwarded: bool,
}

impl Line {
    pub const fn straight(hop: FirstHop) -> Self {
        Self { stream: MaybeHttpsStream::Http(hop), forwarded: false }
    }

    pub const fn forwarded(hop: FirstHop) -> Self {
        Self { stream: MaybeHttpsStream::Http(hop), forwarded: true }
    }

    pub const fn tunnelled(stream: MaybeHttpsStream<FirstHop>) -> Self {
        Self { stream, forwarded: false }
    }

    /// Whether the far side still waits to be asked: it has neither hung up nor said anything unasked.
    pub async fn is_quiet(&mut self) -> bool {
        // By then the runtime has looked at what has come in.
        tokio::task::yield_now().await;
        let mut room = [0];
        let mut heard = ReadBuf::new(&mut room);
        std::future::poll_fn(|context| {
            Poll::Ready(Pin::new(&mut *self).poll_read(context, heard.unfilled()).is_pending())
        })
        .await
    }
}

impl Connection for Line {
    fn connected(&self) -> Connected {
        self.stream.connected().proxy(self.forwarded)
    }
}

impl Read for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl Write for Line {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
