//! Range headers (RFC 9110, section 14) of one range.

use std::ops;

#[derive(Debug, PartialEq)]
pub enum Range {
    Whole,
    Part(ops::Range<usize>),
    Unsatisfiable,
}

/// What a header asks for of so many bytes. One that is not understood is ignored, as S3 does.
pub fn of(header: Option<&str>, length: usize) -> Range {
    let Some((first, last)) =
        header.and_then(|text| text.strip_prefix("bytes=")).and_then(|text| text.split_once('-'))
    else {
        return Range::Whole;
    };
    let part = match (first.parse::<usize>(), last.parse::<usize>()) {
        (Ok(first), Ok(last)) if first <= last => first..length.min(last.saturating_add(1)),
        (Ok(first), Err(_)) if last.is_empty() => first..length,
        (Err(_), Ok(count)) if first.is_empty() => length.saturating_sub(count)..length,
        _ => return Range::Whole,
    };
    if part.start < part.end {
        Range::Part(part)
    } else {
        Range::Unsatisfiable
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_cut_to_what_is_there() {
        for (header, expected) in [
            ("bytes=0-3", Range::Part(0..4)),
            ("bytes=8-99", Range::Part(8..10)),
            ("bytes=7-", Range::Part(7..10)),
            ("bytes=-3", Range::Part(7..10)),
            ("bytes=-99", Range::Part(0..10)),
            ("bytes=10-", Range::Unsatisfiable),
            ("bytes=-0", Range::Unsatisfiable),
            ("bytes=5-3", Range::Whole),
            ("bytes=0-1,4-5", Range::Whole),
            ("items=0-1", Range::Whole),
        ] {
            assert_eq!(of(Some(header), 10), expected, "{header}");
        }
        assert_eq!(of(None, 10), Range::Whole);
    }
}
