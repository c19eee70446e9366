//! Collects helper processes that SP1 kills or sees crash, but never waits for.
//!
//! How it works: SP1 waits for a helper that ends in good order, and only for that one. To collect
//! a helper that SP1 still means to wait for would break its proof, so a zombie is left alone until
//! every operation that was running when it was first seen has ended, and a pass more. Only
//! processes with the executor's name are looked at: other children are the JVM's.

use std::{
    collections::{BTreeSet, HashMap},
    fs,
    sync::{Condvar, Mutex, OnceLock},
    thread,
    time::{Duration, Instant},
};

use crate::sandbox;

/// A helper outlives its failed operation until SP1 notices, at its next piece of trace.
const WATCH: Duration = Duration::from_secs(600);
const PASS: Duration = Duration::from_millis(500);

#[derive(Default)]
struct State {
    next: u64,
    running: BTreeSet<u64>,
    watch_until: Option<Instant>,
}

static STATE: Mutex<Option<State>> = Mutex::new(None);
static WAKE: Condvar = Condvar::new();
static STARTED: OnceLock<()> = OnceLock::new();

/// One execution or proof; dropped when it ends.
pub struct Operation {
    number: u64,
    succeeded: bool,
}

pub fn begin() -> Operation {
    let number = with_state(|state| {
        state.next += 1;
        state.running.insert(state.next);
        state.next
    });
    Operation { number, succeeded: false }
}

impl Operation {
    /// A name for its threads by which its helpers are found; a thread's name has 15 bytes.
    pub fn name(&self) -> String {
        format!("sp1-x{:08x}", self.number as u32)
    }

    pub fn succeed(mut self) {
        self.succeeded = true;
    }
}

impl Drop for Operation {
    fn drop(&mut self) {
        with_state(|state| {
            state.running.remove(&self.number);
            if !self.succeeded {
                state.watch_until = Some(Instant::now() + WATCH);
            }
        });
        if !self.succeeded {
            STARTED.get_or_init(|| {
                let builder = thread::Builder::new().name("sp1-reaper".into());
                let _ = builder.spawn(collect_forever);
            });
            WAKE.notify_all();
        }
    }
}

fn with_state<T>(body: impl FnOnce(&mut State) -> T) -> T {
    let mut state = STATE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    body(state.get_or_insert_with(State::default))
}

fn collect_forever() {
    // Zombie (process id, start time) to the last operation begun when it was first seen.
    let mut seen: HashMap<(i32, u64), u64> = HashMap::new();
    loop {
        wait_until_watched();
        let (last, oldest_running) =
            with_state(|state| (state.next, state.running.first().copied().unwrap_or(u64::MAX)));
        let zombies: BTreeSet<_> = zombies().into_iter().collect();
        seen.retain(|zombie, _| zombies.contains(zombie));
        for zombie in zombies {
            match seen.get(&zombie) {
                None => {
                    seen.insert(zombie, last);
                }
                Some(last_then) if oldest_running > *last_then => unsafe {
                    libc::waitpid(zombie.0, std::ptr::null_mut(), libc::WNOHANG);
                },
                Some(_) => {}
            }
        }
        thread::sleep(PASS);
    }
}

fn wait_until_watched() {
    let mut state = STATE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    loop {
        let watched = state.as_ref().and_then(|state| state.watch_until);
        if watched.is_some_and(|until| until > Instant::now()) {
            return;
        }
        state = WAKE.wait(state).unwrap_or_else(|poisoned| poisoned.into_inner());
    }
}

/// Dead children of this process that carry the executor's name, with their start times.
fn zombies() -> Vec<(i32, u64)> {
    let own = std::process::id().to_string();
    let zombie = |process: i32| {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        let (head, tail) = stat.rsplit_once(") ")?;
        let name = head.split_once(" (")?.1;
        let fields: Vec<&str> = tail.split(' ').collect();
        let is_helper = name == "executor" || name.starts_with("sp1-native-runn");
        let is_ours = fields.first() == Some(&"Z") && fields.get(1) == Some(&own.as_str());
        (is_helper && is_ours).then_some(())?;
        Some((process, fields.get(19)?.parse().ok()?))
    };
    sandbox::processes().into_iter().filter_map(zombie).collect()
}
