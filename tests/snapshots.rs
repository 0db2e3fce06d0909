//! Snapshots of runs: volatile values get names, equal meaning is no difference, a correct
//! server's freedoms never count against it, and the files are what insta reads as well.

mod snapshots {
    pub mod contract;
    pub mod files;
    pub mod normalise;
    pub mod own;
    pub mod story;
}
