//! Who signed a message: Ethereum's personal signatures (EIP-191) as the SDK makes them.

use alloy_primitives::{Address, Signature};

use crate::refusal::{Refusal, Violation};

/// What every CreateArtifact signs; neither a nonce nor the kind of artifact is bound to it.
pub const CREATE_ARTIFACT: &[u8] = b"create_artifact";

/// The signer of a body: r, s (the lower one) and v, which is 27 or 28.
pub fn signer_of_body(body: &[u8], signature: &[u8]) -> Result<Address, Refusal> {
    signer(body, signature, 27)
}

/// The signer of a CreateArtifact. The SDK adds 27 to a v that already has it: it is 54 or 55.
pub fn signer_of_create_artifact(signature: &[u8]) -> Result<Address, Refusal> {
    signer(CREATE_ARTIFACT, signature, 54)
}

fn signer(message: &[u8], signature: &[u8], even: u8) -> Result<Address, Refusal> {
    let refused = |message: String| Refusal::malformed(message).breaking(Violation::BadSignature);
    let bytes: &[u8; 65] = signature
        .try_into()
        .map_err(|_| refused(format!("signature: {} bytes (expected: 65)", signature.len())))?;
    let v = bytes[64];
    if v != even && v != even + 1 {
        return Err(refused(format!("signature: v is {v} (expected: {even} or {})", even + 1)));
    }
    let signature = Signature::from_bytes_and_parity(&bytes[..64], v == even + 1);
    if signature.normalize_s().is_some() {
        return Err(refused("signature: s is the higher of two (expected: the lower)".into()));
    }
    signature
        .recover_address_from_msg(message)
        .map_err(|_| refused("signature: no signer can be recovered from it".into()))
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{address, hex, U256};

    use super::*;

    const BODY: &str = "08071220aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1a0a7370312d76362e312e3020042801321f68747470733a2f2f67772e6578616d706c652f6172746966616374732f61313880e6fe890740ffffffffffffffffff0148ffffffffffffffffff01";
    const SIGNATURE: &str = "0bd65c4cb45bd68c6c571d037d3b325851d1bfc3e4ade1678d7886bb45af6a7d434386b1de790356527fdf03d7bb6d51e817ebeea2e69d0f511c582583b383fa1b";
    const ADDRESS: Address = address!("1a642f0e3c3af545e7acbd38b07251b3990914f1");

    fn body() -> Vec<u8> {
        hex::decode(BODY).unwrap()
    }

    fn signature() -> Vec<u8> {
        hex::decode(SIGNATURE).unwrap()
    }

    #[test]
    fn a_body_has_the_signer_of_the_known_vector() {
        assert_eq!(signer_of_body(&body(), &signature()), Ok(ADDRESS));
    }

    #[test]
    fn a_changed_body_has_another_signer() {
        let mut body = body();
        body[1] ^= 1;
        assert_ne!(signer_of_body(&body, &signature()), Ok(ADDRESS));
    }

    #[test]
    fn create_artifact_has_its_own_v() {
        let even = hex::decode("c501daa290f875e4057153155e7d3810ba316173c9a420f303c97a19a4b8c582167875479f95b241e684220e80f91f5ee26bb32de2d3b5d7096350ab8bc8dd7836").unwrap();
        let odd = hex::decode("bfa97c3732012f95e08b25eadabbab28792c4b6116f785bc4763d120497481284babebc551ba46ace3e598ca614229dfb4626e431476c6cf46b640102ca3108737").unwrap();
        assert_eq!(signer_of_create_artifact(&even), Ok(ADDRESS));
        assert_eq!(
            signer_of_create_artifact(&odd),
            Ok(address!("3325a78425f17a7e487eb5666b2bfd93abb06c70"))
        );
        for v in [0, 1, 26, 27, 28, 53, 56] {
            let mut wrong = even.clone();
            wrong[64] = v;
            assert_refused(signer_of_create_artifact(&wrong), "v is");
        }
    }

    #[test]
    fn a_body_is_refused_with_any_other_v() {
        for v in [0, 1, 26, 29, 35, 54, 55] {
            let mut wrong = signature();
            wrong[64] = v;
            assert_refused(signer_of_body(&body(), &wrong), "v is");
        }
    }

    #[test]
    fn a_signature_has_65_bytes() {
        assert_refused(signer_of_body(&body(), &signature()[..64]), "64 bytes");
        assert_refused(signer_of_body(&body(), &[]), "0 bytes");
    }

    #[test]
    fn the_higher_s_is_refused_although_it_leads_to_the_same_signer() {
        let order = U256::from_be_slice(&hex!(
            "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"
        ));
        let mut high = signature();
        let s = order - U256::from_be_slice(&high[32..64]);
        high[32..64].copy_from_slice(&s.to_be_bytes::<32>());
        high[64] = 28;
        assert_refused(signer_of_body(&body(), &high), "higher");
    }

    #[test]
    fn a_signature_of_zeros_has_no_signer() {
        let mut zeros = [0; 65];
        zeros[64] = 27;
        assert_refused(signer_of_body(&body(), &zeros), "no signer");
    }

    fn assert_refused(result: Result<Address, Refusal>, words: &str) {
        let refusal = result.unwrap_err();
        assert_eq!(refusal.violation, Some(Violation::BadSignature));
        assert!(refusal.message.contains(words), "{}", refusal.message);
    }
}
