//! A company's answers to a checklist: saved as they come, by several people at once, checked, submitted, receipted.
//!
//! The answers are one JSON document with a revision; `revisions` keeps enough of each change to merge what two people typed.
//! The audit log is told what a person changed when their sitting ends, or when they submit ([`desk`]). What was submitted
//! stands until it is submitted again. A request is answered after its commit is durable.
//!
//! Tables: responses, revisions. Routes: `/r/{token}/start`, `check`, `all`, `about`, `review`, `submit`, `partial`, `document`, `receipt`, `save`.

mod before;
mod desk;
mod form;
mod held;
mod merge;
mod model;
mod pages;
mod part;
mod show;
mod store;
mod told;

pub use form::{Form, Posted, Problem};
pub use held::{END_SITTINGS, Extent, Held, Sending, Submission, end_sittings};
pub use merge::{ChangedQuestion, Conflict, Merge};
pub use model::{
    Answer, Answers, Completeness, Entry, Sign, Value, counting, gaps, left_out, marks, missing, progress, sign, value,
    visible,
};
pub use pages::{LONGEST_ABOUT, router};
pub use part::{LONGEST_DOCUMENT, document};
pub use show::{AnswerLine, LeftOut, QuestionView, answer_lines, mark, problem_sentence, question_view, value_words};
pub use store::{About, CONFIRM_RECEIPT, Channel, Response, Submitted, find, of, submitted_between};
