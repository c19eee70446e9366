//! The journal: one line of JSON for each call, in a file and in memory. It holds ids, sizes and
//! digests, and no capability: no token, no query.

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

struct Written {
    lines: Vec<Value>,
    file: Option<File>,
}

impl Journal {
    pub fn new(file: Option<File>) -> Self {
        Self { written: Mutex::new(Written { lines: Vec::new(), file }) }
    }

    /// Adds a line and its number, `seq`, which counts from 0. In the file when this returns.
    pub fn add(&self, line: &Line) {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let mut line = json!(line);
        line["seq"] = json!(written.lines.len());
        if let Some(file) = &mut written.file {
            // One write for the whole line: a reader never sees half of it at the end.
            if let Err(error) = file.write_all(format!("{line}\n").as_bytes()) {
                eprintln!("the journal cannot be written: {error}");
                std::process::abort();
            }
        }
        written.lines.push(line);
    }

    /// All lines from this number on.
    pub fn from(&self, first: usize) -> Vec<Value> {
        let written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        written.lines.get(first..).unwrap_or_default().to_vec()
    }
}
