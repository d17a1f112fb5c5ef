//! A supply chain that doesn't exist: names as such lists have them, made of invented words, each with a mark that says so.
//!
//! Nothing of it can be written to or called: addresses end in `.example` (RFC 2606), Japanese numbers begin with 000,
//! which no area has, foreign ones with +999, a country code that is not assigned (ITU-T E.164).

use crate::directory::{Company, CompanyId, Contact, ContactId, Criticality, Kind, Role};
use fastrand::Rng;
use jiff::Timestamp;

/// Stands at the end of every company's name, wherever it is shown, sent or exported.
const MARK: &str = "（架空）";
const FOREIGN_MARK: &str = " (fictitious)";

/// First parts of Japanese names: words for what doesn't exist, as no firm calls itself.
const HEADS: [(&str, &str); 24] = [
    ("例ヶ丘", "レイガオカ"),
    ("仮野原", "カリノハラ"),
    ("見本坂", "ミホンザカ"),
    ("空名橋", "ソラナバシ"),
    ("名無瀬", "ナナシセ"),
    ("試之森", "タメシノモリ"),
    ("作例台", "サクレイダイ"),
    ("仮想沢", "カソウザワ"),
    ("絵空町", "エソラマチ"),
    ("夢見本", "ユメミホン"),
    ("雲上例", "ウンジョウレイ"),
    ("仮称岳", "カショウダケ"),
    ("例示浜", "レイジハマ"),
    ("某月", "ボウゲツ"),
    ("某日", "ボウジツ"),
    ("何某谷", "ナニガシダニ"),
    ("想像島", "ソウゾウジマ"),
    ("物語川", "モノガタリガワ"),
    ("寓話峠", "グウワトウゲ"),
    ("影絵原", "カゲエハラ"),
    ("空想湖", "クウソウコ"),
    ("仮題山", "カダイヤマ"),
    ("未在", "ミザイ"),
    ("架空野", "カクウノ"),
];
const TRADES: [(&str, &str, &str); 20] = [
    ("精機", "セイキ", "精密部品"),
    ("化成", "カセイ", "樹脂材料"),
    ("金属", "キンゾク", "鋼材"),
    ("電装", "デンソウ", "ハーネス"),
    ("商事", "ショウジ", "副資材"),
    ("製作所", "セイサクショ", "プレス部品"),
    ("工業", "コウギョウ", "鋳造品"),
    ("鍛工", "タンコウ", "鍛造品"),
    ("樹脂", "ジュシ", "成形品"),
    ("発条", "ハツジョウ", "ばね"),
    ("塗装", "トソウ", "塗装"),
    ("鍍金", "メッキ", "表面処理"),
    ("運輸", "ウンユ", "輸送"),
    ("倉庫", "ソウコ", "保管"),
    ("電子", "デンシ", "基板"),
    ("ゴム", "ゴム", "ゴム部品"),
    ("硝子", "ガラス", "ガラス部品"),
    ("情報システム", "ジョウホウシステム", "システム開発"),
    ("設計", "セッケイ", "設計"),
    ("包装", "ホウソウ", "梱包材"),
];
/// Parts of foreign names: winds and stars, put together.
const WORDS: [&str; 24] = [
    "Zephyra", "Mistralo", "Sirokko", "Boreala", "Austra", "Levantis", "Passata", "Ostria", "Altairo", "Denebia",
    "Vegara", "Rigelo", "Mirachi", "Capellis", "Polluxia", "Antarelo", "Spicara", "Aldebri", "Arcturi", "Procyona",
    "Bellatra", "Adhara", "Shaulo", "Menkari",
];
const FOREIGN_TRADES: [(&str, &str); 10] = [
    ("Precision", "precision parts"),
    ("Castings", "castings"),
    ("Polymers", "resins"),
    ("Electronics", "circuit boards"),
    ("Forging", "forgings"),
    ("Springs", "springs"),
    ("Logistics", "transport"),
    ("Coatings", "surface treatment"),
    ("Tooling", "dies"),
    ("Systems", "software"),
];
/// Country, how a firm's name ends there, how many in a hundred foreign ones.
const COUNTRIES: [(&str, &str, u32); 12] = [
    ("TH", "(Thailand) Co., Ltd.", 20),
    ("CN", "(Suzhen) Co., Ltd.", 18),
    ("VN", "Vietnam Co., Ltd.", 14),
    ("ID", "PT Indonesia", 10),
    ("US", "Inc.", 10),
    ("DE", "GmbH", 8),
    ("MX", "S.A. de C.V.", 6),
    ("IN", "Pvt. Ltd.", 5),
    ("TW", "Taiwan Corp.", 4),
    ("KR", "Korea Ltd.", 3),
    ("MY", "Sdn. Bhd.", 1),
    ("PL", "Sp. z o.o.", 1),
];
const PEOPLE: [&str; 12] = [
    "一ノ例 花子",
    "二ノ例 太郎",
    "三ノ例 恵",
    "四ノ例 健",
    "五ノ例 由美",
    "六ノ例 翔",
    "七ノ例 葵",
    "八ノ例 誠",
    "九ノ例 舞",
    "十ノ例 隆",
    "百ノ例 彩",
    "千ノ例 学",
];
const FOREIGN_PEOPLE: [&str; 8] = [
    "Ann Example",
    "Bo Sample",
    "Chai Example",
    "Dewi Sample",
    "Eva Example",
    "Linh Sample",
    "Max Example",
    "Rosa Sample",
];
const DEPARTMENTS: [&str; 5] = ["総務部", "情報システム課", "品質保証部", "管理部", "営業部"];

/// A company that isn't, with the people who aren't there.
pub struct Fictitious {
    pub company: Company,
    pub contacts: Vec<Contact>,
    /// Whether its mails come back.
    pub bounces: bool,
}

/// The `number`-th of a chain, a group company or a supplier. The same seed and number give the same company.
pub fn fictitious(seed: u64, number: u64, group: bool, now: Timestamp) -> Fictitious {
    let mut rng = Rng::with_seed(seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let abroad = rng.u32(..100) < if group { 45 } else { 16 };
    let (name, kana, country, items) = if abroad {
        foreign(&mut rng, number, group)
    } else {
        japanese(&mut rng, number, group)
    };
    let id = CompanyId(id(now, number, 1));
    let tier = match (group, rng.u32(..100)) {
        (true, _) => None,
        (_, 0..60) => Some(1),
        (_, 60..92) => Some(2),
        (_, 92..98) => Some(3),
        _ => None,
    };
    let criticality = match rng.u32(..100) {
        0..18 => Some(Criticality::A),
        18..55 => Some(Criticality::B),
        55..95 => Some(Criticality::C),
        _ => None,
    };
    let company = Company {
        id,
        kind: if group { Kind::Group } else { Kind::Supplier },
        code: Some(format!("{}{number:05}", if group { "G" } else { "S" })),
        name,
        kana,
        country: country.to_owned(),
        tier,
        criticality,
        items,
        parent: None,
        small: Some(!group && rng.u32(..100) < 55),
        corporate_number: None,
        postal_code: String::new(),
        address: String::new(),
        updated_at: now,
    };
    let mut contacts = Vec::new();
    let silent = !group && rng.u32(..100) < 4;
    let count = 1 + u64::from(rng.u32(..100) < 25);
    for position in 0..count {
        let person = match abroad {
            true => FOREIGN_PEOPLE[rng.usize(..FOREIGN_PEOPLE.len())],
            false => PEOPLE[rng.usize(..PEOPLE.len())],
        };
        let phone = match abroad {
            true => format!("+999-{:03}-{:04}", rng.u32(..1000), rng.u32(..10_000)),
            false => format!("000-{:03}-{:04}", rng.u32(..1000), rng.u32(..10_000)),
        };
        let mail = format!(
            "contact{}@{}{number}.example",
            position + 1,
            if group { "g" } else { "s" }
        );
        contacts.push(Contact {
            id: ContactId(self::id(now, number, 2 + position)),
            company: id,
            position: position as i64,
            name: person.to_owned(),
            department: match abroad {
                true => "IT".to_owned(),
                false => DEPARTMENTS[rng.usize(..DEPARTMENTS.len())].to_owned(),
            },
            mail: if silent { None } else { mail.parse().ok() },
            phone: if rng.u32(..100) < 93 { phone } else { String::new() },
            language: if abroad { "en" } else { "ja" }.to_owned(),
            role: if position == 0 { Role::Primary } else { Role::Backup },
            held: None,
        });
    }
    Fictitious {
        company,
        contacts,
        bounces: !silent && rng.u32(..100) < 2,
    }
}

/// A UUIDv7 that is the same each time; nobody has to be unable to guess it.
fn id(now: Timestamp, number: u64, which: u64) -> uuid::Uuid {
    let mut tail = [0; 10];
    tail[..8].copy_from_slice(&number.to_be_bytes());
    tail[9] = which as u8;
    uuid::Builder::from_unix_timestamp_millis(now.as_millisecond().max(0) as u64, &tail).into_uuid()
}

fn japanese(rng: &mut Rng, number: u64, group: bool) -> (String, String, &'static str, String) {
    let (head, head_kana) = HEADS[(number as usize + rng.usize(..3)) % HEADS.len()];
    let (trade, trade_kana, items) = TRADES[rng.usize(..TRADES.len())];
    // A large chain has more firms than words: branches are numbered, as such lists do.
    let branch = match number / 400 {
        0 => String::new(),
        n => format!("第{n}"),
    };
    let core = match group {
        true => format!("みなづき{trade}{branch}"),
        false => format!("{head}{trade}{branch}"),
    };
    let kana = match group {
        true => format!("ミナヅキ{trade_kana}"),
        false => format!("{head_kana}{trade_kana}"),
    };
    let name = match rng.u32(..100) {
        _ if group => format!("株式会社{core}{MARK}"),
        0..48 => format!("株式会社{core}{MARK}"),
        48..80 => format!("{core}株式会社{MARK}"),
        80..96 => format!("有限会社{core}{MARK}"),
        _ => format!("{core}合同会社{MARK}"),
    };
    (name, kana, "JP", items.to_owned())
}

fn foreign(rng: &mut Rng, number: u64, group: bool) -> (String, String, &'static str, String) {
    let mut draw = rng.u32(..100);
    let mut place = COUNTRIES[0];
    for country in COUNTRIES {
        if draw < country.2 {
            place = country;
            break;
        }
        draw -= country.2;
    }
    let word = if group {
        "Minazuki"
    } else {
        WORDS[(number as usize + rng.usize(..5)) % WORDS.len()]
    };
    let (trade, items) = FOREIGN_TRADES[rng.usize(..FOREIGN_TRADES.len())];
    let branch = match number / 400 {
        0 => String::new(),
        n => format!(" {n}"),
    };
    (
        format!("{word} {trade}{branch} {}{FOREIGN_MARK}", place.1),
        String::new(),
        place.0,
        items.to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn chain() -> Vec<Fictitious> {
        let now: Timestamp = "2026-11-20T00:00:00Z".parse().unwrap();
        (0..340).map(|n| fictitious(7, n, n < 40, now)).collect()
    }

    #[test]
    fn every_name_says_that_it_is_made_up() {
        // Also where the chain is so large that names are numbered.
        let now: Timestamp = "2026-11-20T00:00:00Z".parse().unwrap();
        let large = (9_000..9_400).map(|n| fictitious(7, n, n % 9 == 0, now));
        for one in chain().into_iter().chain(large) {
            let name = &one.company.name;
            assert!(name.ends_with("（架空）") || name.ends_with(" (fictitious)"), "{name}");
        }
    }

    #[test]
    fn nobody_in_it_can_be_reached() {
        for one in chain() {
            for contact in &one.contacts {
                assert!(contact.mail.as_ref().is_none_or(|m| m.as_str().ends_with(".example")));
                let phone = contact.phone.as_str();
                assert!(
                    phone.is_empty() || phone.starts_with("000-") || phone.starts_with("+999-"),
                    "{phone}"
                );
                assert!(contact.name.contains('例') || contact.name.contains("ample"));
            }
        }
    }

    #[test]
    fn it_is_the_same_each_time_and_each_code_and_address_is_one_companys() {
        let (one, two) = (chain(), chain());
        assert!(
            one.iter()
                .zip(&two)
                .all(|(a, b)| a.company == b.company && a.contacts == b.contacts)
        );
        let codes: HashSet<_> = one.iter().map(|f| f.company.code.clone()).collect();
        assert_eq!(codes.len(), 340);
        let mails: Vec<_> = one
            .iter()
            .flat_map(|f| &f.contacts)
            .filter_map(|c| c.mail.clone())
            .collect();
        assert_eq!(
            mails.iter().map(|m| m.as_str()).collect::<HashSet<_>>().len(),
            mails.len()
        );
    }

    #[test]
    fn it_has_what_such_lists_have() {
        let chain = chain();
        let count = |is: &dyn Fn(&Fictitious) -> bool| chain.iter().filter(|f| is(f)).count();
        assert!((20..120).contains(&count(&|f| f.company.country != "JP")));
        assert!((30..100).contains(&count(&|f| f.company.criticality == Some(Criticality::A))));
        assert!((3..30).contains(&count(&|f| f.contacts.iter().all(|c| c.mail.is_none()))));
        assert!((2..20).contains(&count(&|f| f.bounces)));
        assert!(count(&|f| f.contacts.len() > 1) > 40);
        let names: HashSet<_> = chain.iter().map(|f| &f.company.name).collect();
        assert!(names.len() > 280, "{}", names.len());
    }
}
