//! (being built)
pub mod review;
