//! The network: its state, and how a call meets faults on its way to it and back.

use std::future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use alloy_primitives::Address;
use bytes::Bytes;
use hyper::StatusCode;
use tokio::time;

use crate::act;
use crate::artifacts::Artifacts;
use crate::door::Connection;
use crate::fault::{Fault, ToldCode, When};
use crate::faults::Faults;
use crate::journal::Journal;
use crate::keep::Keep;
use crate::ledger::Ledger;
use crate::read;
use crate::record::Record;
use crate::refusal::Refusal;
use crate::request::Moment;
use crate::schema::{Method, Schema};
use crate::waiting::Waiting;

pub struct Network {
    pub schema: Schema,
    pub fulfillers: Vec<Address>,
    pub largest_message: usize,
    pub faults: Faults,
    pub waiting: Waiting,
    pub journal: Journal,
    pub keep: Keep,
    calls: AtomicU64,
    world: Mutex<World>,
}

/// All that calls change, together under one lock, so that they happen one after the other.
pub struct World {
    pub ledger: Ledger,
    pub artifacts: Artifacts,
}

/// What a call gets in place of its own answer.
pub enum Instead {
    Refusal(Refusal),
    Status(StatusCode),
}

impl Network {
    pub fn new(
        schema: Schema,
        fulfillers: Vec<Address>,
        largest_message: usize,
        artifacts: Artifacts,
        journal: Journal,
        keep: Keep,
    ) -> Self {
        Self {
            schema,
            fulfillers,
            largest_message,
            faults: Faults::default(),
            waiting: Waiting::default(),
            journal,
            keep,
            calls: AtomicU64::new(0),
            world: Mutex::new(World { ledger: Ledger::default(), artifacts }),
        }
    }

    pub fn now(&self) -> Moment {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Moment(since.as_millis() as u64)
    }

    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts the record of a call that has just arrived.
    pub fn record(&self, method: &str) -> Record<'_> {
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        Record::start(&self.journal, call, method, self.schema, self.now())
    }

    /// Serves one gRPC call; gives the encoded answer. Does not return when a fault cuts it.
    pub async fn serve(
        &self,
        method: Method,
        message: &Bytes,
        record: &mut Record<'_>,
        connection: &Connection,
    ) -> Result<Vec<u8>, Refusal> {
        let call = read::call(self.schema, method, message, &mut record.seen);
        if let Err(refusal) = &call {
            record.violation(refusal.violation);
        }
        let fault = self.fault(method, record);
        self.meet(&fault, When::Before, method, record, connection).await.map_err(refusal)?;
        let answer = call.and_then(|call| act::on(self, call, fault.as_ref(), record));
        if let Err(refusal) = &answer {
            record.violation(refusal.violation);
        }
        self.meet(&fault, When::After, method, record, connection).await.map_err(refusal)?;
        match fault {
            // No protobuf has a field of number 0 or of wire type 7.
            Some(Fault::Malformed) => Ok(vec![0xff, 0x07, 0x00, 0xff]),
            _ => answer,
        }
    }

    /// The fault that this call meets.
    pub fn fault(&self, method: Method, record: &mut Record<'_>) -> Option<Fault> {
        let fault = self.faults.meet(method, &record.seen);
        if let Some(fault) = &fault {
            record.fault(fault.name());
        }
        fault
    }

    /// Lets the fault happen if this is when.
    pub async fn meet(
        &self,
        fault: &Option<Fault>,
        now: When,
        method: Method,
        record: &mut Record<'_>,
        connection: &Connection,
    ) -> Result<(), Instead> {
        match fault {
            Some(Fault::Code(code, when)) if *when == now => Err(match code.clone() {
                ToldCode::Grpc { code, message } => Instead::Refusal(Refusal::new(code, message)),
                ToldCode::Http(status) => Instead::Status(status),
            }),
            Some(Fault::Delay(duration, when)) if *when == now => {
                time::sleep(*duration).await;
                Ok(())
            }
            Some(Fault::Hold(when)) if *when == now => {
                let request = record.seen.request_id.clone();
                self.waiting.hold(record.call, method, request, record.is_committed()).await;
                Ok(())
            }
            Some(Fault::Cut(when)) if *when == now => {
                record.end("CUT");
                connection.cut();
                future::pending().await
            }
            _ => Ok(()),
        }
    }
}

/// What a gRPC call gets; faults with HTTP statuses are told for HTTP only.
fn refusal(instead: Instead) -> Refusal {
    match instead {
        Instead::Refusal(refusal) => refusal,
        Instead::Status(status) => Refusal::malformed(status.as_str()),
    }
}
