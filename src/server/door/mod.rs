//! The door: what a request must get past before an endpoint sees it, each as a plain function.

pub mod media;
pub mod query;
pub mod route;
