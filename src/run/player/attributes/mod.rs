//! `each-attribute`: every attribute that the target's schemas declare is written, or tried to be, and looked at.

mod special;
mod trial;
mod writable;

pub(in crate::run) use trial::declares;
