//! The files from which the bare server answers.

use std::path::PathBuf;

pub struct Pages(pub PathBuf);

impl Pages {
    pub fn keep(&self, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
        std::fs::create_dir_all(&self.0)?;
        Ok(std::fs::write(self.0.join(name), bytes)?)
    }
}
