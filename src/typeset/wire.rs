//! How server and typesetting process talk: messages of named parts, each with its length before it.

use super::{Failure, Order};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::process::ExitCode;

/// No message is longer, in bytes.
pub const LONGEST: u64 = 512 * 1024 * 1024;
/// The part that holds the order; no file has this name.
const ORDER: &str = "";

pub type Files = BTreeMap<String, Vec<u8>>;

/// The message with its length (8 bytes, big-endian) before it.
pub fn order(order: &Order, files: &Files) -> serde_json::Result<Vec<u8>> {
    let order = serde_json::to_vec(order)?;
    let mut out = vec![0; 8];
    let parts = files.iter().map(|(name, bytes)| (name.as_str(), bytes));
    for (name, bytes) in std::iter::once((ORDER, &order)).chain(parts) {
        for piece in [name.as_bytes(), bytes] {
            out.extend((piece.len() as u64).to_be_bytes());
            out.extend(piece);
        }
    }
    let length = (out.len() - 8) as u64;
    out[..8].copy_from_slice(&length.to_be_bytes());
    Ok(out)
}

/// The order and the files of a message without its length; None if it is damaged.
fn read_order(mut message: &[u8]) -> Option<(Order, Files)> {
    let mut parts = Files::new();
    while !message.is_empty() {
        let mut piece = || {
            let (length, rest) = message.split_first_chunk::<8>()?;
            let (piece, rest) = rest.split_at_checked(usize::try_from(u64::from_be_bytes(*length)).ok()?)?;
            message = rest;
            Some(piece.to_vec())
        };
        let name = String::from_utf8(piece()?).ok()?;
        parts.insert(name, piece()?);
    }
    let order = serde_json::from_slice(&parts.remove(ORDER)?).ok()?;
    Some((order, parts))
}

/// An answer's first byte: a document follows, or a failure as JSON.
pub const DOCUMENT: u8 = 1;
pub const FAILURE: u8 = 0;

/// Answers orders from standard input on standard output until there are no more.
pub fn serve(mut work: impl FnMut((Order, Files)) -> Result<Vec<u8>, Failure>) -> ExitCode {
    let (mut input, mut output) = (std::io::stdin().lock(), std::io::stdout().lock());
    let mut turn = || -> std::io::Result<()> {
        let mut length = [0; 8];
        input.read_exact(&mut length)?;
        let length = u64::from_be_bytes(length);
        if length > LONGEST {
            return Err(std::io::ErrorKind::InvalidData.into());
        }
        let mut message = vec![0; length as usize];
        input.read_exact(&mut message)?;
        let order = read_order(&message).ok_or(std::io::ErrorKind::InvalidData)?;
        drop(message);
        let (sign, bytes) = match work(order) {
            Ok(document) => (DOCUMENT, document),
            Err(failure) => (FAILURE, serde_json::to_vec(&failure)?),
        };
        output.write_all(&[sign])?;
        output.write_all(&(bytes.len() as u64).to_be_bytes())?;
        output.write_all(&bytes)?;
        output.flush()
    };
    loop {
        match turn() {
            Ok(()) => {}
            Err(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => return ExitCode::SUCCESS,
            Err(_) => return ExitCode::FAILURE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_comes_over_whole_or_not_at_all() {
        let files = Files::from([("main.typ".to_owned(), "読".into()), ("empty".to_owned(), Vec::new())]);
        let sent = Order {
            fonts: vec!["/f".into()],
            at: 5,
            name: "n".into(),
        };
        let message = order(&sent, &files).unwrap();
        let (length, rest) = message.split_first_chunk::<8>().unwrap();
        assert_eq!(u64::from_be_bytes(*length) as usize, rest.len());
        let (read, same) = read_order(rest).unwrap();
        assert_eq!((read.at, read.name.as_str(), &same), (5, "n", &files));
        for cut in 1..rest.len() {
            let part = read_order(&rest[..cut]);
            assert!(part.is_none_or(|(_, files)| files.len() < 2), "cut at {cut}");
        }
    }
}
