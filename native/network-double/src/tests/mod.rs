//! Tests over the wire, by real clients, and tables of what is pure.

mod control;
mod faults;
mod filters;
mod http;
mod journey;
mod kit;
mod ledger;
mod strictness;
mod vectors;
