//! Kairan carries a security alert through a whole supply chain and sees it acted upon. ARCHITECTURE.md is the map.

pub mod app;
pub mod audit;
pub mod clock;
pub mod config;
pub mod content;
pub mod db;
pub mod directory;
pub mod jobs;
pub mod mail;
pub mod people;
pub mod routes;
pub mod secret;
pub mod sheets;
pub mod web;
