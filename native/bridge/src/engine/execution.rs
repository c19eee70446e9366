//! Executes a program within its limit, and says what came of it.

use std::{sync::Arc, time::Duration};

use private_proving_sp1 as sp1;
use sp1_core_executor::{ExecutionError, ExecutionReport};
use sp1_sdk::{SP1Context, SP1PublicValues, SP1Stdin};
use tokio::sync::watch;

use crate::{
    failure::{Code, Failure, Result},
    helpers,
    program::Program,
    reaper,
    threads::{stopped, threads_named},
};

const WATCH_INTERVAL: Duration = Duration::from_secs(1);
const HALT_WITH_NON_ZERO_EXIT_CODE: i32 = 1;
const EXCEEDED_CYCLE_LIMIT: i32 = 5;

/// What an execution came to. A guest that fails is a result, not a failure of ours.
pub struct Execution {
    /// `ExecuteFailureCause` of the network's schema, or -1.
    pub failure: i32,
    pub exit_code: u32,
    pub cycles: u64,
    pub gas: u64,
    pub digest: [u8; 32],
    pub public_values: Vec<u8>,
}

impl Execution {
    /// Whether the helper may still run, or ended without SP1 waiting for it.
    fn helper_lost(&self) -> bool {
        self.failure >= 0 && self.cycles == 0
    }

    fn failed(cause: i32) -> Self {
        Self {
            failure: cause,
            exit_code: 0,
            cycles: 0,
            gas: 0,
            digest: [0; 32],
            public_values: Vec::new(),
        }
    }
}

pub fn execute(program: &Arc<Program>, stdin: &SP1Stdin, limit: u64) -> Result<Execution> {
    let operation = reaper::begin();
    let threads = operation.name();
    let runtime = threads_named(&threads)?;
    let (program, stdin) = (program.clone(), stdin.clone());
    let work = runtime.spawn(async move {
        // What the guest prints is taken and forgotten, should it ever get here.
        let (sink, _taker) = watch::channel(String::new());
        let mut context = SP1Context::default();
        context.output_consumers.stdout = Some(sink.clone());
        context.output_consumers.stderr = Some(sink);
        // SP1 stops at the limit, the network's limit may be reached: a request made from a
        // simulation asks for exactly the cycles the program takes.
        context.max_cycles = Some(limit.saturating_add(1));
        sp1::execute(program.engine.node(), &program.elf, stdin, context).await
    });
    let mut ended_by_us = false;
    let outcome = runtime.block_on(async {
        let mut work = work;
        loop {
            match tokio::time::timeout(WATCH_INTERVAL, &mut work).await {
                Ok(outcome) => return outcome,
                Err(_) => ended_by_us |= end_overrunning(&threads, limit),
            }
        }
    });
    let result = match outcome {
        Ok(Ok((public_values, digest, report))) => Ok(executed(public_values, digest, &report)),
        Ok(Err(_)) if ended_by_us => Ok(Execution::failed(EXCEEDED_CYCLE_LIMIT)),
        Ok(Err(error)) => failed_execution(error.downcast_ref::<ExecutionError>()),
        Err(error) => Err(stopped(error)),
    };
    if result.as_ref().is_ok_and(|execution| !execution.helper_lost()) {
        operation.succeed();
    } else {
        // SP1 gives up on a guest before the guest gives up.
        helpers::started_by(&threads).into_iter().for_each(helpers::end);
    }
    runtime.shutdown_background();
    result
}

/// Ends helpers that have taken more processor time than `limit` cycles can need.
fn end_overrunning(threads: &str, limit: u64) -> bool {
    let allowed = helpers::allowance(limit);
    let overrunning = |helper: &i32| helpers::processor_time(*helper) > allowed;
    let helpers: Vec<i32> = helpers::started_by(threads).into_iter().filter(overrunning).collect();
    helpers.iter().copied().for_each(helpers::end);
    !helpers.is_empty()
}

fn executed(values: SP1PublicValues, digest: [u8; 32], report: &ExecutionReport) -> Execution {
    Execution {
        failure: if report.exit_code == 0 { -1 } else { HALT_WITH_NON_ZERO_EXIT_CODE },
        exit_code: report.exit_code as u32,
        cycles: report.total_instruction_count(),
        gas: report.gas().unwrap_or(0),
        digest,
        public_values: values.to_vec(),
    }
}

/// The network's numbers for what went wrong. What the machine did to the helper is no fault of
/// the program's and may go well elsewhere, so that is a failure of ours.
fn failed_execution(error: Option<&ExecutionError>) -> Result<Execution> {
    use ExecutionError as E;
    let cause = match error {
        Some(E::UnexpectedExitCode(_)) => HALT_WITH_NON_ZERO_EXIT_CODE,
        Some(E::InvalidMemoryAccess(..) | E::InvalidMemoryAccessUntrustedProgram(_)) => 2,
        Some(E::UnsupportedSyscall(_)) => 3,
        Some(E::Breakpoint()) => 4,
        Some(E::ExceededCycleLimit(_)) => EXCEEDED_CYCLE_LIMIT,
        Some(E::InvalidSyscallUsage(_)) => 6,
        Some(E::Unimplemented()) => 7,
        Some(E::EndInUnconstrained()) => 8,
        Some(E::ChildKilled() | E::KilledByMemoryMonitor(_)) => {
            let message = "the executor was killed: the machine, or SP1's limit, lacks memory";
            return Err(Failure::new(Code::Other, message));
        }
        Some(_) => 0,
        None => return Err(Failure::new(Code::Other, "the execution failed inside SP1")),
    };
    Ok(Execution::failed(cause))
}
