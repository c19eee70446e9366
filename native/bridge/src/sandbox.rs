//! Where SP1's helper processes and temporary files are kept, and how they go away.
//!
//! How it works. SP1 writes its executor into the folder for temporary files and starts whatever
//! it finds there under that name, next time and by anyone. Guest memory, and with it the input,
//! lies in files of /dev/shm that only an orderly end removes. So:
//!
//! 1. The process gets a folder of its own, mode 0700, as its TMPDIR, and holds a lock in it.
//! 2. The executor in that folder is replaced by the launcher (`launcher/main.rs`), which becomes
//!    the executor after it has thrown away standard error and all inherited descriptors.
//! 3. At start, what crashed predecessors left behind is removed: their helpers, their folders,
//!    and guest memory that no process has mapped.

use std::{
    collections::HashSet,
    env, fs, io,
    os::{
        fd::AsRawFd,
        unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt},
    },
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use sp1_core_executor::{Instruction, Opcode, Program};
use sp1_core_executor_runner::MinimalExecutorRunner;

use crate::failure::{Code, Failure, Result};

const LAUNCHER: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/launcher"));
const PREFIX: &str = "private-proving-sandbox-";
const OWNER: &str = "PRIVATE_PROVING_SANDBOX";
const SHARED_MEMORY: &str = "/dev/shm";
const GPU_SERVER: &str = ".sp1/bin/sp1-gpu-server";

/// Each of these makes SP1 write inputs or guest memory to files, or mix up two proofs' inputs
/// (a fixed key keeps the executor, and `reset` does not empty its input), or weakens a proof.
const REFUSED: [&str; 8] = [
    "SP1_DUMP",
    "DUMP_ELF_OUTPUT",
    "TRACE_FILE",
    "SP1_RECORD_MAX_ARITY_INPUT",
    "SP1_RECORD_SHRINK_INPUT",
    "SP1_RECORD_WRITE_DIR",
    "SP1_WORKER_USE_FIXED_PK",
    "WITHOUT_VK_VERIFICATION",
];

struct Sandbox {
    folder: PathBuf,
    /// Held until the process ends, however it ends.
    _lock: fs::File,
}

static SANDBOX: OnceLock<std::result::Result<Sandbox, String>> = OnceLock::new();

/// Prepares the process, once. Must come before anything of SP1 runs.
pub fn prepare() -> Result<()> {
    if let Some(name) = REFUSED.iter().find(|name| env::var_os(name).is_some()) {
        let message =
            format!("unset {name}: with it, SP1 would not keep inputs private or proofs sound");
        return Err(Failure::new(Code::EngineUnavailable, message));
    }
    match SANDBOX.get_or_init(|| create().map_err(|error| error.to_string())) {
        Ok(_) => Ok(()),
        Err(error) => {
            let message = format!(
                "cannot prepare a private folder for SP1's helpers in {}: {error}",
                env::temp_dir().display()
            );
            Err(Failure::new(Code::EngineUnavailable, message))
        }
    }
}

fn create() -> io::Result<Sandbox> {
    let base = env::temp_dir();
    sweep_folders(&base);
    sweep_shared_memory(Path::new(SHARED_MEMORY));

    let folder = base.join(format!("{PREFIX}{}-{:08x}", std::process::id(), random()?));
    fs::DirBuilder::new().mode(0o700).create(&folder)?;
    let lock = fs::File::create(folder.join("lock"))?;
    if !try_lock(&lock) {
        return Err(io::Error::other("the folder's lock is held by someone else"));
    }
    // INVARIANT: the first change of the environment in this process by us, before SP1 starts
    // threads that read it.
    env::set_var("TMPDIR", &folder);
    replace_executor(&folder)?;
    unsafe { libc::atexit(remove_at_exit) };
    tracing::info!("sandbox ready");
    Ok(Sandbox { folder, _lock: lock })
}

extern "C" fn remove_at_exit() {
    if let Some(Ok(sandbox)) = SANDBOX.get() {
        let _ = fs::remove_dir_all(&sandbox.folder);
    }
}

/// SP1 has no call that only writes the executor, so it is asked to run a program of one
/// instruction; what comes of that does not matter.
fn replace_executor(folder: &Path) -> io::Result<()> {
    let halt = Instruction::new(Opcode::ADDI, 0, 0, 0, false, true);
    let program = Arc::new(Program::new(vec![halt], 64, 64));
    // Without output consumers and without input: there is nothing to leak yet.
    let _ = MinimalExecutorRunner::simple(program).try_execute_chunk();
    let executor = fs::read_dir(folder)?
        .filter_map(std::result::Result::ok)
        .map(|entry| entry.path())
        .find(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            name.starts_with("sp1-native-runner")
        })
        .ok_or_else(|| io::Error::other("SP1 did not write its executor there"))?;
    let helper = folder.join("executor");
    fs::rename(&executor, &helper)?;
    install_launcher(&executor, &helper, folder)
}

fn install_launcher(place: &Path, helper: &Path, owner: &Path) -> io::Result<()> {
    for (suffix, target) in [(".helper", helper), (".owner", owner)] {
        let mut link = place.as_os_str().to_owned();
        link.push(suffix);
        let _ = fs::remove_file(&link);
        std::os::unix::fs::symlink(target, link)?;
    }
    let temporary = place.with_extension("new");
    fs::write(&temporary, LAUNCHER)?;
    fs::set_permissions(&temporary, fs::Permissions::from_mode(0o700))?;
    fs::rename(temporary, place)
}

/// Puts the launcher where SP1 looks for its GPU server and calls `start` with HOME showing there.
///
/// The SDK would download a server that it does not find, at run time and unseen; here that is an
/// error. The server to use is `$PRIVATE_PROVING_GPU_SERVER`, else the one in the SDK's own place.
pub fn with_gpu_server<T>(start: impl FnOnce() -> Result<T>) -> Result<T> {
    let unavailable = |message: String| Failure::new(Code::EngineUnavailable, message);
    let Some(Ok(sandbox)) = SANDBOX.get() else {
        return Err(unavailable("the sandbox is not prepared".into()));
    };
    let home = env::var_os("HOME").unwrap_or_else(|| "/".into());
    let server = env::var_os("PRIVATE_PROVING_GPU_SERVER")
        .map_or_else(|| Path::new(&home).join(GPU_SERVER), PathBuf::from);
    check_gpu_server(&server).map_err(unavailable)?;

    let private_home = sandbox.folder.join("home");
    let place = private_home.join(GPU_SERVER);
    fs::create_dir_all(place.parent().expect("it has a folder"))
        .and_then(|()| install_launcher(&place, &server, &sandbox.folder))
        .map_err(|error| unavailable(format!("cannot prepare the GPU server's start: {error}")))?;
    env::set_var("PRIVATE_PROVING_HOME", &home);
    env::set_var("HOME", &private_home);
    let result = start();
    env::set_var("HOME", &home);
    env::remove_var("PRIVATE_PROVING_HOME");
    result
}

fn check_gpu_server(server: &Path) -> std::result::Result<(), String> {
    let output = std::process::Command::new(server).arg("--version").output().map_err(|error| {
        format!("sp1-gpu-server {} is not at {}: {error}", crate::SDK_VERSION, server.display())
    })?;
    let version = String::from_utf8_lossy(&output.stdout).trim().to_string();
    if version == crate::SDK_VERSION {
        return Ok(());
    }
    let found =
        if output.status.success() { version } else { format!("unusable ({})", output.status) };
    Err(format!("{} is {found}, expected version {}", server.display(), crate::SDK_VERSION))
}

/// Removes the folders of processes that are gone, and their helpers if those live on.
fn sweep_folders(base: &Path) {
    let Ok(entries) = fs::read_dir(base) else { return };
    let user = unsafe { libc::geteuid() };
    for entry in entries.filter_map(std::result::Result::ok) {
        let folder = entry.path();
        let is_ours = entry.file_name().to_string_lossy().starts_with(PREFIX)
            && entry.metadata().is_ok_and(|data| data.is_dir() && data.uid() == user);
        if !is_ours {
            continue;
        }
        let Ok(lock) = fs::File::open(folder.join("lock")) else { continue };
        if try_lock(&lock) {
            end_helpers_of(&folder);
            let _ = fs::remove_dir_all(&folder);
            tracing::info!("sandbox of a process that is gone was removed");
        }
    }
}

fn end_helpers_of(folder: &Path) {
    let mut mark = format!("{OWNER}=").into_bytes();
    mark.extend_from_slice(folder.as_os_str().as_encoded_bytes());
    for process in processes() {
        let Ok(environment) = fs::read(format!("/proc/{process}/environ")) else { continue };
        if environment.split(|byte| *byte == 0).any(|variable| variable == mark) {
            unsafe { libc::kill(process, libc::SIGKILL) };
            tracing::warn!("helper of a process that is gone was ended");
        }
    }
}

/// Unlinks guest memory that nobody has mapped: what is mapped belongs to a running proof.
fn sweep_shared_memory(folder: &Path) {
    let user = unsafe { libc::geteuid() };
    let leftovers: Vec<(PathBuf, String)> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(std::result::Result::ok)
        .filter(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_sp1 = name.starts_with("sp1_") || name.starts_with("sem.sp1_");
            // A file this young may belong to a process that is about to map it.
            let settled = |data: &fs::Metadata| {
                data.modified().is_ok_and(|time| time.elapsed().is_ok_and(|age| age.as_secs() >= 5))
            };
            is_sp1 && entry.metadata().is_ok_and(|data| data.uid() == user && settled(&data))
        })
        .map(|entry| (entry.path(), entry.path().display().to_string()))
        .collect();
    if leftovers.is_empty() {
        return;
    }
    let mut mapped = HashSet::new();
    for process in processes() {
        let maps = fs::read_to_string(format!("/proc/{process}/maps")).unwrap_or_default();
        mapped
            .extend(maps.lines().filter_map(|line| {
                line.find(SHARED_MEMORY).map(|start| line[start..].to_string())
            }));
    }
    for (path, name) in leftovers {
        if !mapped.contains(&name) && fs::remove_file(path).is_ok() {
            tracing::warn!("sandbox leftover of guest memory was removed");
        }
    }
}

pub fn processes() -> Vec<i32> {
    fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(std::result::Result::ok)
        .filter_map(|entry| entry.file_name().to_string_lossy().parse().ok())
        .collect()
}

fn try_lock(file: &fs::File) -> bool {
    unsafe { libc::flock(file.as_raw_fd(), libc::LOCK_EX | libc::LOCK_NB) == 0 }
}

fn random() -> io::Result<u32> {
    let mut bytes = [0; 4];
    io::Read::read_exact(&mut fs::File::open("/dev/urandom")?, &mut bytes)?;
    Ok(u32::from_le_bytes(bytes))
}
