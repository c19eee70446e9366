//! The state machine as a table: in each state, what each report does.

use alloy_primitives::{Address, B256};
use bytes::Bytes;
use sp1_sdk::network::proto::auction_types::{
    ExecuteFailureCause, ExecutionStatus, FulfillmentStatus, FulfillmentStrategy, ProofMode,
    ProofRequestError,
};
use sp1_sdk::{SP1Proof, SP1_CIRCUIT_VERSION};
use tonic::Code;

use super::kit;
use crate::call::{Action, NewProgram, Order, Report, Signed};
use crate::ledger::{Circumstances, Done, Ledger};
use crate::refusal::{Refusal, Violation};
use crate::request::{Moment, Outcome, Placement};

const REQUESTER: Address = Address::repeat_byte(1);
const FULFILLER: Address = Address::repeat_byte(2);
const STRANGER: Address = Address::repeat_byte(3);
const VK_HASH: B256 = B256::repeat_byte(0xaa);
const ID: B256 = B256::repeat_byte(7);
const START: Moment = Moment(1_000_000_000);
const DEADLINE: u64 = 1_000_100;

/// A moment between the start and the deadline.
const MIDDLE: Moment = Moment(1_000_050_000);

pub fn order() -> Order {
    Order {
        id: ID,
        requester: REQUESTER,
        vk_hash: VK_HASH,
        version: format!("sp1-{SP1_CIRCUIT_VERSION}"),
        mode: ProofMode::Core,
        strategy: FulfillmentStrategy::Reserved,
        stdin_uri: "https://gw.example/stdins/1".into(),
        deadline: DEADLINE,
        cycle_limit: 1,
        gas_limit: 1,
        min_auction_period: 0,
        whitelist: Vec::new(),
        stdin_private: false,
        public_values_hash: None,
        base_fee: None,
        max_price_per_pgu: None,
    }
}

fn at(now: Moment) -> Circumstances {
    Circumstances { now, placement: Placement::To(FULFILLER), uploaded: true }
}

/// Applies a message with the nonce it must have.
fn send(
    ledger: &mut Ledger,
    signer: Address,
    action: Action,
    now: Moment,
) -> Result<Done, Refusal> {
    let nonce = ledger.nonce(signer);
    ledger.apply(Signed { signer, nonce, action }, &at(now))
}

fn program() -> Action {
    let (vk, program_uri) = (Bytes::from_static(&[1]), "s3://b/programs/1".into());
    Action::CreateProgram(NewProgram { vk_hash: VK_HASH, vk, program_uri })
}

fn registered() -> Ledger {
    let mut ledger = Ledger::default();
    send(&mut ledger, REQUESTER, program(), START).unwrap();
    ledger
}

fn assigned() -> Ledger {
    placed(Placement::To(FULFILLER))
}

fn placed(placement: Placement) -> Ledger {
    let mut ledger = registered();
    ledger.register(order(), placement, START).unwrap();
    ledger
}

fn ended(outcome: Outcome) -> Ledger {
    let mut ledger = assigned();
    assert!(ledger.close(ID, outcome, START));
    ledger
}

fn after(report: Report) -> Ledger {
    let mut ledger = assigned();
    send(&mut ledger, FULFILLER, about(report), START).unwrap();
    ledger
}

fn about(report: Report) -> Action {
    Action::Report { request: ID, report }
}

fn fulfilled() -> Report {
    Report::Fulfilled { proof: kit::proof().into() }
}

fn failed() -> Report {
    Report::Failed { error: ProofRequestError::ProvingFailure, trace: Some("{}".into()) }
}

fn not_executed() -> Report {
    Report::NotExecuted { cause: ExecuteFailureCause::ExceededCycleLimit }
}

fn reports() -> [Report; 3] {
    [fulfilled(), failed(), not_executed()]
}

#[test]
fn a_state_reads_as_this_and_takes_a_result_or_not() {
    use FulfillmentStatus::{Assigned, Expired, Fulfilled, Requested, Reverted, Unfulfillable};
    let late = Moment(DEADLINE * 1000);
    let twice = Err((Code::FailedPrecondition, Some(Violation::ReportedTwice)));
    let stranger = Err((Code::PermissionDenied, Some(Violation::NotTheFulfiller)));
    let too_late = Err((Code::FailedPrecondition, Some(Violation::ReportedLate)));
    let unfulfillable =
        Outcome::Unfulfillable { error: Default::default(), trace: None, canceled: false };
    let soon = Placement::Later(FULFILLER, Moment(MIDDLE.0 + 1));
    let since = Placement::Later(FULFILLER, MIDDLE);
    let table = [
        ("assigned", assigned(), MIDDLE, Assigned, Ok(())),
        ("a moment before the deadline", assigned(), Moment(late.0 - 1), Assigned, Ok(())),
        ("at the deadline", assigned(), late, Expired, too_late),
        ("nobody's", placed(Placement::Nobody), MIDDLE, Requested, stranger),
        ("soon assigned", placed(soon), MIDDLE, Requested, stranger),
        ("just assigned", placed(since), MIDDLE, Assigned, Ok(())),
        ("another's", placed(Placement::To(STRANGER)), MIDDLE, Assigned, stranger),
        ("fulfilled", after(fulfilled()), MIDDLE, Fulfilled, twice),
        ("fulfilled, later", after(fulfilled()), late, Fulfilled, twice),
        ("failed", after(failed()), MIDDLE, Unfulfillable, twice),
        ("failed, later", after(failed()), late, Unfulfillable, twice),
        ("not executed", after(not_executed()), MIDDLE, Assigned, twice),
        ("fulfilled elsewhere", ended(Outcome::Fulfilled), MIDDLE, Fulfilled, twice),
        ("failed elsewhere", ended(unfulfillable), MIDDLE, Unfulfillable, twice),
        ("reverted", ended(Outcome::Reverted), MIDDLE, Reverted, twice),
        ("expired early", ended(Outcome::Expired), MIDDLE, Expired, twice),
    ];
    for (name, mut ledger, now, status, expected) in table {
        assert_eq!(ledger.request(ID).unwrap().fulfillment_status(now), status, "{name}");
        let nonce = ledger.nonce(FULFILLER);
        let got = send(&mut ledger, FULFILLER, about(fulfilled()), now);
        assert_eq!(
            got.map(|_| ()).map_err(|refusal| (refusal.code, refusal.violation)),
            expected,
            "{name}"
        );
        let used = u64::from(expected.is_ok());
        assert_eq!(ledger.nonce(FULFILLER), nonce + used, "{name}");
    }
}

#[test]
fn whatever_comes_first_is_the_end() {
    for first in reports() {
        for second in reports() {
            let mut ledger = after(first.clone());
            let refusal = send(&mut ledger, FULFILLER, about(second), MIDDLE).unwrap_err();
            assert_eq!(refusal.violation, Some(Violation::ReportedTwice));
        }
    }
}

#[test]
fn each_report_leaves_its_own_traces() {
    let request = |ledger: &Ledger| {
        let request = ledger.request(ID).unwrap();
        (request.execution_status(), request.execute_fail_cause(), request.error())
    };
    let none = Default::default();
    let no_error = ProofRequestError::default();
    assert_eq!(request(&after(fulfilled())), (ExecutionStatus::Unexecuted, none, no_error));
    let ledger = after(failed());
    assert_eq!(
        request(&ledger),
        (ExecutionStatus::Unexecuted, none, ProofRequestError::ProvingFailure)
    );
    assert_eq!(ledger.request(ID).unwrap().error_trace().unwrap(), "{}");
    let cause = ExecuteFailureCause::ExceededCycleLimit;
    assert_eq!(request(&after(not_executed())), (ExecutionStatus::Unexecutable, cause, no_error));
}

#[test]
fn a_proof_is_handed_on_once() {
    let mut ledger = assigned();
    let done = send(&mut ledger, FULFILLER, about(fulfilled()), MIDDLE).unwrap();
    assert_eq!(done.proof, Some((ID, kit::proof().into())));
    assert_eq!(done.violation, None);
}

#[test]
fn only_the_next_nonce_counts_and_only_once() {
    let mut ledger = registered();
    assert_eq!(ledger.nonce(REQUESTER), 1);
    for wrong in [0, 2, u64::MAX] {
        let message = Signed { signer: REQUESTER, nonce: wrong, action: program() };
        let refusal = ledger.apply(message, &at(START)).unwrap_err();
        assert_eq!((refusal.code, refusal.violation), (Code::Aborted, None));
        let both = format!("{wrong} (expected: 1");
        assert!(refusal.message.contains(&both), "{}", refusal.message);
    }
    let message = Signed { signer: REQUESTER, nonce: 1, action: program() };
    ledger.apply(message.clone(), &at(START)).unwrap();
    assert_eq!(ledger.apply(message, &at(START)).unwrap_err().code, Code::Aborted);
    assert_eq!((ledger.nonce(REQUESTER), ledger.nonce(FULFILLER)), (2, 0));
}

#[test]
fn a_deadline_lies_ahead_by_a_day_at_most() {
    let now = START.seconds();
    for (deadline, fits) in
        [(0, false), (now, false), (now + 1, true), (now + 86_400, true), (now + 86_401, false)]
    {
        let order = Order { deadline, ..order() };
        let action = Action::RequestProof(Box::new(order));
        let result = send(&mut registered(), REQUESTER, action, START);
        let violation = result.err().and_then(|refusal| refusal.violation);
        assert_eq!(violation, (!fits).then_some(Violation::BadDeadline), "{deadline}");
    }
}

#[test]
fn a_program_must_be_known_and_uploaded() {
    let mut ledger = Ledger::default();
    let action = Action::RequestProof(Box::new(order()));
    let refusal = send(&mut ledger, REQUESTER, action, START).unwrap_err();
    assert_eq!(refusal.violation, Some(Violation::UnknownProgram));

    let message = Signed { signer: REQUESTER, nonce: 0, action: program() };
    let nowhere = Circumstances { uploaded: false, ..at(START) };
    assert_eq!(ledger.apply(message, &nowhere).unwrap_err().code, Code::FailedPrecondition);
    assert!(ledger.program(VK_HASH).is_none());
}

#[test]
fn a_second_request_for_the_same_input_is_taken_and_noted() {
    let mut ledger = registered();
    let mut violation = |id, requester, uri: &str| {
        let order = Order { id, requester, stdin_uri: uri.into(), ..order() };
        let action = Action::RequestProof(Box::new(order));
        send(&mut ledger, requester, action, START).unwrap().violation
    };
    let id = B256::repeat_byte;
    assert_eq!(violation(id(1), REQUESTER, "a"), None);
    assert_eq!(violation(id(2), REQUESTER, "b"), None);
    assert_eq!(violation(id(3), STRANGER, "a"), None);
    assert_eq!(violation(id(4), REQUESTER, "a"), Some(Violation::DuplicateRequest));
    assert_eq!(violation(id(5), REQUESTER, "c?token=1"), Some(Violation::StdinUriWithQuery));
    assert_eq!(ledger.requests().len(), 5);
}

#[test]
fn only_the_requester_cancels_and_only_while_it_is_open() {
    let cancel = || Action::Cancel { request: ID };
    let mut ledger = assigned();
    let refusal = send(&mut ledger, STRANGER, cancel(), MIDDLE).unwrap_err();
    assert_eq!(refusal.violation, Some(Violation::NotTheRequester));
    send(&mut ledger, REQUESTER, cancel(), MIDDLE).unwrap();
    let request = ledger.request(ID).unwrap();
    assert!(request.is_canceled());
    assert_eq!(request.fulfillment_status(MIDDLE), FulfillmentStatus::Unfulfillable);
    let again = send(&mut ledger, REQUESTER, cancel(), MIDDLE).unwrap_err();
    assert_eq!(again.code, Code::FailedPrecondition);
    let late = send(&mut assigned(), REQUESTER, cancel(), Moment(DEADLINE * 1000)).unwrap_err();
    assert_eq!(late.code, Code::FailedPrecondition);
    let unknown = send(&mut registered(), REQUESTER, cancel(), MIDDLE).unwrap_err();
    assert_eq!(unknown.violation, Some(Violation::UnknownRequest));
}

#[test]
fn a_proof_must_be_one_of_the_mode_and_version_asked_for() {
    let core = || SP1Proof::Core(Vec::new());
    let cases = [
        ("whole", kit::proof(), true),
        ("with a missing TEE proof", [kit::proof(), vec![0]].concat(), true),
        ("with more behind", [kit::proof(), vec![1]].concat(), false),
        ("empty", Vec::new(), false),
        ("cut", kit::proof()[..kit::proof().len() - 1].to_vec(), false),
        ("of another kind", b"no proof at all".to_vec(), false),
        ("of another version", kit::proof_of(core(), "v5.0.0"), false),
        ("with the request's prefix", kit::proof_of(core(), &order().version), false),
        (
            "of another mode",
            kit::proof_of(SP1Proof::Groth16(Default::default()), SP1_CIRCUIT_VERSION),
            false,
        ),
        ("of a huge text", [&[2, 0, 0, 0][..], &(1u64 << 45).to_le_bytes()].concat(), false),
        ("claiming to be huge", [vec![0; 4], vec![0xff; 8]].concat(), false),
    ];
    for (name, proof, taken) in cases {
        let report = about(Report::Fulfilled { proof: proof.into() });
        let result = send(&mut assigned(), FULFILLER, report, MIDDLE);
        let violation = result.err().and_then(|refusal| refusal.violation);
        assert_eq!(violation, (!taken).then_some(Violation::BadProof), "{name}");
    }
}
