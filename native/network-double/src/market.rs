//! What the auction's terms are here.

use alloy_primitives::{address, b256, Address, B256};

/// The EIP-712 domain of "Succinct Prover Network" 1.0.0 on Ethereum's main chain.
pub const DOMAIN: B256 = b256!("55ea66757c5b1aecda6619905f594b320092db1cf4c8b6f89025c092f0bb7b5b");

pub const AUCTIONEER: Address = address!("00000000000000000000000000000000000a0c70");
pub const EXECUTOR: Address = address!("00000000000000000000000000000000000e8ec0");
pub const VERIFIER: Address = address!("000000000000000000000000000000000005ef1e");
pub const TREASURY: Address = address!("0000000000000000000000000000000000074ea5");

pub const BASE_FEE: &str = "200000000000000000";
/// Above some 1.8e10 the SDK overflows when it writes the price to its log.
pub const MAX_PRICE_PER_PGU: &str = "2000000000";
pub const FLOOR_PRICE_PER_PGU: &str = "100000000";
pub const MARKET_PRICE_PER_PGU: &str = "1500000000";
pub const TICK_SIZE: u64 = 1;
/// Everybody is rich.
pub const BALANCE: &str = "1000000000000000000000000";

#[cfg(test)]
mod tests {
    use alloy_primitives::{keccak256, U256};

    use super::*;

    #[test]
    fn the_domain_is_that_of_eip_712() {
        let kind = keccak256("EIP712Domain(string name,string version,uint256 chainId)");
        let name = keccak256("Succinct Prover Network");
        let version = keccak256("1.0.0");
        let chain = B256::from(U256::from(1));
        let fields = [kind, name, version, chain].concat();
        assert_eq!(keccak256(fields), DOMAIN);
    }
}
