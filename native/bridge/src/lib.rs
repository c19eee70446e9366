//! SP1's prover behind a C interface.
//!
//! # Rules that hold for every function
//!
//! **Results.** A fallible function returns 0 or a code of [`failure::Code`], and then has filled
//! the caller's [`PpError`] (which may be null). Results come through pointers and are only written
//! on success. No panic leaves a function.
//!
//! **Ownership.** What `*_open`, `*_new`, `*_setup`, `*_decode`, `pp_prove` and `pp_execute` hand
//! out belongs to the caller and is given back exactly once with the matching `*_free`; null is
//! ignored there. A program keeps its engine alive, so they may be freed in any order. Memory the
//! caller passes in is only used during the call. Nothing is handed out that the other side frees.
//!
//! **Threads.** Every function may be called on any thread. An engine, a program and an input may
//! be used by several threads at once; a buffer by one at a time. The caller sees to it that
//! nothing is freed while in use.
//!
//! **Privacy.** No byte of an input, and nothing a guest prints, reaches a message, a log line or
//! a file, except guest memory in `/dev/shm`; see `sandbox.rs` and `log.rs`.

mod artifact;
mod buffer;
mod engine;
mod failure;
mod helpers;
mod interface;
mod log;
mod program;
mod reaper;
mod sandbox;
mod threads;

/// The SDK release this library is built from.
pub(crate) const SDK_VERSION: &str = "6.10.0";
