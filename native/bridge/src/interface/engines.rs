//! What proves.

use std::sync::Arc;

use super::pointers::{hand_out, take_back};
use crate::{
    engine::Engine,
    failure::{guarded, PpError},
};

pub struct EngineHandle(pub Arc<Engine>);

/// Opens an engine: kind 0 mock, 1 cpu, 2 cuda on the device with this number. May take seconds.
///
/// # Safety
/// `out` points to writable memory.
#[no_mangle]
pub unsafe extern "C" fn pp_engine_open(
    kind: i32,
    device: i32,
    out: *mut *mut EngineHandle,
    error: *mut PpError,
) -> i32 {
    guarded(error, || hand_out(out, EngineHandle(Arc::new(Engine::open(kind, device)?))))
}

/// # Safety
/// `engine` came from this library and is not used again.
#[no_mangle]
pub unsafe extern "C" fn pp_engine_free(engine: *mut EngineHandle) {
    take_back(engine);
}
