//! Compiles the launcher (see `launcher/main.rs`), which the library carries inside itself.

use std::{env, path::PathBuf, process::Command};

fn main() {
    println!("cargo:rerun-if-changed=launcher/main.rs");
    println!("cargo:rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR")).join("launcher");
    let status = Command::new(env::var_os("RUSTC").expect("cargo sets RUSTC"))
        .args(["--edition", "2021", "-O", "-C", "panic=abort", "-C", "strip=symbols"])
        .args(["--target", &env::var("TARGET").expect("cargo sets TARGET")])
        .arg("-o")
        .arg(&out)
        .arg("launcher/main.rs")
        .status()
        .expect("rustc starts");
    assert!(status.success(), "the launcher did not compile");
}
