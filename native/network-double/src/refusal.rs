//! Why a call is refused, and what a test should find in the journal.

use tonic::Code;

/// What the caller is told, and whether it broke a rule that our side must keep.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    pub code: Code,
    pub message: String,
    pub violation: Option<Violation>,
}

impl Refusal {
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), violation: None }
    }

    /// A message that is not what it has to be. The most common refusal, and always a violation.
    pub fn malformed(message: impl Into<String>) -> Self {
        Self::new(Code::InvalidArgument, message).breaking(Violation::Malformed)
    }

    pub fn breaking(mut self, violation: Violation) -> Self {
        self.violation = Some(violation);
        self
    }
}

/// A breach, by the name it has in the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Violation {
    Malformed,
    SchemaMismatch,
    BadSignature,
    BadDomain,
    BadVariant,
    BadDeadline,
    BadProof,
    UnknownProgram,
    UnknownRequest,
    NotTheFulfiller,
    NotTheRequester,
    ReportedTwice,
    ReportedLate,
    DuplicateRequest,
    StdinUpstream,
    StdinUriWithQuery,
    NotAnArtifact,
    OracleOnly,
    TooLarge,
}

impl Violation {
    pub fn name(self) -> &'static str {
        match self {
            Self::Malformed => "malformed message",
            Self::SchemaMismatch => "schema mismatch",
            Self::BadSignature => "bad signature",
            Self::BadDomain => "bad domain",
            Self::BadVariant => "bad variant",
            Self::BadDeadline => "bad deadline",
            Self::BadProof => "bad proof",
            Self::UnknownProgram => "unknown program",
            Self::UnknownRequest => "unknown request",
            Self::NotTheFulfiller => "not the assigned fulfiller",
            Self::NotTheRequester => "not the requester",
            Self::ReportedTwice => "result reported twice",
            Self::ReportedLate => "result reported after the deadline",
            Self::DuplicateRequest => "duplicate request",
            Self::StdinUpstream => "stdin sent upstream",
            Self::StdinUriWithQuery => "stdin uri with a query",
            Self::NotAnArtifact => "not an artifact of its kind",
            Self::OracleOnly => "call of the execution oracle",
            Self::TooLarge => "too large",
        }
    }
}

/// A gRPC code by its name on the wire, as `UNAVAILABLE`.
pub fn code_named(name: &str) -> Option<Code> {
    (0..=16).map(Code::from_i32).find(|code| code_name(*code) == name)
}

pub fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}
