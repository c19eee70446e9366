//! Threads of ours, on which SP1 runs.

use std::{future::Future, sync::OnceLock};

use tokio::{runtime::Runtime, task::JoinError};

use crate::failure::{panicked, Code, Failure, Result};

/// Runs on threads of ours, whose stacks are large and where a panic is an error.
pub fn run<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> Result<T> {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    let runtime = match RUNTIME.get() {
        Some(runtime) => runtime,
        None => {
            let runtime = threads_named("sp1")?;
            RUNTIME.get_or_init(|| runtime)
        }
    };
    runtime.block_on(runtime.spawn(work)).map_err(stopped)
}

pub fn stopped(error: JoinError) -> Failure {
    match error.try_into_panic() {
        Ok(payload) => panicked(payload),
        Err(_) => Failure::new(Code::Other, "the work was cancelled"),
    }
}

pub fn threads_named(name: &str) -> Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name(name)
        .thread_stack_size(16 << 20)
        .build()
        .map_err(|_| Failure::new(Code::EngineUnavailable, "no threads could be started"))
}
