//! Calls that are held, until they are released or their callers go away.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::{json, Value};
use tokio::sync::oneshot;

use crate::schema::Method;

#[derive(Default)]
pub struct Waiting {
    calls: Mutex<BTreeMap<u64, Held>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Held {
    call: u64,
    method: &'static str,
    request_id: Option<String>,
    /// Whether what the call says has been done already.
    committed: bool,
    #[serde(skip)]
    release: oneshot::Sender<()>,
}

/// Which calls are released; all of them when nothing is named.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Release {
    call: Option<u64>,
    method: Option<String>,
    request_id: Option<String>,
}

impl Waiting {
    /// Ends when the call is released. May be dropped before.
    pub async fn hold(
        &self,
        call: u64,
        method: Method,
        request_id: Option<String>,
        committed: bool,
    ) {
        let (release, released) = oneshot::channel();
        let held = Held { call, method: method.name(), request_id, committed, release };
        self.calls().insert(call, held);
        let _leave = Leave { waiting: self, call };
        // An error would mean that the sender is gone: released, too.
        let _ = released.await;
    }

    /// Releases calls; returns how many.
    pub fn release(&self, which: &Release) -> usize {
        let mut calls = self.calls();
        let chosen: Vec<u64> =
            calls.values().filter(|held| which.means(held)).map(|held| held.call).collect();
        for call in &chosen {
            if let Some(held) = calls.remove(call) {
                // Its caller may just have gone.
                let _ = held.release.send(());
            }
        }
        chosen.len()
    }

    pub fn list(&self) -> Value {
        json!(self.calls().values().collect::<Vec<_>>())
    }

    fn calls(&self) -> MutexGuard<'_, BTreeMap<u64, Held>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Release {
    fn means(&self, held: &Held) -> bool {
        self.call.is_none_or(|call| call == held.call)
            && self.method.as_deref().is_none_or(|method| method == held.method)
            && self.request_id.as_ref().is_none_or(|id| Some(id) == held.request_id.as_ref())
    }
}

/// Takes a call off the list, whatever way its waiting ends.
struct Leave<'a> {
    waiting: &'a Waiting,
    call: u64,
}

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        self.waiting.calls().remove(&self.call);
    }
}
