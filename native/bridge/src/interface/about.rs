//! What this library is.

use sp1_sdk::SP1_CIRCUIT_VERSION;

use super::pointers::place;
use crate::{
    failure::{guarded, PpError},
    SDK_VERSION,
};

/// Raised whenever a signature or a structure below changes.
#[no_mangle]
pub extern "C" fn pp_abi_version() -> u32 {
    1
}

#[repr(C)]
pub struct PpInfo {
    pub sdk_length: u32,
    pub circuit_length: u32,
    pub sdk: [u8; 32],
    pub circuit: [u8; 32],
}

/// The SDK's release and the circuit version, for example `6.10.0` and `v6.1.0`.
///
/// # Safety
/// `info` points to writable memory.
#[no_mangle]
pub unsafe extern "C" fn pp_info(info: *mut PpInfo, error: *mut PpError) -> i32 {
    guarded(error, || {
        let info = place(info)?;
        let mut write = |text: &str, target: fn(&mut PpInfo) -> (&mut [u8; 32], &mut u32)| {
            let (bytes, length) = target(info);
            bytes[..text.len()].copy_from_slice(text.as_bytes());
            *length = text.len() as u32;
        };
        write(SDK_VERSION, |info| (&mut info.sdk, &mut info.sdk_length));
        write(SP1_CIRCUIT_VERSION, |info| (&mut info.circuit, &mut info.circuit_length));
        Ok(())
    })
}

/// Panics, for tests of what becomes of that.
///
/// # Safety
/// `error` is null or points to writable memory.
#[no_mangle]
pub unsafe extern "C" fn pp_test_panic(error: *mut PpError) -> i32 {
    guarded(error, || panic!("a panic on purpose"))
}
