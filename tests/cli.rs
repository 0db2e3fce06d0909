//! The built binary, as people, pipelines and programs meet it.

#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions")]

mod cli {
    pub mod binary;
    pub mod codes;
    pub mod config;
    pub mod logs;
    pub mod pages;
    pub mod policy;
    pub mod reports;
    pub mod target;
    pub mod tokens;
}
