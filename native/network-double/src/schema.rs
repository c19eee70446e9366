//! The two schemas of the prover network, and the calls of each.
//!
//! Both use the same service name and mostly the same messages; where one tag means two things, a
//! network speaks one schema or the other, never both.

use clap::ValueEnum;

/// What the network's messages mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Schema {
    /// Reserved capacity and hosted proving.
    Base,
    /// The mainnet with its auctions.
    Auction,
}

impl Schema {
    pub fn name(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::Auction => "auction",
        }
    }
}

/// Every call that is served, and so every call that a fault can be told for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    GetNonce,
    GetBalance,
    GetProgram,
    CreateProgram,
    RequestProof,
    GetProofRequestStatus,
    GetProofRequestDetails,
    GetFilteredProofRequests,
    GetOwner,
    FulfillProof,
    FailFulfillment,
    ExecuteProof,
    FailExecution,
    GetProofRequestParams,
    GetProversByUptime,
    CancelRequest,
    GetMarketPricePerPgu,
    CreateArtifact,
    /// An artifact's upload over HTTP.
    Put,
    /// An artifact's download over HTTP, and its HEAD.
    Get,
}

impl Method {
    pub const ALL: [Method; 20] = [
        Self::GetNonce,
        Self::GetBalance,
        Self::GetProgram,
        Self::CreateProgram,
        Self::RequestProof,
        Self::GetProofRequestStatus,
        Self::GetProofRequestDetails,
        Self::GetFilteredProofRequests,
        Self::GetOwner,
        Self::FulfillProof,
        Self::FailFulfillment,
        Self::ExecuteProof,
        Self::FailExecution,
        Self::GetProofRequestParams,
        Self::GetProversByUptime,
        Self::CancelRequest,
        Self::GetMarketPricePerPgu,
        Self::CreateArtifact,
        Self::Put,
        Self::Get,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::GetNonce => "GetNonce",
            Self::GetBalance => "GetBalance",
            Self::GetProgram => "GetProgram",
            Self::CreateProgram => "CreateProgram",
            Self::RequestProof => "RequestProof",
            Self::GetProofRequestStatus => "GetProofRequestStatus",
            Self::GetProofRequestDetails => "GetProofRequestDetails",
            Self::GetFilteredProofRequests => "GetFilteredProofRequests",
            Self::GetOwner => "GetOwner",
            Self::FulfillProof => "FulfillProof",
            Self::FailFulfillment => "FailFulfillment",
            Self::ExecuteProof => "ExecuteProof",
            Self::FailExecution => "FailExecution",
            Self::GetProofRequestParams => "GetProofRequestParams",
            Self::GetProversByUptime => "GetProversByUptime",
            Self::CancelRequest => "CancelRequest",
            Self::GetMarketPricePerPgu => "GetMarketPricePerPgu",
            Self::CreateArtifact => "CreateArtifact",
            Self::Put => "PUT",
            Self::Get => "GET",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }

    /// The call behind a gRPC path, if this schema has it.
    pub fn at(path: &str, schema: Schema) -> Option<Self> {
        let (service, name) = path.strip_prefix('/')?.split_once('/')?;
        let method = Self::named(name).filter(|method| !method.is_http())?;
        let right = match method {
            Self::CreateArtifact => service == "artifact.ArtifactStore",
            _ => service == "network.ProverNetwork",
        };
        (right && method.only().is_none_or(|only| only == schema)).then_some(method)
    }

    pub fn is_http(self) -> bool {
        matches!(self, Self::Put | Self::Get)
    }

    /// Signed, with a nonce, and changing something.
    pub fn is_signed(self) -> bool {
        matches!(
            self,
            Self::CreateProgram
                | Self::RequestProof
                | Self::FulfillProof
                | Self::FailFulfillment
                | Self::FailExecution
                | Self::CancelRequest
        )
    }

    fn only(self) -> Option<Schema> {
        match self {
            Self::FailExecution => Some(Schema::Base),
            Self::GetProofRequestParams
            | Self::GetProversByUptime
            | Self::CancelRequest
            | Self::GetMarketPricePerPgu => Some(Schema::Auction),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_found_at_its_service_and_in_its_schema_only() {
        let found = |path| (Method::at(path, Schema::Base), Method::at(path, Schema::Auction));
        let both = |method| (Some(method), Some(method));
        assert_eq!(found("/network.ProverNetwork/GetNonce"), both(Method::GetNonce));
        assert_eq!(found("/artifact.ArtifactStore/CreateArtifact"), both(Method::CreateArtifact));
        assert_eq!(
            found("/network.ProverNetwork/FailExecution"),
            (Some(Method::FailExecution), None)
        );
        assert_eq!(
            found("/network.ProverNetwork/CancelRequest"),
            (None, Some(Method::CancelRequest))
        );
        assert_eq!(found("/network.ProverNetwork/CreateArtifact"), (None, None));
        assert_eq!(found("/artifact.ArtifactStore/GetNonce"), (None, None));
        assert_eq!(found("/network.ProverNetwork/PUT"), (None, None));
        assert_eq!(found("/network.ProverNetwork/Bid"), (None, None));
    }

    #[test]
    fn every_name_leads_back_to_its_call() {
        for method in Method::ALL {
            assert_eq!(Method::named(method.name()), Some(method));
        }
    }
}
