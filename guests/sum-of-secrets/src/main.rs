//! Proves the sum of numbers that stay secret.
//!
//! Input: `Vec<u64>`. Public values: their sum as one `u64`. A sum that does not fit is refused
//! without a word about the numbers.

#![no_main]
sp1_zkvm::entrypoint!(main);

pub fn main() {
    let secrets = sp1_zkvm::io::read::<Vec<u64>>();
    let sum = secrets
        .iter()
        .try_fold(0u64, |sum, secret| sum.checked_add(*secret))
        .expect("the sum does not fit in 64 bits");
    sp1_zkvm::io::commit(&sum);
}
