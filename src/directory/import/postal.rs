//! Which columns make a company's address: one column, or its parts in several.

use super::columns::{Column, bare};
use super::normalise::text;
use super::rows::Reader;

/// What a column holds of an address, by its header.
#[derive(Debug, PartialEq, Eq)]
struct Share {
    /// Prefecture, city, street, building: the order in which they are written. A whole address has the street's place.
    place: u8,
    /// Whose address it is, by the header's words without a number: "住所1" and "住所2" are one, "本社住所" and "工場住所" aren't. None
    /// for a part, which goes with whichever address there is.
    of: Option<String>,
}

const PLACES: [&[&str]; 4] = [
    &["都道府県", "prefecture", "state", "province"],
    &["市区町村", "city"],
    &["番地", "丁目", "street"],
    &["建物", "ビル", "building"],
];
const STREET: u8 = 2;

fn share(header: &str) -> Share {
    let plain = text(header).to_lowercase();
    let said = || {
        (0u8..)
            .zip(PLACES)
            .filter(|(_, words)| words.iter().any(|word| plain.contains(word)))
    };
    // "住所（都道府県から建物名まで）" is a whole one.
    if let (Some((place, _)), 1, false) = (said().next(), said().count(), plain.contains("から")) {
        return Share { place, of: None };
    }
    let words = bare(plain.split(['(', '[', '【', '<', '〔']).next().unwrap_or_default());
    let of = words.strip_suffix("line").unwrap_or(&words).to_owned();
    Share {
        place: STREET,
        of: Some(of),
    }
}

/// The columns of the first address in the order in which they are written, and those of others.
pub(super) fn columns(reader: &Reader<'_>) -> (Vec<usize>, Vec<usize>) {
    let all = reader.mapping.all(Column::Address);
    split(all.map(|index| (index, share(reader.header(index)))).collect())
}

fn split(mut all: Vec<(usize, Share)>) -> (Vec<usize>, Vec<usize>) {
    let first = all.iter().find_map(|(_, share)| share.of.clone());
    all.sort_by_key(|(index, share)| (share.place, *index));
    let (own, others): (Vec<_>, Vec<_>) = all
        .into_iter()
        .partition(|(_, share)| share.of.is_none() || share.of == first);
    let indices = |list: Vec<(usize, Share)>| list.into_iter().map(|(index, _)| index).collect();
    (indices(own), indices(others))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l7_parts_are_joined_and_other_addresses_are_not() {
        for (headers, own, others) in [
            (&["住所"][..], &[0][..], &[][..]),
            (&["住所１", "住所２"], &[0, 1], &[]),
            (&["住所", "住所2(建物名)"], &[0, 1], &[]),
            (&["建物名", "番地", "市区町村", "都道府県"], &[3, 2, 1, 0], &[]),
            (&["都道府県", "住所", "ビル名"], &[0, 1, 2], &[]),
            (
                &["Address line 1", "Address line 2", "City", "State"],
                &[3, 2, 0, 1],
                &[],
            ),
            (&["Address", "Address 2"], &[0, 1], &[]),
            (&["本社住所", "工場住所"], &[0], &[1]),
            (&["住所", "送付先住所"], &[0], &[1]),
            (&["本社住所1", "本社住所2", "工場住所1", "工場住所2"], &[0, 1], &[2, 3]),
            (&["住所（都道府県から建物名まで）", "工場住所"], &[0], &[1]),
            (&["Registered address", "Mailing address"], &[0], &[1]),
        ] {
            let shares = headers.iter().map(|header| share(header)).enumerate().collect();
            assert_eq!(split(shares), (own.to_vec(), others.to_vec()), "{headers:?}");
        }
    }
}
