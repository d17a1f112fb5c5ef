//! Countries as people name them, to ISO 3166-1 alpha-2.

use super::normalise::text;

/// Every assigned alpha-2 code (ISO 3166-1, 2024).
const CODES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

/// Code, then names and alpha-3 codes in lower case without space or punctuation. The countries that supply chains name;
/// any other can be given by its alpha-2 code.
const NAMES: &[(&str, &[&str])] = &[
    (
        "JP",
        &["jpn", "japan", "日本", "日本国", "国内", "nippon", "domestic", "日"],
    ),
    (
        "US",
        &[
            "usa",
            "unitedstates",
            "unitedstatesofamerica",
            "america",
            "theunitedstates",
            "アメリカ",
            "アメリカ合衆国",
            "米国",
            "米",
            "北米",
        ],
    ),
    (
        "CN",
        &[
            "chn",
            "prc",
            "china",
            "peoplesrepublicofchina",
            "mainlandchina",
            "中国",
            "中華人民共和国",
            "中華",
            "中",
            "中国大陸",
        ],
    ),
    ("TW", &["twn", "taiwan", "roc", "taiwanroc", "台湾", "臺灣", "中華民国"]),
    ("HK", &["hkg", "hongkong", "香港", "ホンコン"]),
    ("MO", &["mac", "macau", "macao", "マカオ"]),
    (
        "KR",
        &[
            "kor",
            "korea",
            "southkorea",
            "republicofkorea",
            "koreasouth",
            "韓国",
            "大韓民国",
            "韓",
            "南韓",
        ],
    ),
    ("TH", &["tha", "thailand", "タイ", "タイ王国", "泰"]),
    (
        "VN",
        &[
            "vnm",
            "vietnam",
            "socialistrepublicofvietnam",
            "ベトナム",
            "ヴェトナム",
            "ベトナム社会主義共和国",
            "越南",
        ],
    ),
    ("ID", &["idn", "indonesia", "インドネシア", "インドネシア共和国", "尼"]),
    ("MY", &["mys", "malaysia", "マレーシア"]),
    ("SG", &["sgp", "singapore", "シンガポール", "星"]),
    ("PH", &["phl", "philippines", "thephilippines", "フィリピン", "比"]),
    ("MM", &["mmr", "myanmar", "burma", "ミャンマー"]),
    ("KH", &["khm", "cambodia", "カンボジア"]),
    ("LA", &["lao", "laos", "ラオス"]),
    ("BN", &["brn", "brunei", "ブルネイ"]),
    ("MN", &["mng", "mongolia", "モンゴル"]),
    ("IN", &["ind", "india", "インド", "印"]),
    ("BD", &["bgd", "bangladesh", "バングラデシュ", "バングラディシュ"]),
    ("PK", &["pak", "pakistan", "パキスタン"]),
    ("LK", &["lka", "srilanka", "スリランカ"]),
    ("NP", &["npl", "nepal", "ネパール"]),
    ("AU", &["aus", "australia", "オーストラリア", "豪州", "豪"]),
    ("NZ", &["nzl", "newzealand", "ニュージーランド"]),
    (
        "GB",
        &[
            "gbr",
            "uk",
            "unitedkingdom",
            "theunitedkingdom",
            "greatbritain",
            "britain",
            "england",
            "scotland",
            "wales",
            "イギリス",
            "英国",
            "英",
            "連合王国",
        ],
    ),
    ("IE", &["irl", "ireland", "アイルランド"]),
    (
        "DE",
        &[
            "deu",
            "ger",
            "germany",
            "deutschland",
            "ドイツ",
            "ドイツ連邦共和国",
            "独",
            "独逸",
        ],
    ),
    ("FR", &["fra", "france", "フランス", "仏"]),
    ("IT", &["ita", "italy", "italia", "イタリア", "伊"]),
    ("ES", &["esp", "spain", "espana", "スペイン", "西"]),
    ("PT", &["prt", "portugal", "ポルトガル"]),
    (
        "NL",
        &["nld", "netherlands", "thenetherlands", "holland", "オランダ", "蘭"],
    ),
    ("BE", &["bel", "belgium", "ベルギー"]),
    ("LU", &["lux", "luxembourg", "ルクセンブルク"]),
    ("CH", &["che", "switzerland", "スイス"]),
    ("AT", &["aut", "austria", "オーストリア"]),
    ("SE", &["swe", "sweden", "スウェーデン"]),
    ("NO", &["nor", "norway", "ノルウェー"]),
    ("DK", &["dnk", "denmark", "デンマーク"]),
    ("FI", &["fin", "finland", "フィンランド"]),
    ("PL", &["pol", "poland", "ポーランド"]),
    (
        "CZ",
        &["cze", "czech", "czechia", "czechrepublic", "チェコ", "チェコ共和国"],
    ),
    ("SK", &["svk", "slovakia", "スロバキア"]),
    ("SI", &["svn", "slovenia", "スロベニア"]),
    ("HU", &["hun", "hungary", "ハンガリー"]),
    ("RO", &["rou", "romania", "ルーマニア"]),
    ("BG", &["bgr", "bulgaria", "ブルガリア"]),
    ("RS", &["srb", "serbia", "セルビア"]),
    ("HR", &["hrv", "croatia", "クロアチア"]),
    ("GR", &["grc", "greece", "ギリシャ"]),
    ("EE", &["est", "estonia", "エストニア"]),
    ("LV", &["lva", "latvia", "ラトビア"]),
    ("LT", &["ltu", "lithuania", "リトアニア"]),
    ("UA", &["ukr", "ukraine", "ウクライナ"]),
    ("RU", &["rus", "russia", "russianfederation", "ロシア", "露"]),
    ("TR", &["tur", "turkey", "turkiye", "トルコ"]),
    ("IL", &["isr", "israel", "イスラエル"]),
    (
        "AE",
        &["are", "uae", "unitedarabemirates", "アラブ首長国連邦", "ドバイ"],
    ),
    ("SA", &["sau", "saudiarabia", "サウジアラビア"]),
    ("QA", &["qat", "qatar", "カタール"]),
    ("EG", &["egy", "egypt", "エジプト"]),
    ("MA", &["mar", "morocco", "モロッコ"]),
    ("TN", &["tun", "tunisia", "チュニジア"]),
    ("ZA", &["zaf", "southafrica", "南アフリカ", "南アフリカ共和国", "南ア"]),
    ("KE", &["ken", "kenya", "ケニア"]),
    ("NG", &["nga", "nigeria", "ナイジェリア"]),
    ("CA", &["can", "canada", "カナダ", "加"]),
    ("MX", &["mex", "mexico", "メキシコ", "墨"]),
    ("BR", &["bra", "brazil", "brasil", "ブラジル", "伯"]),
    ("AR", &["arg", "argentina", "アルゼンチン"]),
    ("CL", &["chl", "chile", "チリ"]),
    ("CO", &["col", "colombia", "コロンビア"]),
    ("PE", &["per", "peru", "ペルー"]),
    ("KZ", &["kaz", "kazakhstan", "カザフスタン"]),
    ("UZ", &["uzb", "uzbekistan", "ウズベキスタン"]),
];

/// The alpha-2 code that a cell means: a code, a name in Japanese or English, or a name with its code ("日本(JP)").
pub fn country(value: &str) -> Option<&'static str> {
    let plain = text(value);
    whole(&plain).or_else(|| {
        // "JP: Japan", "日本 (JP)", "Thailand / タイ": all parts that say something must agree.
        let mut parts = plain
            .split(['(', ')', '[', ']', ':', '/', '-', ','])
            .filter(|part| !part.trim().is_empty());
        let first = whole(parts.next()?)?;
        parts.all(|part| whole(part) == Some(first)).then_some(first)
    })
}

fn whole(value: &str) -> Option<&'static str> {
    let bare = bare(value);
    if bare.len() == 2 && bare.is_ascii() {
        let upper = bare.to_ascii_uppercase();
        if let Some(code) = CODES.split(' ').find(|code| *code == upper) {
            return Some(code);
        }
    }
    NAMES
        .iter()
        .find(|(_, names)| names.contains(&bare.as_str()))
        .map(|(code, _)| *code)
}

/// Lower-case letters only, accents of Latin letters dropped ("México", "Türkiye").
fn bare(value: &str) -> String {
    let plain = value.chars().map(|c| match c {
        'é' | 'É' => 'e',
        'ü' | 'Ü' => 'u',
        'ñ' | 'Ñ' => 'n',
        other => other,
    });
    plain
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_are_known_by_code_and_name() {
        for (written, code) in [
            ("JP", "JP"),
            ("ｊｐ", "JP"),
            ("jpn", "JP"),
            ("日本", "JP"),
            ("Japan", "JP"),
            ("日本(JP)", "JP"),
            ("JP: Japan", "JP"),
            ("U.S.A.", "US"),
            ("United States", "US"),
            ("米国", "US"),
            ("UK", "GB"),
            ("英国", "GB"),
            ("Viet Nam", "VN"),
            ("ﾀｲ", "TH"),
            ("México", "MX"),
            ("韓国", "KR"),
            ("Czech Republic", "CZ"),
            ("South Korea", "KR"),
            ("ZW", "ZW"),
            ("Timor-Leste", ""),
            ("??", ""),
            ("日本/米国", ""),
            ("XX", ""),
        ] {
            assert_eq!(country(written).unwrap_or_default(), code, "{written}");
        }
    }
}
