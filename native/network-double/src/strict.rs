//! Reading messages and fields without tolerance: what is not exactly right is refused by name.

use alloy_primitives::{Address, B256};
use bytes::Bytes;
use prost::Message;

use crate::refusal::{Refusal, Violation};
use crate::schema::Schema;

pub const LONGEST_URI: usize = 2048;
pub const LARGEST_VK: usize = 1 << 20;
pub const LARGEST_TRACE: usize = 64 << 10;

/// The envelope of every signed message. The SDK has one type for each body; this one keeps the
/// body as the bytes that were signed, which is the same on the wire.
#[derive(Clone, PartialEq, Message)]
pub struct Envelope {
    #[prost(int32, tag = "1")]
    pub format: i32,
    #[prost(bytes = "bytes", tag = "2")]
    pub signature: Bytes,
    #[prost(bytes = "bytes", tag = "3")]
    pub body: Bytes,
}

/// Decodes a message that encodes to the same bytes again: no unknown, doubled or default fields.
pub fn message<M: Message + Default>(bytes: &[u8]) -> Result<M, Refusal> {
    let message = M::decode(bytes)
        .map_err(|error| Refusal::malformed(format!("message: not decodable: {error}")))?;
    if message.encode_to_vec() != bytes {
        return Err(Refusal::malformed(
            "message: encodes to other bytes than it came in; it has fields that are unknown, \
             doubled, out of order, or set to their default",
        ));
    }
    Ok(message)
}

/// Decodes a message that differs between the schemas, and says so if it is the other one's.
pub fn of_schema<Own, Other>(bytes: &[u8], schema: Schema) -> Result<Own, Refusal>
where
    Own: Message + Default,
    Other: Message + Default,
{
    message::<Own>(bytes).map_err(|refusal| match message::<Other>(bytes) {
        Ok(_) => other_schema(schema),
        Err(_) => refusal,
    })
}

pub fn other_schema(schema: Schema) -> Refusal {
    Refusal::malformed(format!(
        "body: of the other schema (expected: {}, which is what this network speaks)",
        schema.name()
    ))
    .breaking(Violation::SchemaMismatch)
}

pub fn address(bytes: &[u8], name: &str) -> Result<Address, Refusal> {
    Address::try_from(bytes)
        .map_err(|_| Refusal::malformed(format!("{name}: {} bytes (expected: 20)", bytes.len())))
}

pub fn hash(bytes: &[u8], name: &str) -> Result<B256, Refusal> {
    B256::try_from(bytes)
        .map_err(|_| Refusal::malformed(format!("{name}: {} bytes (expected: 32)", bytes.len())))
}

/// An enumeration's known value, given as its number; never the unspecified one.
pub fn known<E: TryFrom<i32>>(number: i32, name: &str) -> Result<E, Refusal> {
    match E::try_from(number) {
        Ok(value) if number != 0 => Ok(value),
        _ => Err(Refusal::malformed(format!("{name}: {number} (expected: a known value)"))),
    }
}

pub fn uri(text: &str, name: &str) -> Result<(), Refusal> {
    sized(text.len(), LONGEST_URI, name)?;
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Refusal::malformed(format!("{name}: empty, or not of printable ASCII only")));
    }
    Ok(())
}

pub fn sized(length: usize, most: usize, name: &str) -> Result<(), Refusal> {
    if length > most {
        let message = format!("{name}: {length} bytes (expected: at most {most})");
        return Err(Refusal::malformed(message).breaking(Violation::TooLarge));
    }
    Ok(())
}

pub fn decimal(text: &str, name: &str) -> Result<(), Refusal> {
    sized(text.len(), 78, name)?;
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Refusal::malformed(format!("{name}: not a decimal number")));
    }
    Ok(())
}

/// The trace of an error: JSON, of 64 KiB at most.
pub fn trace(bytes: &[u8]) -> Result<(), Refusal> {
    sized(bytes.len(), LARGEST_TRACE, "error_trace")?;
    let text =
        std::str::from_utf8(bytes).map_err(|_| Refusal::malformed("error_trace: not UTF-8"))?;
    serde_json::from_str::<serde::de::IgnoredAny>(text)
        .map_err(|_| Refusal::malformed("error_trace: not JSON"))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use sp1_sdk::network::proto::{auction_types, base_types};

    use super::*;

    #[test]
    fn only_the_one_encoding_of_a_message_is_read() {
        type Nonce = auction_types::GetNonceResponse;
        assert_eq!(message::<Nonce>(&[8, 7]).unwrap().nonce, 7);
        assert_eq!(message::<Nonce>(&[]).unwrap().nonce, 0);
        for other in [&[8, 0][..], &[8, 7, 8, 7], &[8, 0x87, 0], &[8, 7, 16, 1], &[8], &[10, 1]] {
            let refusal = message::<Nonce>(other).unwrap_err();
            assert_eq!(refusal.violation, Some(Violation::Malformed), "{other:?}");
        }
    }

    #[test]
    fn the_envelope_is_the_sdks_on_the_wire() {
        let body = auction_types::CancelRequestRequestBody { nonce: 3, request_id: vec![1; 32] };
        let theirs = auction_types::CancelRequestRequest {
            format: 1,
            signature: vec![9; 65],
            body: Some(body.clone()),
        };
        let ours: Envelope = message(&theirs.encode_to_vec()).unwrap();
        assert_eq!((ours.format, ours.body.to_vec()), (1, body.encode_to_vec()));
        assert_eq!(ours.signature, vec![9; 65]);
    }

    #[test]
    fn a_body_of_the_other_schema_is_named_as_such() {
        type Base = base_types::FulfillProofRequestBody;
        type Auction = auction_types::FulfillProofRequestBody;
        let auction = Auction { nonce: 1, domain: vec![1; 32], variant: 4, ..Default::default() };
        let refusal = of_schema::<Base, Auction>(&auction.encode_to_vec(), Schema::Base);
        assert_eq!(refusal.unwrap_err().violation, Some(Violation::SchemaMismatch));
        let neither = of_schema::<Base, Auction>(&[0x98, 6, 1], Schema::Base);
        assert_eq!(neither.unwrap_err().violation, Some(Violation::Malformed));
    }

    #[test]
    fn fields_are_held_to_their_form() {
        assert!(address(&[0; 20], "a").is_ok() && address(&[0; 19], "a").is_err());
        assert!(hash(&[0; 32], "h").is_ok() && hash(&[0; 33], "h").is_err());
        assert!(uri("s3://b/stdins/1", "u").is_ok());
        assert!(uri("", "u").is_err() && uri("a b", "u").is_err() && uri("ä", "u").is_err());
        assert!(uri(&"u".repeat(2048), "u").is_ok() && uri(&"u".repeat(2049), "u").is_err());
        assert!(decimal("0", "d").is_ok() && decimal("", "d").is_err());
        assert!(decimal("-1", "d").is_err() && decimal("1.5", "d").is_err());
        assert!(known::<auction_types::ProofMode>(4, "mode").is_ok());
        assert!(known::<auction_types::ProofMode>(0, "mode").is_err());
        assert!(known::<auction_types::ProofMode>(5, "mode").is_err());
    }

    #[test]
    fn a_trace_is_json_of_64_kib_at_most() {
        assert!(trace(br#"{"cause":"x"}"#).is_ok());
        assert!(trace(b"").is_err() && trace(b"{").is_err() && trace(&[b'"', 0xff, b'"']).is_err());
        let fitting = format!("\"{}\"", "x".repeat(LARGEST_TRACE - 2));
        assert!(trace(fitting.as_bytes()).is_ok());
        let over = trace(format!("{fitting} ").as_bytes()).unwrap_err();
        assert_eq!(over.violation, Some(Violation::TooLarge));
    }
}
