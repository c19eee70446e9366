//! Finds the helper processes of one execution, to bound and to end them.
//!
//! SP1 compares cycles with their limit when a piece of trace is full. A guest that loops without
//! touching memory never fills one: it would run for ever, limit or no limit. So each execution
//! runs on threads with a name of their own, a helper is known by the thread that started it, and
//! one that takes far more processor time than its cycles can need is ended.

use std::{fs, time::Duration};

/// No guest is this slow: SP1's executor does hundreds of millions of cycles in a second, and the
/// dearest syscalls fill the trace.
const LEAST_CYCLES_PER_SECOND: u64 = 2_000_000;
const START: Duration = Duration::from_secs(5);

/// The processor time that so many cycles may take.
pub fn allowance(cycle_limit: u64) -> Duration {
    START + Duration::from_secs(cycle_limit / LEAST_CYCLES_PER_SECOND)
}

/// The helpers started by threads of this name, which must not exceed 15 bytes.
pub fn started_by(threads: &str) -> Vec<i32> {
    fs::read_dir("/proc/self/task")
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .filter(|thread| {
            fs::read_to_string(thread.path().join("comm"))
                .is_ok_and(|name| name.trim_end() == threads)
        })
        .filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok())
        .flat_map(|children| {
            children.split_whitespace().filter_map(|child| child.parse().ok()).collect::<Vec<i32>>()
        })
        .collect()
}

pub fn processor_time(process: i32) -> Duration {
    let ticks = fs::read_to_string(format!("/proc/{process}/stat")).ok().and_then(|stat| {
        let fields: Vec<u64> = stat
            .rsplit_once(") ")?
            .1
            .split_whitespace()
            .skip(11)
            .take(2)
            .filter_map(|field| field.parse().ok())
            .collect();
        Some(fields.iter().sum::<u64>())
    });
    let per_second = unsafe { libc::sysconf(libc::_SC_CLK_TCK) }.max(1) as u64;
    Duration::from_millis(ticks.unwrap_or(0) * 1000 / per_second)
}

pub fn end(process: i32) {
    unsafe { libc::kill(process, libc::SIGKILL) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_is_found_by_the_name_of_its_thread_and_can_be_ended() {
        let builder = std::thread::Builder::new().name("sp1-test-thread".into());
        let thread = builder.spawn(|| {
            let mut child = std::process::Command::new("sleep").arg("100").spawn().unwrap();
            assert_eq!(started_by("sp1-test-thread"), [child.id() as i32]);
            assert!(started_by("sp1-other").is_empty());
            assert!(processor_time(child.id() as i32) < Duration::from_secs(1));
            end(child.id() as i32);
            assert!(!child.wait().unwrap().success());
        });
        thread.unwrap().join().unwrap();
    }

    #[test]
    fn no_limit_gives_no_end_in_sight() {
        assert_eq!(allowance(1_000_000), START);
        assert!(allowance(u64::MAX) > Duration::from_secs(1 << 40));
    }
}
