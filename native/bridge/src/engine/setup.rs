//! Makes a program ready.

use std::{
    panic::{catch_unwind, AssertUnwindSafe},
    sync::Arc,
};

use private_proving_sp1 as sp1;
use sp1_sdk::{Elf, SP1VerifyingKey};

use super::Engine;
use crate::{
    failure::{Code, Failure, Result},
    program::{known_key, remember_key, sha256, Program},
    threads::run,
};

pub fn setup(engine: &Arc<Engine>, elf: Elf) -> Result<Program> {
    let unusable = || Failure::new(Code::BadProgram, "the program is not an ELF that SP1 can run");
    // The parser panics on some of what is not an ELF.
    match catch_unwind(AssertUnwindSafe(|| sp1_core_executor::Program::from(&elf))) {
        Ok(Ok(_)) => {}
        _ => return Err(unusable()),
    }
    if let Engine::Cuda(_) = &**engine {
        let (server_elf, server_engine) = (elf.clone(), engine.clone());
        let key = run(async move {
            match &*server_engine {
                Engine::Cuda(prover) => sp1::gpu_key(prover, server_elf).await.map_err(|_| ()),
                _ => Err(()),
            }
        })?
        .map_err(|()| Failure::new(Code::Other, "the GPU server could not set the program up"))?;
        return Ok(Program::new(engine.clone(), elf, key.verifying_key().clone(), Some(key)));
    }
    let digest = sha256(&elf);
    let is_mock = matches!(**engine, Engine::Mock(_));
    let vk = match known_key(&digest, is_mock) {
        Some(vk) => vk,
        None => compute_key(engine, elf.clone())?.ok_or_else(unusable)?,
    };
    remember_key(digest, &vk, is_mock);
    Ok(Program::new(engine.clone(), elf, vk, None))
}

fn compute_key(engine: &Arc<Engine>, elf: Elf) -> Result<Option<SP1VerifyingKey>> {
    let engine = engine.clone();
    run(async move {
        match &*engine {
            Engine::Mock(engine) => sp1::key(&engine.light, elf).await.ok(),
            Engine::Cpu(engine) => sp1::key(&engine.light, elf).await.ok(),
            Engine::Cuda(_) => None,
        }
    })
}
