//! A guest that goes wrong in the way its input asks for, so that tests can see what becomes of it.
//!
//! Input: a selector `u32`, then `Vec<u8>` of bytes that must never be seen outside. The guest
//! tries to get them out: it prints them, panics with them, and exits with a code made of them.
//!
//! | selector | what happens |
//! |---|---|
//! | 0 | behaves: commits the selector |
//! | 1 | panics with the secret in the message |
//! | 2 | prints the secret to stdout and stderr, then behaves |
//! | 3 | exits with code 7 |
//! | 4 | loops for ever without touching memory |
//! | 5 | reads an address outside its memory |
//! | 6 | calls a syscall that does not exist |
//! | 7 | executes an illegal instruction |
//! | 8 | executes a breakpoint |
//! | 9 | reads more input than there is |
//! | 10 | commits the secret, as a program might by mistake |
//! | 11 | prints 1 MiB of the secret, over and over |
//! | 12 | loops for ever and uses memory all the while |

#![no_main]
sp1_zkvm::entrypoint!(main);

use core::arch::asm;

pub fn main() {
    let selector = sp1_zkvm::io::read::<u32>();
    let secret = sp1_zkvm::io::read::<Vec<u8>>();
    let text = String::from_utf8_lossy(&secret);
    match selector {
        1 => panic!("the secret is {text}"),
        2 => {
            println!("the secret is {text}");
            eprintln!("the secret is {text}");
        }
        3 => sp1_zkvm::syscalls::syscall_halt(7),
        4 => unsafe { asm!("1:", "j 1b") },
        5 => read_beyond_memory(),
        6 => call_unknown_syscall(),
        7 => unsafe { asm!("unimp") },
        8 => unsafe { asm!("ebreak") },
        9 => {
            core::hint::black_box(sp1_zkvm::io::read_vec());
        }
        10 => sp1_zkvm::io::commit_slice(&secret),
        11 => print_much(&text),
        12 => loop {
            core::hint::black_box(&mut [0u64; 8]).fill(1);
        },
        _ => {}
    }
    sp1_zkvm::io::commit(&selector);
}

/// SP1's addresses end at 2^40.
fn read_beyond_memory() {
    let address = core::hint::black_box((1u64 << 50) as *const u64);
    core::hint::black_box(unsafe { core::ptr::read_volatile(address) });
}

fn call_unknown_syscall() {
    unsafe { asm!("ecall", in("t0") 0xffu64, inlateout("a0") 0u64 => _, in("a1") 0u64) };
}

fn print_much(text: &str) {
    let line = format!("the secret is {text}");
    let mut printed = 0;
    while printed < 1 << 20 {
        println!("{line}");
        printed += line.len() + 1;
    }
}
