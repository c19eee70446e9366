//! Bytes that cross the border in pieces, so that neither side ever needs them in one block.

use std::{
    collections::VecDeque,
    io::{self, Read, Write},
};

/// Large enough that a 2 GiB input is 512 pieces, small enough to be given back piece by piece.
const SEGMENT: usize = 4 << 20;

/// A byte sequence that grows without moving what it already holds.
#[derive(Default)]
pub struct Buffer {
    segments: VecDeque<Vec<u8>>,
    length: u64,
}

impl Buffer {
    /// `hint` sizes the first segment, so that small contents cost little memory.
    pub fn with_hint(hint: u64) -> Self {
        let mut buffer = Self::default();
        if hint > 0 {
            buffer.segments.push_back(Vec::with_capacity(hint.min(SEGMENT as u64) as usize));
        }
        buffer
    }

    pub fn len(&self) -> u64 {
        self.length
    }

    pub fn append(&mut self, mut bytes: &[u8]) {
        self.length += bytes.len() as u64;
        while !bytes.is_empty() {
            let room = match self.segments.back() {
                Some(last) => SEGMENT.saturating_sub(last.len()),
                None => 0,
            };
            if room == 0 {
                self.segments.push_back(Vec::with_capacity(bytes.len().min(SEGMENT)));
                continue;
            }
            let (now, later) = bytes.split_at(bytes.len().min(room));
            self.segments.back_mut().expect("a segment with room").extend_from_slice(now);
            bytes = later;
        }
    }

    /// Copies from `offset` into `target`; returns how many bytes that were.
    pub fn read_at(&self, offset: u64, target: &mut [u8]) -> usize {
        let mut skip = offset;
        let mut copied = 0;
        for segment in &self.segments {
            let length = segment.len() as u64;
            if skip >= length {
                skip -= length;
                continue;
            }
            let rest = &segment[skip as usize..];
            let count = rest.len().min(target.len() - copied);
            target[copied..copied + count].copy_from_slice(&rest[..count]);
            copied += count;
            skip = 0;
            if copied == target.len() {
                break;
            }
        }
        copied
    }

    /// Reads from the start without taking anything away.
    pub fn reader(&self) -> impl Read + '_ {
        Cursor { buffer: self, position: 0 }
    }

    /// Reads from the start and gives every segment back to the system as soon as it is read. The
    /// buffer itself is empty from now on.
    pub fn drain(&mut self) -> Drain {
        self.length = 0;
        Drain { segments: std::mem::take(&mut self.segments), position: 0 }
    }
}

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.append(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Cursor<'a> {
    buffer: &'a Buffer,
    position: u64,
}

impl Read for Cursor<'_> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        let count = self.buffer.read_at(self.position, target);
        self.position += count as u64;
        Ok(count)
    }
}

pub struct Drain {
    segments: VecDeque<Vec<u8>>,
    position: usize,
}

impl Drain {
    /// The first bytes still to be read, as far as they lie in one segment.
    pub fn peek(&self) -> &[u8] {
        self.segments.front().map_or(&[], |segment| &segment[self.position..])
    }
}

impl Read for Drain {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        while let Some(segment) = self.segments.front() {
            let rest = &segment[self.position..];
            if rest.is_empty() {
                self.segments.pop_front();
                self.position = 0;
                continue;
            }
            let count = rest.len().min(target.len());
            target[..count].copy_from_slice(&rest[..count]);
            self.position += count;
            return Ok(count);
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(length: usize) -> Vec<u8> {
        (0..length).map(|index| (index % 251) as u8).collect()
    }

    #[test]
    fn what_went_in_in_pieces_comes_out_whole() {
        let bytes = numbered(SEGMENT * 2 + 12345);
        let mut buffer = Buffer::with_hint(10);
        for piece in bytes.chunks(65_537) {
            buffer.append(piece);
        }
        assert_eq!(buffer.len(), bytes.len() as u64);
        let mut back = vec![0; 1000];
        assert_eq!(buffer.read_at(SEGMENT as u64 - 500, &mut back), 1000);
        assert_eq!(back, bytes[SEGMENT - 500..SEGMENT + 500]);
        assert_eq!(buffer.read_at(bytes.len() as u64 - 1, &mut back), 1);
        assert_eq!(buffer.read_at(u64::MAX, &mut back), 0);
        let mut all = Vec::new();
        buffer.drain().read_to_end(&mut all).unwrap();
        assert_eq!(all, bytes);
        assert_eq!(buffer.len(), 0);
    }
}
