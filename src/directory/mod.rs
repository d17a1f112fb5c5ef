//! The directory: the companies of the chain, the people to reach there, and the lists they are imported from.
//!
//! Routes: `/companies`, `/companies/{id}`, `/companies/import`, `/buyers`. Tables: companies, contacts, buyers, imports. Others choose
//! companies by [`select`] and write to those of [`contacts_of`] that are [`Contact::mailable`].

pub mod command;
mod formal;
pub mod import;
mod learnt;
mod model;
mod order;
mod pages;
mod store;
mod words;

pub use formal::formal_name;
pub use import::normalise::search_key;
pub use learnt::learn_contact;
pub use model::{Criticality, Kind, Role};
pub use order::sort_key;
pub use pages::router;
pub(crate) use store::mailable;
pub use store::{
    Buyer, Company, CompanyRow, Contact, FOLLOW, Filter, NotMailed, ask_to_follow, buyer, buyer_of, buyers,
    companies_with_buyer, contact, contacts_of, countries, find, find_by_code, is_in_order, keep_in_order, load,
    mail_again, mark_changed, mark_undeliverable, pause_contact, rows, search, select, set_in_order, take_changed,
    tiers, undeliverable_of, unmark_undeliverable,
};

crate::ids! {
    /// Names a company.
    CompanyId
    /// Names a contact of a company.
    ContactId
    /// Names a buyer.
    BuyerId
    /// Names an uploaded list.
    ImportId
}
