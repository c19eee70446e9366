//! Proves that `a` and `b` are the n-th and the next Fibonacci number, modulo 7919.
//!
//! Input: `n: u32`. Public values: `n`, `a`, `b` as three `u32`.

#![no_main]
sp1_zkvm::entrypoint!(main);

const MODULUS: u32 = 7919;

pub fn main() {
    let n = sp1_zkvm::io::read::<u32>();
    let (mut a, mut b) = (0u32, 1u32);
    for _ in 0..n {
        (a, b) = (b, (a + b) % MODULUS);
    }
    sp1_zkvm::io::commit(&n);
    sp1_zkvm::io::commit(&a);
    sp1_zkvm::io::commit(&b);
}
