//! Tests over the wire, by real clients, and tables of what is pure.

mod journey;
mod kit;
mod vectors;
