//! Stands where SP1 looks for a helper program, and starts the helper with nothing to leak into.
//!
//! SP1 runs a guest in a helper process (the executor, or the GPU server) that inherits whatever
//! the JVM happens to have open, and forwards what the guest prints to its own standard error. The
//! launcher takes the helper's place, throws that output away, closes every inherited descriptor
//! and becomes the helper. It is one process throughout, so SP1's supervision by process id holds.
//!
//! The links `<own path>.helper` and `<own path>.owner` say which helper, and for whom.

use std::{
    env,
    ffi::{c_char, c_int, c_long, c_uint, c_ulong, CString},
    os::unix::ffi::OsStrExt,
    process::exit,
};

extern "C" {
    fn open(path: *const c_char, flags: c_int, ...) -> c_int;
    fn dup2(from: c_int, to: c_int) -> c_int;
    fn close(descriptor: c_int) -> c_int;
    fn prctl(option: c_int, ...) -> c_int;
    fn syscall(number: c_long, ...) -> c_long;
    fn execve(
        path: *const c_char,
        arguments: *const *const c_char,
        environment: *const *const c_char,
    ) -> c_int;
}

const O_WRONLY: c_int = 1;
const PR_SET_PDEATHSIG: c_int = 1;
const SIGKILL: c_ulong = 9;
const SYS_CLOSE_RANGE: c_long = 436;

/// What a helper may know of its parent's environment: nothing that could hold a secret, and
/// nothing that would make it write its memory to a file.
const KEPT: [&str; 6] = [
    "CUDA_VISIBLE_DEVICES",
    "LD_LIBRARY_PATH",
    "PATH",
    "TMPDIR",
    "SP1_GROTH16_CIRCUIT_PATH",
    "SP1_PLONK_CIRCUIT_PATH",
];

fn main() {
    let own = env::current_exe().unwrap_or_else(|_| exit(125));
    let link = |suffix| {
        let mut path = own.clone().into_os_string();
        path.push(suffix);
        std::fs::read_link(path).unwrap_or_else(|_| exit(126))
    };
    let (helper, owner) = (link(".helper"), link(".owner"));
    let is_executor =
        own.file_name().is_some_and(|name| name.as_bytes().starts_with(b"sp1-native-runner"));
    let asks_version = env::args().nth(1).as_deref() == Some("--version");

    unsafe {
        let null = open(c"/dev/null".as_ptr(), O_WRONLY);
        if null < 0 || dup2(null, 2) < 0 {
            exit(125);
        }
        // The executor answers on its standard output; the server only when asked its version.
        if !is_executor && !asks_version && dup2(null, 1) < 0 {
            exit(125);
        }
        if syscall(SYS_CLOSE_RANGE, 3 as c_uint, c_uint::MAX, 0 as c_uint) != 0 {
            for descriptor in 3..65_536 {
                close(descriptor);
            }
        }
        // The executor lives no longer than the thread that drives it. The server is shared, and
        // must not depend on which thread happened to start it.
        if is_executor {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
        }
    }

    let mut variables: Vec<CString> = env::vars_os()
        .filter(|(name, _)| {
            let name = name.to_string_lossy();
            KEPT.contains(&name.as_ref()) || (!is_executor && name.starts_with("SP1_WORKER_"))
        })
        .filter_map(|(name, value)| {
            CString::new([name.as_bytes(), b"=", value.as_bytes()].concat()).ok()
        })
        .collect();
    // By this mark a later process finds helpers whose owner is gone.
    let mark = [b"PRIVATE_PROVING_SANDBOX=", owner.as_os_str().as_bytes()].concat();
    variables.extend(CString::new(mark).ok());
    if let Some(home) = env::var_os("PRIVATE_PROVING_HOME") {
        variables.extend(CString::new([b"HOME=", home.as_bytes()].concat()).ok());
    }
    let arguments: Vec<CString> =
        env::args_os().filter_map(|argument| CString::new(argument.as_bytes()).ok()).collect();
    let path = CString::new(helper.as_os_str().as_bytes()).unwrap_or_else(|_| exit(126));
    unsafe {
        execve(path.as_ptr(), pointers(&arguments).as_ptr(), pointers(&variables).as_ptr());
    }
    exit(127)
}

fn pointers(strings: &[CString]) -> Vec<*const c_char> {
    strings.iter().map(|string| string.as_ptr()).chain([std::ptr::null()]).collect()
}
