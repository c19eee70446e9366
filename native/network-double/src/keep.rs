//! Keeps every byte that comes in, so that a test can look through all of it for what must never
//! have been sent.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use anyhow::{bail, Context, Result};
use hyper::http::request::Parts;

pub struct Keep {
    folder: Option<PathBuf>,
}

/// The file of one body, or nothing if bytes are not kept.
pub struct Kept(Option<File>);

impl Keep {
    /// Takes a folder that is empty or not there yet: a test must not search another run's bytes.
    pub fn new(folder: Option<PathBuf>) -> Result<Self> {
        if let Some(folder) = &folder {
            let name = folder.display();
            fs::create_dir_all(folder).with_context(|| format!("cannot create {name}"))?;
            let mut entries =
                fs::read_dir(folder).with_context(|| format!("cannot read {name}"))?;
            if entries.next().is_some() {
                bail!("{name} is not empty");
            }
        }
        Ok(Self { folder })
    }

    /// Writes `NNNNNN-METHOD.head` with the request's line and headers, tokens and all.
    pub fn head(&self, call: u64, method: &str, head: &Parts) {
        let mut text = format!("{} {}\n", head.method, head.uri).into_bytes();
        for (name, value) in &head.headers {
            text.extend_from_slice(name.as_str().as_bytes());
            text.extend_from_slice(b": ");
            text.extend_from_slice(value.as_bytes());
            text.push(b'\n');
        }
        self.create(call, method, "head").add(&text);
    }

    /// Opens `NNNNNN-METHOD.body` for the body as it comes, which for gRPC includes its frame.
    pub fn body(&self, call: u64, method: &str) -> Kept {
        self.create(call, method, "body")
    }

    fn create(&self, call: u64, method: &str, ending: &str) -> Kept {
        Kept(self.folder.as_ref().map(|folder| {
            let path = folder.join(format!("{call:06}-{method}.{ending}"));
            let created = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
            created.unwrap_or_else(|error| stop(&error))
        }))
    }
}

impl Kept {
    /// For bytes that are none of a client's.
    pub fn nowhere() -> Self {
        Self(None)
    }

    pub fn add(&mut self, bytes: &[u8]) {
        if let Some(file) = &mut self.0 {
            file.write_all(bytes).unwrap_or_else(|error| stop(&error));
        }
    }
}

/// A test that searches these files must not miss a byte: rather none of it runs.
fn stop(error: &std::io::Error) -> ! {
    eprintln!("what came in cannot be kept: {error}");
    std::process::abort();
}
