//! Which call meets which fault.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{json, Value};

use crate::fault::{self, Fault, Told};
use crate::schema::Method;
use crate::seen::Seen;

/// The faults that were told and have not all been met, in the order they were told.
#[derive(Default)]
pub struct Faults {
    rules: Mutex<Vec<Rule>>,
}

struct Rule {
    told: Told,
    method: Option<Method>,
    fault: Fault,
}

impl Faults {
    /// Adds a fault, or says what is wrong with it.
    pub fn tell(&self, told: Told) -> Result<(), String> {
        let rule = Rule { method: told.method()?, fault: told.fault()?, told };
        if rule.told.times == 0 {
            return Err("times: 0 (expected: at least 1)".into());
        }
        self.rules().push(rule);
        Ok(())
    }

    /// The fault that this call meets: that of the first rule that is for it and lets no more pass.
    /// The rules before that one count it as passed, those after it do not see it.
    pub fn meet(&self, call: Method, seen: &Seen) -> Option<Fault> {
        let mut rules = self.rules();
        let mut met = None;
        for (position, rule) in rules.iter_mut().enumerate() {
            let about =
                is(&rule.told.request_id, &seen.request_id) && is(&rule.told.signer, &seen.signer);
            if !about || !fault::meets(&rule.fault, rule.method, call) {
                continue;
            }
            if rule.told.skip > 0 {
                rule.told.skip -= 1;
                continue;
            }
            rule.told.times -= 1;
            met = Some((position, rule.told.times, rule.fault.clone()));
            break;
        }
        let (position, left, fault) = met?;
        if left == 0 {
            rules.remove(position);
        }
        Some(fault)
    }

    /// What is left of them.
    pub fn list(&self) -> Value {
        json!(self.rules().iter().map(|rule| &rule.told).collect::<Vec<_>>())
    }

    pub fn clear(&self) {
        self.rules().clear();
    }

    fn rules(&self) -> MutexGuard<'_, Vec<Rule>> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether it is the one that is told, if one is told.
fn is(told: &Option<String>, seen: &Option<String>) -> bool {
    told.as_ref()
        .is_none_or(|told| seen.as_ref().is_some_and(|seen| told.eq_ignore_ascii_case(seen)))
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{Address, B256};

    use super::*;

    fn tell(faults: &Faults, json: Value) -> Result<(), String> {
        faults.tell(serde_json::from_value(json).map_err(|error| error.to_string())?)
    }

    #[test]
    fn a_fault_waits_for_its_turn_and_ends() {
        let faults = Faults::default();
        tell(&faults, json!({"method": "FulfillProof", "kind": "cut", "skip": 1, "times": 2}))
            .unwrap();
        let met = || faults.meet(Method::FulfillProof, &Seen::default()).is_some();
        assert_eq!([met(), met(), met(), met()], [false, true, true, false]);
        assert_eq!(faults.list(), json!([]));
    }

    #[test]
    fn the_first_that_fits_is_met_and_the_next_does_not_see_the_call() {
        let faults = Faults::default();
        tell(&faults, json!({"method": "PUT", "kind": "cut"})).unwrap();
        tell(&faults, json!({"method": "*", "kind": "cut", "when": "after"})).unwrap();
        let names = |method| faults.meet(method, &Seen::default()).map(|fault| fault.name());
        assert_eq!(names(Method::Put).as_deref(), Some("cut before"));
        assert_eq!(names(Method::Put).as_deref(), Some("cut after"));
        assert_eq!(names(Method::Put), None);
    }

    #[test]
    fn a_fault_of_one_request_is_met_by_that_request_only() {
        let faults = Faults::default();
        let id = format!("0x{}", "AB".repeat(32));
        tell(&faults, json!({"method": "*", "kind": "cut", "requestId": id})).unwrap();
        let about = |id: u8| {
            let mut seen = Seen::default();
            seen.request(B256::repeat_byte(id));
            seen
        };
        assert_eq!(faults.meet(Method::FulfillProof, &Seen::default()), None);
        assert_eq!(faults.meet(Method::FulfillProof, &about(0xcd)), None);
        assert!(faults.meet(Method::FulfillProof, &about(0xab)).is_some());
    }

    #[test]
    fn a_fault_of_one_signer_is_met_by_its_calls_only() {
        let faults = Faults::default();
        let signer = format!("{:#x}", Address::repeat_byte(0xab));
        tell(&faults, json!({"method": "GetNonce", "kind": "cut", "signer": signer})).unwrap();
        let of = |address: u8| {
            let mut seen = Seen::default();
            seen.signer(Address::repeat_byte(address));
            seen
        };
        assert_eq!(faults.meet(Method::GetNonce, &Seen::default()), None);
        assert_eq!(faults.meet(Method::GetNonce, &of(0xcd)), None);
        assert_eq!(faults.meet(Method::FulfillProof, &of(0xab)), None);
        assert!(faults.meet(Method::GetNonce, &of(0xab)).is_some());
    }

    #[test]
    fn a_fault_for_all_calls_passes_over_those_it_means_nothing_for() {
        let faults = Faults::default();
        tell(&faults, json!({"method": "*", "kind": "code", "code": "UNAVAILABLE"})).unwrap();
        assert_eq!(faults.meet(Method::Put, &Seen::default()), None);
        assert!(faults.meet(Method::GetNonce, &Seen::default()).is_some());
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let faults = Faults::default();
        for wrong in [
            json!({"method": "Nothing", "kind": "cut"}),
            json!({"method": "PUT", "kind": "cuts"}),
            json!({"method": "PUT", "kind": "cut", "times": 0}),
            json!({"method": "PUT", "kind": "cut", "whem": "after"}),
            json!({"method": "PUT", "kind": "cut", "when": "later"}),
            json!({"method": "PUT", "kind": "cut", "millis": 5}),
            json!({"method": "PUT", "kind": "code", "code": "UNAVAILABLE"}),
            json!({"method": "PUT", "kind": "malformed"}),
            json!({"method": "GetNonce", "kind": "code", "code": "503"}),
            json!({"method": "GetNonce", "kind": "code", "code": "OK"}),
            json!({"method": "GetNonce", "kind": "code"}),
            json!({"method": "GetNonce", "kind": "delay"}),
            json!({"method": "GetNonce", "kind": "duplicate"}),
            json!({"method": "GetNonce", "kind": "assign-other"}),
            json!({"method": "FulfillProof", "kind": "unassigned", "millis": 5}),
            json!({"method": "GetBalance", "kind": "stale-nonce"}),
        ] {
            assert!(tell(&faults, wrong.clone()).is_err(), "{wrong}");
        }
        assert_eq!(faults.list(), json!([]));
    }
}
