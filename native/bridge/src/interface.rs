//! The functions that the other side calls: pointers are checked here, and handed on as references.

mod about;
mod buffers;
mod engines;
mod inputs;
mod log_lines;
mod pointers;
mod programs;
mod work;
