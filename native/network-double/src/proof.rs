//! Whether bytes are what they are said to be.

use std::io::{Cursor, Read};

use bincode::{DefaultOptions, Options};
use sp1_sdk::network::proto::auction_types::ProofMode;
use sp1_sdk::{ProofFromNetwork, SP1ProofMode};
use tonic::Code;

use crate::call::Order;
use crate::refusal::{Refusal, Violation};

/// Refuses a proof that the SDK could not read, or that is not of the mode and version asked for.
/// It is not verified: a stand-in takes the proofs of a mock engine.
pub fn check(bytes: &[u8], order: &Order) -> Result<(), Refusal> {
    let refused = |text: String| {
        Refusal::new(Code::InvalidArgument, format!("proof: {text}")).breaking(Violation::BadProof)
    };
    if bytes.is_empty() {
        return Err(refused("empty".into()));
    }
    let proof = decode(bytes).map_err(|text| refused(text.into()))?;
    if format!("sp1-{}", proof.sp1_version) != order.version {
        let version = proof.sp1_version;
        return Err(refused(format!("of version {version:?} (expected: {})", order.version)));
    }
    let mode = match proof.mode() {
        SP1ProofMode::Core => ProofMode::Core,
        SP1ProofMode::Compressed => ProofMode::Compressed,
        SP1ProofMode::Plonk => ProofMode::Plonk,
        SP1ProofMode::Groth16 => ProofMode::Groth16,
    };
    if mode != order.mode {
        let (got, wanted) = (mode.as_str_name(), order.mode.as_str_name());
        return Err(refused(format!("of mode {got} (expected: {wanted})")));
    }
    Ok(())
}

fn decode(bytes: &[u8]) -> Result<ProofFromNetwork, &'static str> {
    // As bincode's own functions do it, and with a limit: a wrong length must not be allocated.
    let form = DefaultOptions::new().with_fixint_encoding().with_limit(bytes.len() as u64);
    let mut rest = Cursor::new(bytes);
    let proof: ProofFromNetwork = form
        .deserialize_from(&mut rest)
        .map_err(|_| "not decodable as bincode of ProofFromNetwork")?;
    // One zero may follow: the missing TEE proof of an SP1ProofWithPublicValues.
    match &bytes[rest.position() as usize..] {
        [] | [0] => Ok(proof),
        _ => Err("followed by other bytes"),
    }
}

/// Whether bytes are a proof of whatever mode and version.
pub fn is_proof(bytes: &[u8]) -> bool {
    decode(bytes).is_ok()
}

/// Whether bytes are a program: bincode of an ELF's bytes, compressed by zstd or not.
pub fn is_program(bytes: &[u8]) -> bool {
    let mut start = Vec::with_capacity(12);
    let read = match zstd::Decoder::new(bytes) {
        Ok(decoder) if bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) => {
            decoder.take(12).read_to_end(&mut start)
        }
        _ => bytes.take(12).read_to_end(&mut start),
    };
    read.is_ok() && start.len() == 12 && start.ends_with(b"\x7fELF")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_elfs_compressed_or_not() {
        let program = bincode::serialize(&b"\x7fELF and more".to_vec()).unwrap();
        assert!(is_program(&program));
        assert!(is_program(&zstd::encode_all(&program[..], 3).unwrap()));
        let input = bincode::serialize(&(vec![b"secret".to_vec()], 0u64, 0u64)).unwrap();
        assert!(!is_program(&input));
        assert!(!is_program(&zstd::encode_all(&input[..], 3).unwrap()));
        assert!(!is_program(b"") && !is_program(&[0x28, 0xb5, 0x2f, 0xfd, 1, 2, 3]));
    }
}
