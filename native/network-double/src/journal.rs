//! The journal: one line of JSON for each call, in a file and in memory. It holds ids, sizes and
//! digests, and no capability: no token, no query.

use std::collections::VecDeque;
use std::fs::File;
use std::io::Write;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use serde_json::{json, Value};

use crate::seen::Seen;

/// A call, as it went.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// The call's number by arrival; kept bytes have it in their names.
    pub call: u64,
    /// When it arrived, unix milliseconds.
    pub time: u64,
    pub method: String,
    pub schema: &'static str,
    #[serde(flatten)]
    pub seen: Seen,
    /// The code or the status that was answered, `CUT`, or `GONE` for a caller that did not wait.
    pub outcome: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Whether the network's state changed.
    pub committed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub violation: Option<&'static str>,
}

pub struct Journal {
    written: Mutex<Written>,
}

/// How many lines are remembered; the file has them all.
const REMEMBERED: usize = 100_000;

struct Written {
    /// The last ones.
    lines: VecDeque<Value>,
    /// How many there were before them.
    forgotten: usize,
    file: Option<File>,
}

impl Journal {
    pub fn new(file: Option<File>) -> Self {
        Self { written: Mutex::new(Written { lines: VecDeque::new(), forgotten: 0, file }) }
    }

    /// Adds a line and its number, `seq`, which counts from 0. In the file when this returns.
    pub fn add(&self, line: &Line) {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let mut line = json!(line);
        line["seq"] = json!(written.forgotten + written.lines.len());
        if let Some(file) = &mut written.file {
            // One write for the whole line: a reader never sees half of it at the end.
            if let Err(error) = file.write_all(format!("{line}\n").as_bytes()) {
                eprintln!("the journal cannot be written: {error}");
                std::process::abort();
            }
        }
        if written.lines.len() == REMEMBERED {
            written.lines.pop_front();
            written.forgotten += 1;
        }
        written.lines.push_back(line);
    }

    /// All lines from this number on that are remembered.
    pub fn from(&self, first: usize) -> Vec<Value> {
        let written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        written.lines.iter().skip(first.saturating_sub(written.forgotten)).cloned().collect()
    }
}
