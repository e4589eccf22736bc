//! What the clients run on.
//!
//! Enters: futures. Leaves: their results, in the world of threads that the rest of the program
//! lives in. One runtime a process, started by whoever first needs the network.

use std::future::Future;
use std::sync::OnceLock;

use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

/// Threads that wait for sockets; the work is done elsewhere.
const THREADS: usize = 2;

fn runtime() -> Result<&'static Runtime, String> {
    static RUNTIME: OnceLock<Result<Runtime, String>> = OnceLock::new();
    let started = RUNTIME.get_or_init(|| {
        // A second provider of TLS is an error only to who installs it: ours is there already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Builder::new_multi_thread()
            .worker_threads(THREADS)
            .thread_name("ctadel-net")
            .enable_all()
            .build()
            .map_err(|error| format!("start the network threads: {error}"))
    });
    started.as_ref().map_err(Clone::clone)
}

/// Waits for a future, from a thread that is not one of the runtime's.
///
/// # Errors
/// When the runtime cannot be started.
pub fn block_on<T>(future: impl Future<Output = T>) -> Result<T, String> {
    Ok(runtime()?.block_on(future))
}

/// Lets a future run on its own.
///
/// # Errors
/// When the runtime cannot be started.
pub fn spawn<T: Send + 'static>(
    future: impl Future<Output = T> + Send + 'static,
) -> Result<JoinHandle<T>, String> {
    Ok(runtime()?.spawn(future))
}
