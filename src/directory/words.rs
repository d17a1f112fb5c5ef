//! The directory's types as message keys. Each key stands here literally, so that the test of the languages finds it.

use super::import::Column;
use super::{Criticality, Kind, Role};
use crate::web::i18n::{Tr, Value};
use std::borrow::Cow;

// Templates hand on references.
pub fn kind(kind: &Kind) -> &'static str {
    match kind {
        Kind::Supplier => "company-kind-supplier",
        Kind::Group => "company-kind-group",
    }
}

pub fn criticality(criticality: &Criticality) -> &'static str {
    match criticality {
        Criticality::A => "company-criticality-a",
        Criticality::B => "company-criticality-b",
        Criticality::C => "company-criticality-c",
    }
}

pub fn role(role: &Role) -> &'static str {
    match role {
        Role::Primary => "contact-role-primary",
        Role::Backup => "contact-role-backup",
        Role::Executive => "contact-role-executive",
    }
}

/// What a column of a list holds; also the headers of exports, which therefore can be imported again.
pub fn column(column: Column) -> &'static str {
    match column {
        Column::Code => "company-code",
        Column::Name => "company-name",
        Column::Kana => "company-kana",
        Column::Country => "company-country",
        Column::Kind => "company-kind",
        Column::Items => "company-items",
        Column::Tier => "company-tier",
        Column::Criticality => "company-criticality",
        Column::Parent => "company-parent",
        Column::Small => "company-small",
        Column::CorporateNumber => "company-corporate-number",
        Column::PostalCode => "company-postal-code",
        Column::Address => "company-address",
        Column::ContactName => "contact-name",
        Column::Department => "contact-department",
        Column::Mail => "contact-mail",
        Column::Phone => "contact-phone",
        Column::Language => "contact-language",
        Column::Role => "contact-role",
        Column::Ignored => "import-column-ignored",
    }
}

/// A sentence about an import, whose parameters are kept as texts: those that count are numbers again.
pub fn said(t: Tr, key: &str, params: &[(String, String)]) -> Cow<'static, str> {
    let number = |value: &String| value.parse::<i64>().unwrap_or_default().fluent();
    let values: Vec<_> = params
        .iter()
        .filter_map(|(name, value)| {
            Some(match name.as_str() {
                "problem" => ("problem", value.fluent()),
                "max" => ("max", value.fluent()),
                "column" => ("column", value.fluent()),
                "rows" => ("rows", number(value)),
                "columns" => ("columns", number(value)),
                _ => return None,
            })
        })
        .collect();
    t.with(key, &values)
}

/// Whether a filter is set to this.
pub fn same<T: PartialEq>(set: &Option<T>, this: &T) -> bool {
    set.as_ref() == Some(this)
}
