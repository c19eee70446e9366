//! What can go wrong, as the caller sees it.
//!
//! INVARIANT: a message is made of our own words, sizes and limits. It never contains a byte of an
//! input, and never the text of an error from SP1, which may quote what the guest did.

use std::{
    any::Any,
    borrow::Cow,
    panic::{catch_unwind, AssertUnwindSafe},
};

/// Numbers that the Java side knows by name; a number is never reused.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    BadProgram = 1,
    BadStdin = 2,
    Panic = 3,
    EngineUnavailable = 4,
    VerifyFailed = 5,
    TooLarge = 6,
    Other = 7,
    ExecutionFailed = 8,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Failure {
    pub code: Code,
    pub message: Cow<'static, str>,
}

impl Failure {
    pub fn new(code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code, message: message.into() }
    }
}

pub type Result<T> = std::result::Result<T, Failure>;

/// Where a failing call leaves its code and message: the caller's memory.
#[repr(C)]
pub struct PpError {
    pub code: i32,
    pub length: u32,
    pub message: [u8; 504],
}

impl PpError {
    fn set(&mut self, failure: &Failure) {
        let mut length = failure.message.len().min(self.message.len());
        while !failure.message.is_char_boundary(length) {
            length -= 1;
        }
        self.message[..length].copy_from_slice(&failure.message.as_bytes()[..length]);
        self.length = length as u32;
        self.code = failure.code as i32;
    }
}

/// Runs the body of one entry point: no panic leaves it, and its failure is reported.
///
/// Returns 0, or the failure's code. `error` may be null.
pub fn guarded(error: *mut PpError, body: impl FnOnce() -> Result<()>) -> i32 {
    let failure = match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => return 0,
        Ok(Err(failure)) => failure,
        Err(payload) => panicked(payload),
    };
    if let Some(error) = unsafe { error.as_mut() } {
        error.set(&failure);
    }
    failure.code as i32
}

/// A panic's payload may quote data, so only the fact of it is reported.
pub fn panicked(payload: Box<dyn Any + Send>) -> Failure {
    // Dropping a payload may itself panic.
    let _ = catch_unwind(AssertUnwindSafe(move || drop(payload)));
    Failure::new(Code::Panic, "the prover panicked; its log line says where")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blank() -> PpError {
        PpError { code: 0, length: 0, message: [0; 504] }
    }

    #[test]
    fn a_panic_becomes_an_error_without_its_text() {
        let mut error = blank();
        assert_eq!(guarded(&mut error, || panic!("secret")), Code::Panic as i32);
        let message = std::str::from_utf8(&error.message[..error.length as usize]).unwrap();
        assert!(!message.contains("secret"));
    }

    #[test]
    fn a_long_message_is_cut_between_characters() {
        let mut error = blank();
        guarded(&mut error, || Err(Failure::new(Code::Other, "é".repeat(400) + "x")));
        assert_eq!(error.length, 504);
        assert!(std::str::from_utf8(&error.message[..504]).is_ok());
    }
}
