//! Bytes in pieces, outside the other side's heap.

use std::slice;

use super::pointers::{bytes, hand_out, place, reference, size, take_back};
use crate::{
    buffer::Buffer,
    failure::{guarded, PpError},
};

/// A growable sequence of bytes outside the caller's heap. `hint` is the size expected, or 0.
///
/// # Safety
/// `out` points to writable memory.
#[no_mangle]
pub unsafe extern "C" fn pp_buffer_new(
    hint: u64,
    out: *mut *mut Buffer,
    error: *mut PpError,
) -> i32 {
    guarded(error, || hand_out(out, Buffer::with_hint(hint)))
}

/// # Safety
/// `buffer` is live, `source` points to `length` readable bytes.
#[no_mangle]
pub unsafe extern "C" fn pp_buffer_append(
    buffer: *mut Buffer,
    source: *const u8,
    length: u64,
    error: *mut PpError,
) -> i32 {
    guarded(error, || {
        place(buffer)?.append(bytes(source, length)?);
        Ok(())
    })
}

/// # Safety
/// `buffer` is live.
#[no_mangle]
pub unsafe extern "C" fn pp_buffer_length(buffer: *const Buffer) -> u64 {
    buffer.as_ref().map_or(0, Buffer::len)
}

/// Copies at most `length` bytes from `offset`; `copied` says how many. 0 at and after the end.
///
/// # Safety
/// `buffer` is live, `target` points to `length` writable bytes, `copied` to a writable number.
#[no_mangle]
pub unsafe extern "C" fn pp_buffer_read(
    buffer: *const Buffer,
    offset: u64,
    target: *mut u8,
    length: u64,
    copied: *mut u64,
    error: *mut PpError,
) -> i32 {
    guarded(error, || {
        let buffer = reference(buffer)?;
        let target = if length == 0 {
            &mut []
        } else {
            slice::from_raw_parts_mut(place(target)? as *mut u8, size(length)?)
        };
        *place(copied)? = buffer.read_at(offset, target) as u64;
        Ok(())
    })
}

/// # Safety
/// `buffer` came from this library and is not used again.
#[no_mangle]
pub unsafe extern "C" fn pp_buffer_free(buffer: *mut Buffer) {
    take_back(buffer);
}
