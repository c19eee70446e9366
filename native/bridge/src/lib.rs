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
mod log;
mod program;
mod reaper;
mod sandbox;

use std::{slice, sync::Arc, time::Duration};

use sp1_sdk::{SP1Stdin, SP1_CIRCUIT_VERSION};

use buffer::Buffer;
use engine::Engine;
use failure::{guarded, Code, Failure, PpError, Result};
use program::Program;

/// The SDK release this library is built from.
pub(crate) const SDK_VERSION: &str = "6.10.0";

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

// --- log lines ---------------------------------------------------------------------------------

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

// --- buffers -----------------------------------------------------------------------------------

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

// --- engines -----------------------------------------------------------------------------------

pub struct EngineHandle(Arc<Engine>);

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

// --- programs ----------------------------------------------------------------------------------

pub struct ProgramHandle(Arc<Program>);

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
        let program = reference(engine)?.0.setup(elf)?;
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

// --- inputs ------------------------------------------------------------------------------------

pub struct StdinHandle {
    stdin: SP1Stdin,
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

// --- work --------------------------------------------------------------------------------------

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
        let execution =
            Engine::execute(&reference(program)?.0, &reference(stdin)?.stdin, cycle_limit)?;
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
        let bytes = Engine::prove(&reference(program)?.0, &reference(stdin)?.stdin, mode)?;
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
    guarded(error, || Engine::verify(&reference(program)?.0, reference(proof)?.reader()))
}

/// Panics, for tests of what becomes of that.
///
/// # Safety
/// `error` is null or points to writable memory.
#[no_mangle]
pub unsafe extern "C" fn pp_test_panic(error: *mut PpError) -> i32 {
    guarded(error, || panic!("a panic on purpose"))
}

// --- pointers ----------------------------------------------------------------------------------

fn null() -> Failure {
    Failure::new(Code::Other, "a null pointer was passed")
}

unsafe fn reference<'a, T>(pointer: *const T) -> Result<&'a T> {
    pointer.as_ref().ok_or_else(null)
}

unsafe fn place<'a, T>(pointer: *mut T) -> Result<&'a mut T> {
    pointer.as_mut().ok_or_else(null)
}

unsafe fn bytes<'a>(pointer: *const u8, length: u64) -> Result<&'a [u8]> {
    if length == 0 {
        return Ok(&[]);
    }
    Ok(slice::from_raw_parts(reference(pointer)?, size(length)?))
}

fn size(length: u64) -> Result<usize> {
    isize::try_from(length)
        .map(|length| length as usize)
        .map_err(|_| Failure::new(Code::TooLarge, "a length exceeds the address space"))
}

unsafe fn hand_out<T>(out: *mut *mut T, value: T) -> Result<()> {
    *place(out)? = Box::into_raw(Box::new(value));
    Ok(())
}

unsafe fn take_back<T>(pointer: *mut T) {
    if !pointer.is_null() {
        guarded(std::ptr::null_mut(), || {
            drop(Box::from_raw(pointer));
            Ok(())
        });
    }
}
