//! What refusals mean, by what servers say.

use super::*;

#[test]
fn every_word_reads_back() {
    assert!(Cause::ALL.iter().all(|c| c.as_str().parse() == Ok(*c)));
}
