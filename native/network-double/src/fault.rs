//! What a fault is, and how one is told. Which call meets it is decided in `faults.rs`.

use std::time::Duration;

use alloy_primitives::{address, Address};
use hyper::StatusCode;
use serde::{Deserialize, Serialize};
use tonic::Code;

use crate::refusal;
use crate::schema::Method;

/// Who gets a request that is assigned to another, unless told.
const OTHER: Address = address!("00000000000000000000000000000000000000ff");

/// A fault as it is told over HTTP.
#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Told {
    /// A call's name, `PUT`, `GET`, or `*` for all.
    pub method: String,
    /// Only calls about this request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Only messages of this address, or questions about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signer: Option<String>,
    /// How many calls pass first.
    #[serde(default)]
    pub skip: u64,
    /// How many calls then meet the fault.
    #[serde(default = "once")]
    pub times: u64,
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    millis: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    address: Option<Address>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    when: Option<When>,
}

fn once() -> u64 {
    1
}

/// Before the network's state changes, or after.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum When {
    Before,
    After,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    Code(ToldCode, When),
    Delay(Duration, When),
    Cut(When),
    Hold(When),
    StaleNonce,
    Duplicate,
    AssignOther(Address),
    Unassigned(Duration),
    Malformed,
}

/// The answer instead of the right one.
#[derive(Clone, Debug, PartialEq)]
pub enum ToldCode {
    Grpc { code: Code, message: String },
    Http(StatusCode),
}

impl Fault {
    pub fn name(&self) -> String {
        let (name, when) = match self {
            Self::Code(_, when) => ("code", Some(when)),
            Self::Delay(_, when) => ("delay", Some(when)),
            Self::Cut(when) => ("cut", Some(when)),
            Self::Hold(when) => ("hold", Some(when)),
            Self::StaleNonce => ("stale-nonce", None),
            Self::Duplicate => ("duplicate", None),
            Self::AssignOther(_) => ("assign-other", None),
            Self::Unassigned(_) => ("unassigned", None),
            Self::Malformed => ("malformed", None),
        };
        match when {
            Some(When::Before) => format!("{name} before"),
            Some(When::After) => format!("{name} after"),
            None => name.to_owned(),
        }
    }

    /// Whether a call of this method can meet this fault.
    fn fits(&self, method: Method) -> bool {
        match self {
            Self::Code(ToldCode::Grpc { .. }, _) => !method.is_http(),
            Self::Code(ToldCode::Http(_), _) => method.is_http(),
            Self::StaleNonce => method == Method::GetNonce || method.is_signed(),
            Self::Duplicate => method.is_signed(),
            Self::AssignOther(_) | Self::Unassigned(_) => method == Method::RequestProof,
            Self::Delay(..) | Self::Cut(_) | Self::Hold(_) => true,
            Self::Malformed => method != Method::Put,
        }
    }
}

impl Told {
    /// The methods meant, or none for all.
    pub fn method(&self) -> Result<Option<Method>, String> {
        match self.method.as_str() {
            "*" => Ok(None),
            name => Method::named(name).map(Some).ok_or_else(|| {
                format!("method: {name:?} (expected: a call's name, PUT, GET or *)")
            }),
        }
    }

    /// The fault that is told, if all that it needs is there and nothing else.
    pub fn fault(&self) -> Result<Fault, String> {
        let when = self.when.unwrap_or(When::Before);
        let millis = || self.millis.map(Duration::from_millis).ok_or("millis: missing");
        let fault = match self.kind.as_str() {
            "code" => Fault::Code(self.told_code()?, when),
            "delay" => Fault::Delay(millis()?, when),
            "cut" => Fault::Cut(when),
            "hold" => Fault::Hold(when),
            "stale-nonce" => Fault::StaleNonce,
            "duplicate" => Fault::Duplicate,
            "assign-other" => Fault::AssignOther(self.address.unwrap_or(OTHER)),
            "unassigned" => Fault::Unassigned(millis()?),
            "malformed" => Fault::Malformed,
            other => return Err(format!("kind: {other:?} is not a kind of fault")),
        };
        self.nothing_else(&fault)?;
        let method = self.method()?;
        if !Method::ALL.into_iter().any(|one| method.is_none_or(|it| it == one) && fault.fits(one))
        {
            return Err(format!("kind: {} does not exist for {}", self.kind, self.method));
        }
        Ok(fault)
    }

    fn told_code(&self) -> Result<ToldCode, String> {
        let name = self.code.as_deref().ok_or("code: missing")?;
        let status = name.parse::<u16>().ok().and_then(|number| StatusCode::from_u16(number).ok());
        if let Some(status) = status {
            return Ok(ToldCode::Http(status));
        }
        let code = refusal::code_named(name).filter(|code| *code != Code::Ok).ok_or_else(|| {
            format!("code: {name:?} (expected: as UNAVAILABLE, or as 503 for PUT and GET)")
        })?;
        let message = self.message.clone().unwrap_or_else(|| "a fault that was told".into());
        Ok(ToldCode::Grpc { code, message })
    }

    fn nothing_else(&self, fault: &Fault) -> Result<(), String> {
        let timed =
            matches!(fault, Fault::Code(..) | Fault::Delay(..) | Fault::Cut(_) | Fault::Hold(_));
        let code = matches!(fault, Fault::Code(..));
        let millis = matches!(fault, Fault::Delay(..) | Fault::Unassigned(_));
        let superfluous = [
            ("when", self.when.is_some() && !timed),
            ("code", self.code.is_some() && !code),
            ("message", self.message.is_some() && !code),
            ("millis", self.millis.is_some() && !millis),
            ("address", self.address.is_some() && !matches!(fault, Fault::AssignOther(_))),
        ];
        match superfluous.into_iter().find(|(_, present)| *present) {
            Some((name, _)) => Err(format!("{name}: means nothing for {}", self.kind)),
            None => Ok(()),
        }
    }
}

/// Whether `fault`, told for `method` (none: all), is for this call.
pub fn meets(fault: &Fault, method: Option<Method>, call: Method) -> bool {
    method.is_none_or(|method| method == call) && fault.fits(call)
}
