//! The letter as a document: each company's as PDF, and on paper for companies that no mail reaches.
//!
//! The words are those of the page and the mail (`invitations::letter_view`); the form is a Typst text, ours or the
//! operator's own (docs/letters.md). Whoever opens a letter gets it made on the spot, always the same; what goes on paper is
//! made by a job, kept exactly as it is (`src/files/`) and gathered in files to print. An operator says what was posted.
//!
//! Tables: documents, letter_failures. Routes: `/campaigns/{id}/letters` and below,
//! `/campaigns/{id}/companies/{invitation}/letter.pdf`, `/r/{token}/letter.pdf`. Job: TypesetLetters.

mod make;
mod model;
mod open;
mod pages;
mod paper;
mod store;

pub use make::{Address, typeset};
pub use open::{failed, pdf};
pub use pages::router;
pub use paper::{KIND as TYPESET_LETTERS, order, typeset_letters};
