//! Inputs, decoded.

use sp1_sdk::SP1Stdin;

use super::pointers::{hand_out, place, take_back};
use crate::{
    artifact,
    buffer::Buffer,
    failure::{guarded, PpError},
};

pub struct StdinHandle {
    pub stdin: SP1Stdin,
    size: u64,
}

/// Decodes an input, bytes as the SDK uploads them. The buffer is given back to the system piece
/// by piece while it is read, and is empty afterwards. `limit` bounds the decoded size.
///
/// # Safety
/// `upload` is live, `out` points to writable memory.
#[no_mangle]
pub unsafe extern "C" fn pp_stdin_decode(
    upload: *mut Buffer,
    limit: u64,
    out: *mut *mut StdinHandle,
    error: *mut PpError,
) -> i32 {
    guarded(error, || {
        let (stdin, size) = artifact::decode_stdin(place(upload)?, limit)?;
        hand_out(out, StdinHandle { stdin, size })
    })
}

/// The decoded size in bytes.
///
/// # Safety
/// `stdin` is live.
#[no_mangle]
pub unsafe extern "C" fn pp_stdin_size(stdin: *const StdinHandle) -> u64 {
    stdin.as_ref().map_or(0, |stdin| stdin.size)
}

/// # Safety
/// `stdin` came from this library and is not used again.
#[no_mangle]
pub unsafe extern "C" fn pp_stdin_free(stdin: *mut StdinHandle) {
    take_back(stdin);
}
