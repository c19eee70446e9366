//! Pointers from outside: none of them is believed to be set.

use std::slice;

use crate::failure::{guarded, Code, Failure, Result};

fn null() -> Failure {
    Failure::new(Code::Other, "a null pointer was passed")
}

pub unsafe fn reference<'a, T>(pointer: *const T) -> Result<&'a T> {
    pointer.as_ref().ok_or_else(null)
}

pub unsafe fn place<'a, T>(pointer: *mut T) -> Result<&'a mut T> {
    pointer.as_mut().ok_or_else(null)
}

pub unsafe fn bytes<'a>(pointer: *const u8, length: u64) -> Result<&'a [u8]> {
    if length == 0 {
        return Ok(&[]);
    }
    Ok(slice::from_raw_parts(reference(pointer)?, size(length)?))
}

pub fn size(length: u64) -> Result<usize> {
    isize::try_from(length)
        .map(|length| length as usize)
        .map_err(|_| Failure::new(Code::TooLarge, "a length exceeds the address space"))
}

pub unsafe fn hand_out<T>(out: *mut *mut T, value: T) -> Result<()> {
    *place(out)? = Box::into_raw(Box::new(value));
    Ok(())
}

pub unsafe fn take_back<T>(pointer: *mut T) {
    if !pointer.is_null() {
        guarded(std::ptr::null_mut(), || {
            drop(Box::from_raw(pointer));
            Ok(())
        });
    }
}
