//! What is said to people, or with `--json` to programs: one line per event on standard output.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use serde_json::{json, Value};
use sp1_sdk::network::Error as NetworkError;

/// One job's voice.
#[derive(Clone)]
pub struct Report {
    pub json: bool,
    pub job: usize,
    pub started: Instant,
    /// Where requests go, to be named when it cannot be reached.
    pub rpc_url: String,
}

impl Report {
    /// `fields` is a JSON object; people get `sentence`, programs get the fields.
    pub fn say(&self, event: &str, sentence: &str, fields: Value) {
        let elapsed = self.started.elapsed();
        if self.json {
            let mut line = json!({
                "event": event,
                "job": self.job,
                "elapsedMillis": elapsed.as_millis() as u64,
                "unixMillis": SystemTime::now()
                    .duration_since(UNIX_EPOCH)
                    .map_or(0, |since| since.as_millis() as u64),
            });
            if let (Some(line), Value::Object(fields)) = (line.as_object_mut(), fields) {
                line.extend(fields);
            }
            println!("{line}");
        } else {
            println!("[{:>3}] {:>8.2} s  {sentence}", self.job, elapsed.as_secs_f64());
        }
    }

    pub fn failed(&self, error: &anyhow::Error) {
        let reason = match unreachable(error) {
            Some(why) => format!("cannot reach {}: {why}", self.rpc_url),
            None => format!("{error:#}"),
        };
        let sentence = format!("failed: {reason}");
        self.say("failed", &sentence, json!({"error": reason, "kind": kind(error)}));
    }
}

/// Why no connection came about, if that is what failed: the end of the SDK's chain of causes.
fn unreachable(error: &anyhow::Error) -> Option<String> {
    let connecting = error.chain().any(|cause| cause.is::<tonic::transport::Error>());
    connecting.then(|| error.root_cause().to_string())
}

/// The SDK's error as one word, for programs to compare.
pub fn kind(error: &anyhow::Error) -> String {
    for cause in error.chain() {
        if let Some(error) = cause.downcast_ref::<NetworkError>() {
            let word = match error {
                NetworkError::SimulationFailed => "simulation-failed",
                NetworkError::RequestUnexecutable { .. } => "unexecutable",
                NetworkError::RequestUnfulfillable { .. } => "unfulfillable",
                NetworkError::RequestReverted { .. } => "reverted",
                NetworkError::RequestExpired { .. } => "expired",
                NetworkError::RequestTimedOut { .. } => "timed-out",
                NetworkError::RequestAuctionTimedOut { .. } => "auction-timed-out",
                NetworkError::RpcError(status) => return rpc_kind(status),
                NetworkError::Other(inner) => return kind(inner),
            };
            return word.to_string();
        }
        if let Some(status) = cause.downcast_ref::<tonic::Status>() {
            return rpc_kind(status);
        }
        if cause.source().is_none() && cause.to_string().contains("does not verify") {
            return "not-verified".to_string();
        }
    }
    "other".to_string()
}

fn rpc_kind(status: &tonic::Status) -> String {
    format!("rpc-{:?}", status.code()).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tonic::transport::{Endpoint, Error};

    async fn connecting() -> Error {
        let endpoint = Endpoint::from_static("http://127.0.0.1:1");
        endpoint.connect().await.expect_err("nobody listens there")
    }

    #[tokio::test]
    async fn a_server_that_is_not_there_is_unreachable() {
        let error = anyhow::Error::from(connecting().await).context("getting a nonce");
        assert!(unreachable(&error).is_some_and(|why| why.contains("refused")), "{error:#}");
    }

    #[tokio::test]
    async fn a_status_keeps_its_kind_when_it_comes_of_no_connection() {
        let status = tonic::Status::from_error(connecting().await.into());
        let error = anyhow::Error::from(status);
        assert!(unreachable(&error).is_some(), "{error:#}");
        assert_eq!(kind(&error), "rpc-unavailable");
    }

    #[test]
    fn a_server_that_answers_is_reachable() {
        let error = anyhow::Error::from(tonic::Status::unavailable("come back later"));
        assert_eq!(unreachable(&error), None);
        assert_eq!(kind(&error), "rpc-unavailable");
    }
}
