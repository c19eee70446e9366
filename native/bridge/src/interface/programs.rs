//! Programs, made ready for one engine.

use std::sync::Arc;

use super::{
    engines::EngineHandle,
    pointers::{hand_out, place, reference, take_back},
};
use crate::{
    artifact,
    buffer::Buffer,
    engine::setup,
    failure::{guarded, PpError},
    program::Program,
};

pub struct ProgramHandle(pub Arc<Program>);

/// Sets up the program in `upload`, bytes as the SDK uploads them; the buffer is empty afterwards.
/// `limit` bounds the decoded size. Takes seconds unless the program was set up before.
///
/// # Safety
/// `engine` and `upload` are live, `out` points to writable memory.
#[no_mangle]
pub unsafe extern "C" fn pp_program_setup(
    engine: *const EngineHandle,
    upload: *mut Buffer,
    limit: u64,
    out: *mut *mut ProgramHandle,
    error: *mut PpError,
) -> i32 {
    guarded(error, || {
        let elf = artifact::decode_program(place(upload)?, limit)?;
        let program = setup(&reference(engine)?.0, elf)?;
        hand_out(out, ProgramHandle(Arc::new(program)))
    })
}

/// The program's hash as the network knows it: 32 bytes, the SDK's `hash_bytes()`.
///
/// # Safety
/// `program` is live, `hash` points to 32 writable bytes.
#[no_mangle]
pub unsafe extern "C" fn pp_program_hash(
    program: *const ProgramHandle,
    hash: *mut [u8; 32],
    error: *mut PpError,
) -> i32 {
    guarded(error, || {
        *place(hash)? = reference(program)?.0.vk_hash;
        Ok(())
    })
}

/// The verifying key as the SDK encodes it (bincode), in a new buffer.
///
/// # Safety
/// `program` is live, `out` points to writable memory.
#[no_mangle]
pub unsafe extern "C" fn pp_program_key(
    program: *const ProgramHandle,
    out: *mut *mut Buffer,
    error: *mut PpError,
) -> i32 {
    guarded(error, || {
        let mut buffer = Buffer::default();
        buffer.append(&reference(program)?.0.vk_bytes);
        hand_out(out, buffer)
    })
}

/// # Safety
/// `program` came from this library and is not used again.
#[no_mangle]
pub unsafe extern "C" fn pp_program_free(program: *mut ProgramHandle) {
    take_back(program);
}
