//! SP1's tracing lines, for the caller to fetch.
//!
//! How it works: a line goes into a bounded queue and is dropped (and counted) when nobody fetches;
//! a native thread is never held up by a log. The caller's own thread fetches, so no native thread
//! ever calls into the JVM.
//!
//! What may pass: SP1 writes values into its lines. `public_value_stream` is one at level info,
//! rows of a trace appear in errors, the executor forwards what the guest prints. So a line keeps
//! its level, its target and the place in the source where it was written, and its text only if
//! that begins with one of the phrases below, which are known to carry no data. At level info,
//! where the place alone says nothing, other lines are left out.

use std::{
    fmt::{Debug, Write},
    sync::{
        atomic::{AtomicU64, Ordering},
        mpsc::{sync_channel, Receiver, SyncSender},
        Mutex, OnceLock,
    },
    time::Duration,
};

use tracing::{
    field::{Field, Visit},
    level_filters::LevelFilter,
    Event, Level, Subscriber,
};
use tracing_subscriber::{
    layer::{Context, SubscriberExt},
    EnvFilter, Layer,
};

use crate::failure::{Code, Failure, Result};

const WAITING: usize = 1024;
pub const DEFAULT_FILTER: &str = "warn,sp1=info,private_proving=info";

/// Phrases written in the source of SP1 and of this crate, with nothing or only a mode, a duration
/// or a count behind them.
const HARMLESS: [&str; 14] = [
    "initializing ",
    "starting proof generation",
    "generating mock proof",
    "minimal executor cache hit",
    "SIGBUS signal is received, there is a chance /dev/shm is full!",
    "Monitor: PID ",
    "Initializing fixed PK cache",
    "Cycle limit exceeded",
    "committed value digest doesnt match",
    "engine ",
    "sandbox ",
    "helper ",
    "keys ",
    "panic at ",
];

pub struct Line {
    pub level: i32,
    pub target: &'static str,
    pub message: String,
}

struct Queue {
    sender: SyncSender<Line>,
    receiver: Mutex<Receiver<Line>>,
    dropped: AtomicU64,
}

static QUEUE: OnceLock<Queue> = OnceLock::new();

fn queue() -> &'static Queue {
    QUEUE.get_or_init(|| {
        let (sender, receiver) = sync_channel(WAITING);
        Queue { sender, receiver: Mutex::new(receiver), dropped: AtomicU64::new(0) }
    })
}

/// Starts collecting, once per process; a second call is ignored. Lines below info never pass,
/// whatever the filter says.
pub fn start(filter: &str) -> Result<()> {
    let directives = if filter.is_empty() { DEFAULT_FILTER } else { filter };
    let filter = EnvFilter::try_new(directives)
        .map_err(|_| Failure::new(Code::Other, "the log filter is not a list of target=level"))?;
    queue();
    let layer = Collector.with_filter(LevelFilter::INFO);
    let _ = tracing::subscriber::set_global_default(
        tracing_subscriber::registry().with(filter).with(layer),
    );
    // The default hook would print the payload, which may quote data.
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map_or("an unknown place".to_string(), |location| {
            format!("{}:{}", source(location.file()), location.line())
        });
        push(Line {
            level: level_number(&Level::ERROR),
            target: "private_proving_bridge",
            message: format!("panic at {place}"),
        });
    }));
    Ok(())
}

/// The next line, or nothing after `timeout`.
pub fn next(timeout: Duration) -> Option<Line> {
    let queue = queue();
    let receiver = queue.receiver.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    receiver.recv_timeout(timeout).ok()
}

/// How many lines were dropped since this was last asked.
pub fn take_dropped() -> u64 {
    queue().dropped.swap(0, Ordering::Relaxed)
}

fn push(line: Line) {
    let queue = queue();
    if queue.sender.try_send(line).is_err() {
        queue.dropped.fetch_add(1, Ordering::Relaxed);
    }
}

struct Collector;

impl<S: Subscriber> Layer<S> for Collector {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        let metadata = event.metadata();
        let mut text = Text(String::new());
        event.record(&mut text);
        let message = if HARMLESS.iter().any(|phrase| text.0.starts_with(phrase)) {
            text.0
        } else if *metadata.level() == Level::INFO {
            return;
        } else {
            let file = metadata.file().map_or("?", source);
            format!("line written at {}:{}", file, metadata.line().unwrap_or(0))
        };
        push(Line { level: level_number(metadata.level()), target: metadata.target(), message });
    }
}

/// Only the message; other fields carry values.
struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            let _ = write!(self.0, "{value:?}");
        }
    }
}

/// A source path without the part that depends on the machine which compiled it.
fn source(path: &str) -> &str {
    let path = path
        .split_once("/registry/src/")
        .map_or(path, |(_, rest)| rest.split_once('/').map_or(rest, |(_, crate_path)| crate_path));
    path.split_once("/library/").map_or(path, |(_, rest)| rest)
}

/// slf4j's levels in their order: 1 error, 2 warn, 3 info.
fn level_number(level: &Level) -> i32 {
    match *level {
        Level::ERROR => 1,
        Level::WARN => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_phrases_keep_their_text() {
        start("info").unwrap();
        tracing::info!("public_value_stream: {:?}", b"secret");
        tracing::error!("row values: {:?}", b"secret");
        tracing::info!(secret = "secret", "engine opened");
        tracing::debug!("CHILD 1: stdout: secret");
        let first = next_from_here().unwrap();
        assert!(first.message.starts_with("line written at "), "{}", first.message);
        let second = next_from_here().unwrap();
        assert_eq!(second.message, "engine opened");
        assert!(next_from_here().is_none());

        for _ in 0..WAITING + 5 {
            tracing::warn!("engine opened");
        }
        assert!(take_dropped() >= 5);
    }

    /// Other tests of this process write lines too.
    fn next_from_here() -> Option<Line> {
        std::iter::from_fn(|| next(Duration::ZERO)).find(|line| line.target == module_path!())
    }

    #[test]
    fn source_paths_name_the_crate_and_nothing_of_the_machine() {
        let path = "/home/x/.cargo/registry/src/index.crates.io-1/sp1-prover-6.10.0/src/a.rs";
        assert_eq!(source(path), "sp1-prover-6.10.0/src/a.rs");
    }
}
