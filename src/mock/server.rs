//! The server on a thread of its own.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::thread::JoinHandle;
use std::time::Duration;

use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::Mock;

/// How long requests that are being answered may take once a server is asked to stop.
const GRACE: Duration = Duration::from_secs(5);

/// A mock server that answers on a loopback port until it is dropped.
///
/// It has a thread of its own, so that a test need not be asynchronous. Dropping it closes every
/// connection and returns when the port is free again.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub(super) fn start(mock: Mock) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        // Not bound by the runtime: the caller may be on one, where no other can be waited for.
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::Builder::new()
            .name("gchat-filter mock".to_owned())
            .spawn(move || {
                let answer = async {
                    let listener = TcpListener::from_std(listener)?;
                    axum::serve(no_delay(listener), mock.router()).await
                };
                runtime.block_on(async {
                    tokio::select! {
                        result = answer => {
                            if let Err(error) = result {
                                tracing::error!(%error, "the mock server stopped");
                            }
                        }
                        _ = stopped => {}
                    }
                });
            })?;
        Ok(Self {
            address,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// The address that it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base URL, without a slash at its end: `http://127.0.0.1:{port}`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // It has nothing to tell: what a request broke, its answer told.
            let _ = thread.join();
        }
    }
}

/// Answers on a listener until something happens; then what is being answered is answered, for at
/// most five seconds.
///
/// # Errors
///
/// If the listener breaks.
pub async fn serve(
    mock: Mock,
    listener: TcpListener,
    until: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (stopping, stopped) = oneshot::channel::<()>();
    let until = async move {
        until.await;
        drop(stopping);
    };
    let server = axum::serve(no_delay(listener), mock.router()).with_graceful_shutdown(until);
    let late = async {
        let _ = stopped.await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        result = server => result,
        () = late => Ok(()),
    }
}

/// An answer that takes more than one packet does not wait for the client's word on the first.
fn no_delay(listener: TcpListener) -> impl axum::serve::Listener<Addr = SocketAddr> {
    listener.tap_io(|stream| {
        // Without it, it is only slower.
        let _ = stream.set_nodelay(true);
    })
}
