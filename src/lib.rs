//! Kairan carries a security alert through a whole supply chain and sees it acted upon. ARCHITECTURE.md is the map.

pub mod app;
pub mod audit;
pub mod board;
pub mod campaigns;
pub mod circulation;
pub mod clock;
pub mod config;
pub mod content;
pub mod db;
pub mod deliveries;
pub mod demo;
pub mod directory;
pub mod files;
pub mod invitations;
pub mod jobs;
pub mod letters;
pub mod mail;
pub mod people;
pub mod responses;
pub mod routes;
pub mod secret;
pub mod sheets;
pub mod typeset;
pub mod web;
