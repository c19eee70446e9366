//! Inputs from the command line.

use std::{fs, str::FromStr};

use anyhow::{anyhow, bail, Context, Error, Result};
use sp1_sdk::SP1Stdin;

/// One item of a program's input, in the order in which the program reads them.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    U32(u32),
    U64s(Vec<u64>),
    /// Read by `sp1_zkvm::io::read::<Vec<u8>>()`.
    Bytes(Vec<u8>),
    /// Read by `sp1_zkvm::io::read_vec()`: the bytes as they are.
    Raw(Vec<u8>),
}

impl FromStr for Input {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (kind, value) = text.split_once(':').ok_or_else(|| {
            anyhow!("input: {text} (expected: u32:10, u64s:1,2,3, text:.., hex:.., bytes-file:PATH or raw-file:PATH)")
        })?;
        Ok(match kind {
            "u32" => Self::U32(value.parse().context("u32: not a number below 2^32")?),
            "u64s" => Self::U64s(
                value
                    .split(',')
                    .filter(|number| !number.is_empty())
                    .map(str::parse)
                    .collect::<Result<_, _>>()
                    .context("u64s: not numbers below 2^64 separated by commas")?,
            ),
            "text" => Self::Bytes(value.as_bytes().to_vec()),
            "hex" => Self::Bytes(hex::decode(value).context("hex: not hexadecimal digits")?),
            "bytes-file" => Self::Bytes(read(value)?),
            "raw-file" => Self::Raw(read(value)?),
            _ => bail!(
                "input of kind {kind} (expected: u32, u64s, text, hex, bytes-file or raw-file)"
            ),
        })
    }
}

fn read(path: &str) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {path}"))
}

pub fn stdin(inputs: &[Input]) -> SP1Stdin {
    let mut stdin = SP1Stdin::new();
    for input in inputs {
        match input {
            Input::U32(number) => stdin.write(number),
            Input::U64s(numbers) => stdin.write(numbers),
            Input::Bytes(bytes) => stdin.write(bytes),
            Input::Raw(bytes) => stdin.write_slice(bytes),
        }
    }
    stdin
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_are_parsed_and_keep_their_order() {
        let inputs: Vec<Input> =
            ["u32:7", "u64s:1,2", "u64s:", "hex:00ff"].map(|text| text.parse().unwrap()).into();
        assert_eq!(
            inputs,
            [
                Input::U32(7),
                Input::U64s(vec![1, 2]),
                Input::U64s(vec![]),
                Input::Bytes(vec![0, 255])
            ]
        );
        assert_eq!(stdin(&inputs).buffer[0], [7, 0, 0, 0]);
        assert_eq!(stdin(&inputs).buffer[2], [0; 8]);
    }

    #[test]
    fn what_is_no_input_is_refused() {
        for text in ["7", "u32:-1", "u64s:x", "hex:0", "bytes-file:/no/such/file", "f32:1"] {
            assert!(text.parse::<Input>().is_err(), "{text}");
        }
    }
}
