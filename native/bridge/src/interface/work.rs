//! Executing, proving, verifying.

use super::{
    inputs::StdinHandle,
    pointers::{hand_out, place, reference},
    programs::ProgramHandle,
};
use crate::{
    buffer::Buffer,
    engine::{execute, prove, verify},
    failure::{guarded, PpError},
};

#[repr(C)]
pub struct PpExecution {
    /// The network's `ExecuteFailureCause`, or -1 when the program ended well.
    pub failure: i32,
    pub exit_code: u32,
    pub cycles: u64,
    pub gas: u64,
    /// What the program committed to its public values; 32 bytes.
    pub digest: [u8; 32],
}

/// Executes a program. `cycle_limit` is unsigned and may be reached; 2^64-1 means none. A program
/// that fails is a result. `public_values` receives a new buffer.
///
/// # Safety
/// `program` and `stdin` are live, `result` and `public_values` point to writable memory.
#[no_mangle]
pub unsafe extern "C" fn pp_execute(
    program: *const ProgramHandle,
    stdin: *const StdinHandle,
    cycle_limit: u64,
    result: *mut PpExecution,
    public_values: *mut *mut Buffer,
    error: *mut PpError,
) -> i32 {
    guarded(error, || {
        let result = place(result)?;
        let execution = execute(&reference(program)?.0, &reference(stdin)?.stdin, cycle_limit)?;
        let mut buffer = Buffer::default();
        buffer.append(&execution.public_values);
        hand_out(public_values, buffer)?;
        *result = PpExecution {
            failure: execution.failure,
            exit_code: execution.exit_code,
            cycles: execution.cycles,
            gas: execution.gas,
            digest: execution.digest,
        };
        Ok(())
    })
}

/// Proves: mode 1 core, 2 compressed, 3 plonk, 4 groth16. The proof, in a new buffer, is encoded
/// as the SDK downloads it.
///
/// # Safety
/// `program` and `stdin` are live, `proof` points to writable memory.
#[no_mangle]
pub unsafe extern "C" fn pp_prove(
    program: *const ProgramHandle,
    stdin: *const StdinHandle,
    mode: i32,
    proof: *mut *mut Buffer,
    error: *mut PpError,
) -> i32 {
    guarded(error, || {
        let bytes = prove(&reference(program)?.0, &reference(stdin)?.stdin, mode)?;
        let mut buffer = Buffer::default();
        buffer.append(&bytes);
        hand_out(proof, buffer)
    })
}

/// Verifies a proof against a program's key; the buffer keeps its contents.
///
/// # Safety
/// `program` and `proof` are live.
#[no_mangle]
pub unsafe extern "C" fn pp_verify(
    program: *const ProgramHandle,
    proof: *const Buffer,
    error: *mut PpError,
) -> i32 {
    guarded(error, || verify(&reference(program)?.0, reference(proof)?.reader()))
}
