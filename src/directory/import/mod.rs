//! Lists of companies as other departments keep them, brought into the directory.

pub mod normalise;

pub use normalise::{name_key, search_key};
