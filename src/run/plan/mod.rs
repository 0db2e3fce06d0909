//! What is played: which scenarios a user means, whether their files are right, and what the run will take.

mod check;
pub(in crate::run) mod forecast;
pub(in crate::run) mod jobs;
pub(in crate::run) mod select;
