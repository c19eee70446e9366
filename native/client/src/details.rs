//! What the network knows of a request, for people.

use serde_json::{Map, Value};
use sp1_sdk::network::proto::types::{
    ExecuteFailureCause, ExecutionStatus, ProofRequest, ProofRequestError,
};

/// Names and values, in the order in which they are shown.
pub struct Details(Vec<(&'static str, String)>);

impl Details {
    pub fn of(request: &ProofRequest) -> Self {
        let mut lines = vec![
            ("request", hex_of(&request.request_id)),
            ("program", hex_of(&request.vk_hash)),
            ("requester", hex_of(&request.requester)),
            ("fulfiller", request.fulfiller.as_deref().map_or("not named".into(), hex_of)),
            ("circuit version", request.version.clone()),
            ("mode", words(request.mode().as_str_name())),
            ("strategy", words(request.strategy().as_str_name())),
            ("input", if request.stdin_private { "marked private" } else { "not marked" }.into()),
            ("status", words(request.fulfillment_status().as_str_name())),
            ("execution", execution(request)),
            ("cycles", of_limit(request.cycles, request.cycle_limit)),
            ("gas", of_limit(request.gas_used, request.gas_limit)),
        ];
        if request.error() != ProofRequestError::UnspecifiedProofRequestFailure {
            lines.push(("error", words(request.error().as_str_name())));
        }
        if let Some(digest) = &request.public_values_hash {
            lines.push(("public values' digest", hex_of(digest)));
        }
        lines.push(("requested", format!("unix second {}", request.created_at)));
        if let Some(end) = request.fulfilled_at {
            lines.push(("fulfilled", later(request, end)));
        }
        lines.push(("deadline", later(request, request.deadline)));
        Self(lines)
    }

    /// One line each, the values below each other.
    pub fn to_text(&self) -> String {
        let width = self.0.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        let line = |(name, value): &(&str, String)| format!("\n      {name:<width$}  {value}");
        self.0.iter().map(line).collect()
    }

    pub fn to_json(&self) -> Value {
        let field = |(name, value): &(&str, String)| (name.to_string(), value.clone().into());
        Value::Object(self.0.iter().map(field).collect::<Map<_, _>>())
    }
}

fn execution(request: &ProofRequest) -> String {
    let status = words(request.execution_status().as_str_name());
    let cause = request.execute_fail_cause();
    if request.execution_status() == ExecutionStatus::Unexecutable
        && cause != ExecuteFailureCause::UnspecifiedExecutionFailureCause
    {
        format!("{status}: {}", words(cause.as_str_name()))
    } else {
        status
    }
}

fn of_limit(used: Option<u64>, limit: u64) -> String {
    let used = used.map_or("not known".to_string(), |used| used.to_string());
    match limit {
        0 | u64::MAX => format!("{used} (no limit)"),
        _ => format!("{used} (limit: {limit})"),
    }
}

fn later(request: &ProofRequest, second: u64) -> String {
    format!("{} s after the request", second.saturating_sub(request.created_at))
}

fn hex_of(bytes: impl AsRef<[u8]>) -> String {
    format!("0x{}", hex::encode(bytes))
}

/// UNSPECIFIED_PROOF_MODE: not said; EXECUTED: executed.
fn words(name: &str) -> String {
    if name.starts_with("UNSPECIFIED_") {
        "not said".to_string()
    } else {
        name.to_lowercase().replace('_', " ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sp1_sdk::network::proto::types::{FulfillmentStatus, ProofMode};

    fn request() -> ProofRequest {
        ProofRequest {
            request_id: vec![1; 32],
            mode: ProofMode::Groth16 as i32,
            fulfillment_status: FulfillmentStatus::Unfulfillable as i32,
            execution_status: ExecutionStatus::Unexecutable as i32,
            execute_fail_cause: ExecuteFailureCause::ExceededCycleLimit as i32,
            stdin_private: true,
            stdin_uri: "an identifier".to_string(),
            cycles: Some(7),
            cycle_limit: 5,
            gas_limit: u64::MAX,
            created_at: 100,
            deadline: 160,
            ..ProofRequest::default()
        }
    }

    #[test]
    fn people_read_words() {
        let text = Details::of(&request()).to_text();
        for (name, value) in [
            ("request ", "0x0101"),
            ("mode", "groth16"),
            ("execution", "unexecutable: exceeded cycle limit"),
            ("input", "marked private"),
            ("cycles", "7 (limit: 5)"),
            ("gas", "not known (no limit)"),
            ("deadline", "60 s after the request"),
        ] {
            let shown = text.lines().find(|line| line.trim_start().starts_with(name));
            assert!(shown.is_some_and(|line| line.contains(value)), "{name}: {value} in {text}");
        }
        assert!(!text.contains("UNSPECIFIED") && !text.contains("Some("), "{text}");
        assert!(!text.contains("an identifier"), "{text}");
    }

    #[test]
    fn programs_get_the_same() {
        assert_eq!(Details::of(&request()).to_json()["cycles"], "7 (limit: 5)");
    }
}
