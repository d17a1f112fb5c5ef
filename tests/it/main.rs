//! Everything through the real router, on SQLite, or on PostgreSQL where KAIRAN_TEST_DATABASE names one.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

mod access;
mod app;
mod awareness;
mod board;
mod chain;
mod circulation;
mod crash;
mod database;
mod demo;
mod directory;
mod follow;
mod form;
mod ground;
mod house;
mod inbox;
mod landing;
mod letter_asks;
mod letters;
mod lists;
mod mail;
mod operation;
mod pages;
mod people;
mod process;
mod program;
mod refusals;
mod reminders;
mod rules;
mod safe;
mod second_day;
#[path = "../torture/sink.rs"]
mod sink;
mod texts;
#[path = "../torture/mail.rs"]
mod torture;
mod wording;
