//! Log lines, fetched by the other side.

use std::time::Duration;

use super::pointers::{bytes, place};
use crate::{
    failure::{guarded, Code, Failure, PpError},
    log,
};

#[repr(C)]
pub struct PpLogLine {
    /// 1 error, 2 warn, 3 info.
    pub level: i32,
    pub target_length: u32,
    pub message_length: u32,
    /// Lines lost since the last one fetched, because nobody fetched.
    pub dropped: u32,
    pub target: [u8; 120],
    pub message: [u8; 376],
}

/// Starts collecting log lines, once per process. An empty filter means the default; otherwise
/// `target=level` separated by commas, as in the Rust world.
///
/// # Safety
/// `filter` points to `length` readable bytes.
#[no_mangle]
pub unsafe extern "C" fn pp_log_start(filter: *const u8, length: u64, error: *mut PpError) -> i32 {
    guarded(error, || {
        let filter = std::str::from_utf8(bytes(filter, length)?)
            .map_err(|_| Failure::new(Code::Other, "the log filter is not text"))?;
        log::start(filter)
    })
}

/// Waits for a log line: 1 and the line, or 0 when none came in time.
///
/// # Safety
/// `line` points to writable memory.
#[no_mangle]
pub unsafe extern "C" fn pp_log_next(timeout_millis: u64, line: *mut PpLogLine) -> i32 {
    let mut found = 0;
    guarded(std::ptr::null_mut(), || {
        let target = place(line)?;
        if let Some(line) = log::next(Duration::from_millis(timeout_millis)) {
            target.level = line.level;
            target.target_length = copy_text(line.target, &mut target.target);
            target.message_length = copy_text(&line.message, &mut target.message);
            target.dropped = u32::try_from(log::take_dropped()).unwrap_or(u32::MAX);
            found = 1;
        }
        Ok(())
    });
    found
}

fn copy_text(text: &str, target: &mut [u8]) -> u32 {
    let mut length = text.len().min(target.len());
    while !text.is_char_boundary(length) {
        length -= 1;
    }
    target[..length].copy_from_slice(&text.as_bytes()[..length]);
    length as u32
}
