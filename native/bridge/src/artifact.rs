//! The SDK's encodings of programs and inputs: bincode, plain or inside zstd.

use std::io::{self, BufReader, Read};

use bincode::Options;
use sp1_sdk::{Elf, SP1Stdin};

use crate::{
    buffer::Buffer,
    failure::{Code, Failure, Result},
};

const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// A bincode string of bytes starts with its length.
const LENGTH: u64 = 8;

pub fn decode_program(upload: &mut Buffer, limit: u64) -> Result<Elf> {
    decode(upload, limit, Code::BadProgram, "the program", |reader| {
        let length = reader.length()?;
        reader.bytes(length).map(|bytes| Elf::Dynamic(bytes.into()))
    })
}

/// The input as SP1 takes it, and its size in bytes.
pub fn decode_stdin(upload: &mut Buffer, limit: u64) -> Result<(SP1Stdin, u64)> {
    decode(upload, limit, Code::BadStdin, "the input", |reader| {
        let count = reader.length()?;
        if count > reader.left() / LENGTH {
            return Err(Broken::Malformed);
        }
        let mut stdin = SP1Stdin::new();
        for _ in 0..count {
            let length = reader.length()?;
            stdin.buffer.push(reader.bytes(length)?);
        }
        stdin.ptr = reader.length()?.try_into().map_err(|_| Broken::Malformed)?;
        let left = reader.left();
        stdin.proofs = bincode::options()
            .with_fixint_encoding()
            .allow_trailing_bytes()
            .with_limit(left)
            .deserialize_from(&mut *reader)
            .map_err(|_| reader.broken())?;
        Ok((stdin, reader.taken))
    })
}

fn decode<T>(
    upload: &mut Buffer,
    limit: u64,
    code: Code,
    what: &str,
    read: impl FnOnce(&mut Bounded<'_>) -> std::result::Result<T, Broken>,
) -> Result<T> {
    let malformed = || {
        Failure::new(
            code,
            format!("{what} is not what an SP1 SDK uploads (bincode, plain or zstd)"),
        )
    };
    let too_large = || {
        let message = format!("{what} is larger than {limit} bytes when decoded");
        Failure::new(Code::TooLarge, message)
    };
    let uploaded = upload.len();
    let drain = upload.drain();
    let packed = drain.peek().starts_with(&ZSTD_MAGIC);
    let (source, bound): (Box<dyn Read>, u64) = if packed {
        (Box::new(BufReader::new(zstd::Decoder::new(drain).map_err(|_| malformed())?)), limit)
    } else if uploaded > limit {
        return Err(too_large());
    } else {
        (Box::new(drain), uploaded)
    };
    let mut reader = Bounded { source, limit: bound, taken: 0, exceeded: false };
    // What goes beyond the end of a plain upload is not large, it is not there.
    read(&mut reader).map_err(|broken| match broken {
        Broken::TooLarge if packed => too_large(),
        _ => malformed(),
    })
}

enum Broken {
    Malformed,
    TooLarge,
}

/// Reads no more than `limit` bytes, however few bytes they came from.
struct Bounded<'a> {
    source: Box<dyn Read + 'a>,
    limit: u64,
    taken: u64,
    exceeded: bool,
}

impl Bounded<'_> {
    fn left(&self) -> u64 {
        self.limit - self.taken
    }

    fn broken(&self) -> Broken {
        if self.exceeded {
            Broken::TooLarge
        } else {
            Broken::Malformed
        }
    }

    fn length(&mut self) -> std::result::Result<u64, Broken> {
        let mut bytes = [0; LENGTH as usize];
        self.read_exact(&mut bytes).map_err(|_| self.broken())?;
        Ok(u64::from_le_bytes(bytes))
    }

    /// Memory is taken as the bytes arrive: a length that lies costs nothing.
    fn bytes(&mut self, length: u64) -> std::result::Result<Vec<u8>, Broken> {
        if length > self.left() {
            return Err(Broken::TooLarge);
        }
        const PIECE: u64 = 64 << 20;
        let mut bytes = Vec::with_capacity(length.min(PIECE) as usize);
        let read = Read::take(&mut *self, length).read_to_end(&mut bytes);
        match read {
            Ok(read) if read as u64 == length => Ok(bytes),
            _ => Err(self.broken()),
        }
    }
}

impl Read for Bounded<'_> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        if target.is_empty() {
            return Ok(0);
        }
        if self.left() == 0 {
            self.exceeded = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let room = target.len().min(usize::try_from(self.left()).unwrap_or(usize::MAX));
        let count = self.source.read(&mut target[..room])?;
        self.taken += count as u64;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn buffer(bytes: &[u8]) -> Buffer {
        let mut buffer = Buffer::default();
        buffer.append(bytes);
        buffer
    }

    fn stdin() -> SP1Stdin {
        let mut stdin = SP1Stdin::new();
        stdin.write(&10u32);
        stdin.write_vec(vec![7; 100_000]);
        stdin
    }

    #[test]
    fn both_encodings_give_the_same_input() {
        let plain = bincode::serialize(&stdin()).unwrap();
        let packed = zstd::encode_all(&plain[..], 3).unwrap();
        for upload in [&plain, &packed] {
            let (decoded, size) = decode_stdin(&mut buffer(upload), 1 << 20).unwrap();
            assert_eq!(decoded.buffer, stdin().buffer);
            assert_eq!(size, plain.len() as u64);
        }
    }

    #[test]
    fn an_empty_input_is_an_input() {
        let (decoded, size) = decode_stdin(&mut buffer(&[0; 24]), 24).unwrap();
        assert!(decoded.buffer.is_empty());
        assert_eq!(size, 24);
    }

    #[test]
    fn an_input_of_exactly_the_limit_is_taken_and_one_byte_more_refused() {
        let plain = bincode::serialize(&stdin()).unwrap();
        let limit = plain.len() as u64;
        assert!(decode_stdin(&mut buffer(&plain), limit).is_ok());
        let refused = decode_stdin(&mut buffer(&plain), limit - 1).unwrap_err();
        assert_eq!(refused.code, Code::TooLarge);
    }

    #[test]
    fn a_bomb_is_refused_before_it_goes_off() {
        let mut plain = bincode::serialize(&(1u64, u64::from(u32::MAX))).unwrap();
        plain.resize(64 << 20, 0);
        let packed = zstd::encode_all(&plain[..], 3).unwrap();
        assert!(packed.len() < 100_000);
        let refused = decode_stdin(&mut buffer(&packed), 1 << 20).unwrap_err();
        assert_eq!(refused.code, Code::TooLarge);
    }

    #[test]
    fn lengths_that_lie_are_refused() {
        for lie in [u64::MAX, 1 << 40, 1000] {
            let count = bincode::serialize(&lie).unwrap();
            assert!(decode_stdin(&mut buffer(&count), 1 << 20).is_err());
            let length = bincode::serialize(&(1u64, lie)).unwrap();
            assert!(decode_stdin(&mut buffer(&length), 1 << 50).is_err());
            assert!(decode_program(&mut buffer(&count), 1 << 20).is_err());
        }
    }

    #[test]
    fn cut_and_garbled_uploads_are_refused() {
        let plain = bincode::serialize(&stdin()).unwrap();
        let packed = zstd::encode_all(&plain[..], 3).unwrap();
        for upload in [&plain, &packed] {
            let cut = &upload[..upload.len() - 9];
            let refused = decode_stdin(&mut buffer(cut), 1 << 20).unwrap_err();
            assert_eq!(refused.code, Code::BadStdin);
        }
        assert_eq!(decode_stdin(&mut buffer(b""), 1).unwrap_err().code, Code::BadStdin);
    }

    #[test]
    fn bytes_after_the_end_are_ignored() {
        let mut plain = bincode::serialize(&vec![1u8, 2, 3]).unwrap();
        plain.push(9);
        let elf = decode_program(&mut buffer(&plain), 100).unwrap();
        assert_eq!(&elf[..], [1, 2, 3]);
    }
}
