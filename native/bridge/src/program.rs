//! A program made ready, and the verifying keys already known.
//!
//! Computing a verifying key means committing to SP1's preprocessed tables and takes seconds to
//! tens of seconds of CPU, although the result depends on the ELF and the SP1 release alone. So
//! keys are remembered in memory, by the ELF's SHA-256. The mock engine, whose proofs mean nothing,
//! also keeps them on disk; an engine that really proves never believes a file.

use std::{
    collections::HashMap,
    env, fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard},
};

use private_proving_sp1::GpuKey;
use sha2::{Digest, Sha256};
use sp1_sdk::{Elf, HashableKey, SP1VerifyingKey, SP1_CIRCUIT_VERSION};

use crate::engine::Engine;

pub struct Program {
    pub engine: Arc<Engine>,
    pub elf: Elf,
    pub vk: SP1VerifyingKey,
    pub vk_hash: [u8; 32],
    pub vk_bytes: Vec<u8>,
    /// The GPU server's own handle on the key; it forgets the key when this is dropped.
    pub on_gpu: Option<GpuKey>,
}

impl Program {
    pub fn new(engine: Arc<Engine>, elf: Elf, vk: SP1VerifyingKey, on_gpu: Option<GpuKey>) -> Self {
        let vk_hash = vk.hash_bytes();
        let vk_bytes = bincode::serialize(&vk).expect("a key is plain data");
        Self { engine, elf, vk, vk_hash, vk_bytes, on_gpu }
    }
}

const REMEMBERED: usize = 4096;

static KEYS: Mutex<Option<HashMap<[u8; 32], SP1VerifyingKey>>> = Mutex::new(None);

pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

fn keys() -> MutexGuard<'static, Option<HashMap<[u8; 32], SP1VerifyingKey>>> {
    KEYS.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

pub fn known_key(digest: &[u8; 32], on_disk: bool) -> Option<SP1VerifyingKey> {
    if let Some(vk) = keys().as_ref().and_then(|keys| keys.get(digest)) {
        return Some(vk.clone());
    }
    if !on_disk {
        return None;
    }
    let bytes = fs::read(key_file(digest)?).ok()?;
    let (sum, key) = bytes.split_at_checked(32)?;
    (sha256(key) == *sum).then_some(())?;
    bincode::deserialize(key).ok()
}

pub fn remember_key(digest: [u8; 32], vk: &SP1VerifyingKey, on_disk: bool) {
    let mut keys = keys();
    let keys = keys.get_or_insert_with(HashMap::new);
    if keys.len() >= REMEMBERED {
        keys.clear();
    }
    keys.insert(digest, vk.clone());
    if on_disk {
        let _ = write_key(&digest, vk);
    }
}

fn write_key(digest: &[u8; 32], vk: &SP1VerifyingKey) -> Option<()> {
    let path = key_file(digest)?;
    fs::create_dir_all(path.parent()?).ok()?;
    let key = bincode::serialize(vk).ok()?;
    let mut bytes = sha256(&key).to_vec();
    bytes.extend_from_slice(&key);
    let temporary = path.with_extension(format!("{}", std::process::id()));
    fs::write(&temporary, bytes).ok()?;
    fs::rename(temporary, path).ok()
}

/// `$PRIVATE_PROVING_KEY_CACHE`, else the user's cache folder; empty switches the files off.
fn key_file(digest: &[u8; 32]) -> Option<PathBuf> {
    let folder = match env::var_os("PRIVATE_PROVING_KEY_CACHE") {
        Some(folder) if folder.is_empty() => return None,
        Some(folder) => PathBuf::from(folder),
        None => match env::var_os("XDG_CACHE_HOME") {
            Some(cache) => Path::new(&cache).join("private-proving/keys"),
            None => Path::new(&env::var_os("HOME")?).join(".cache/private-proving/keys"),
        },
    };
    let release = format!("{}-{SP1_CIRCUIT_VERSION}", crate::SDK_VERSION);
    Some(folder.join(release).join(hex::encode(digest)))
}
