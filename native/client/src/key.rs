//! The program's key, which the SDK computes in 10 to 20 seconds of two cores.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use sp1_sdk::{Elf, NetworkProver, Prover, ProvingKey, SP1ProvingKey, SP1_CIRCUIT_VERSION};

/// Computes a key, or takes it from `cache` if one is given and has it.
///
/// Whoever can write to the cache can make this program verify proofs of another program: keep it
/// where only you write.
pub async fn set_up(
    client: &NetworkProver,
    elf: &Path,
    cache: Option<&Path>,
) -> Result<SP1ProvingKey> {
    let bytes = fs::read(elf).with_context(|| format!("cannot read {}", elf.display()))?;
    let digest = hex::encode(Sha256::digest(&bytes));
    let file = cache.map(|folder| folder.join(format!("{digest}-{SP1_CIRCUIT_VERSION}.vk")));
    let elf = Elf::Dynamic(bytes.into());

    if let Some(known) = file.as_ref().and_then(|file| fs::read(file).ok()) {
        if let Ok(vk) = bincode::deserialize(&known) {
            return Ok(SP1ProvingKey::new(vk, elf));
        }
    }
    let key = client.setup(elf).await.context("the SDK cannot set this program up")?;
    if let Some(file) = file {
        fs::create_dir_all(file.parent().expect("it lies in the cache"))?;
        let temporary = file.with_extension(std::process::id().to_string());
        fs::write(&temporary, bincode::serialize(key.verifying_key())?)?;
        fs::rename(temporary, file)?;
    }
    Ok(key)
}
