//! Values as people write them in spreadsheets, brought to one form. Every function is total; texts and keys don't change
//! when they are brought to form again.

use unicode_normalization::UnicodeNormalization;

use crate::directory::model::{Criticality, Kind, Role};

/// A text for keeping: NFKC (full- and half-width, ㈱ → (株), ① → 1), without invisible and control characters, runs
/// of space and line breaks as one space, none at the ends.
pub fn text(raw: &str) -> String {
    let nfkc: String = raw
        .chars()
        .filter(|c| !is_invisible(*c))
        .nfkc()
        .filter(|c| !is_invisible(*c))
        .collect();
    // What was taken out may have stood between a letter and its accent, so it is composed once more.
    nfkc.split_whitespace().collect::<Vec<_>>().join(" ").nfkc().collect()
}

/// Characters that nobody sees, some of which keep two equal names apart. Tab and line breaks count as space.
fn is_invisible(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffc}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// What people write into a cell that has nothing to say, as [`is_nothing`] compares it.
const NOTHING: &str = "なし|無し|無|ナシ|該当なし|該当無し|メールなし|メール無し|アドレスなし|アドレス無し|登録なし|未登録|未定\
    |未記入|未入力|未設定|未取得|不明|確認中|調査中|空欄|空白|#n/a|n/a|na|n.a|none|null\
    |nil|no|nothing|unknown|tbd|tbc|not available|not applicable\
    |no email|no e-mail|no mail|#ref!|#value!|#name?|#null!\
    |#div/0!";

/// Characters that say nothing by themselves.
const STROKES: &str = "-‐‑‒–—―ー−─━_/~?*×・….";

/// Whether a cell says that there is nothing: empty, dashes, なし, N/A, 不明 …
pub fn is_nothing(value: &str) -> bool {
    let lower = text(value).to_lowercase();
    let bare = lower.trim_matches(['(', ')', '[', ']', '【', '】', '.', '。', ' ']);
    bare.chars().all(|c| STROKES.contains(c)) || NOTHING.split('|').any(|word| word == bare)
}

/// Notations of one legal form in Japanese, after [`text`]; the written-out form is the one kept in keys. Last, whether the notation
/// stands for that form alone, so that a letter may write it out.
pub(in crate::directory) const FORMS: &[(&str, &str, bool)] = &[
    ("(株)", "株式会社", true),
    ("[株]", "株式会社", true),
    ("〔株〕", "株式会社", true),
    ("株式會社", "株式会社", false),
    ("(有)", "有限会社", true),
    ("[有]", "有限会社", true),
    ("有限會社", "有限会社", false),
    ("(同)", "合同会社", true),
    ("(資)", "合資会社", true),
    ("(名)", "合名会社", true),
    ("(一社)", "一般社団法人", true),
    ("(一財)", "一般財団法人", true),
    ("(公社)", "公益社団法人", true),
    ("(公財)", "公益財団法人", true),
    ("(社)", "社団法人", false),
    ("(財)", "財団法人", false),
    ("(医)", "医療法人", true),
    ("(学)", "学校法人", true),
    ("(福)", "社会福祉法人", true),
    ("(特非)", "特定非営利活動法人", true),
    ("(独)", "独立行政法人", true),
    ("(協)", "協同組合", false),
    ("(企)", "企業組合", true),
    ("(農)", "農事組合法人", true),
];

/// The same in Latin letters, word by word.
const WORDS: &[(&str, &str)] = &[
    ("limited", "ltd"),
    ("company", "co"),
    ("corporation", "corp"),
    ("incorporated", "inc"),
    ("private", "pvt"),
    ("pty", "pty"),
    ("and", "&"),
];

/// The key by which a company without a code is known again. Notations of the same legal form are one (㈱ = (株) =
/// 株式会社, Limited = Ltd.), width, case, space and punctuation don't count; different forms, and the same form before
/// or after the name, are different companies, as in the register.
pub fn name_key(name: &str) -> String {
    let plain = written_out(name);
    let mut key = String::new();
    for token in plain
        .split(|c: char| !c.is_alphanumeric() && c != '&')
        .filter(|token| !token.is_empty())
    {
        let token = WORDS
            .iter()
            .find(|(word, _)| *word == token)
            .map_or(token, |(_, short)| short);
        // "Unit 9 (9)" is not "Unit 99".
        if key.ends_with(|c: char| c.is_numeric()) && token.starts_with(|c: char| c.is_numeric()) {
            key.push('-');
        }
        key.push_str(token);
    }
    if key.is_empty() {
        plain.split_whitespace().collect()
    } else {
        key
    }
}

/// Lower case, legal forms written out, invisible differences gone.
pub(in crate::directory) fn written_out(name: &str) -> String {
    // Lower-casing may undo NFKC ('İ'), so the text is brought to form again after it.
    let mut plain = text(&text(name).to_lowercase());
    for (notation, form, _) in FORMS {
        if plain.contains(notation) {
            plain = plain.replace(notation, form);
        }
    }
    plain
}

/// The form in which names, kana and codes are searched, for stored value and query alike: ㈱ finds 株式会社, half-width
/// finds full-width, ひらがな finds カタカナ, 高 finds 髙, and space and punctuation don't count.
pub fn search_key(value: &str) -> String {
    let plain = written_out(value);
    let folded: String = plain
        .chars()
        .map(to_katakana)
        .nfkc()
        .filter(|c| c.is_alphanumeric())
        .map(same_ideograph)
        .collect();
    if folded.is_empty() {
        plain.split_whitespace().collect()
    } else {
        folded
    }
}

/// Variants that people type one for the other in names.
fn same_ideograph(c: char) -> char {
    match c {
        '髙' => '高',
        '﨑' | '嵜' => '崎',
        '濵' | '濱' => '浜',
        '邊' | '邉' => '辺',
        '齋' => '斎',
        '齊' => '斉',
        '澤' => '沢',
        '嶋' | '嶌' => '島',
        '德' => '徳',
        '曻' => '昇',
        '國' => '国',
        '會' => '会',
        '廣' => '広',
        '瀨' => '瀬',
        '眞' => '真',
        '惠' => '恵',
        other => other,
    }
}

fn to_katakana(c: char) -> char {
    match c {
        'ぁ'..='ゖ' | 'ゝ' | 'ゞ' => char::from_u32(c as u32 + 0x60).unwrap_or(c),
        other => other,
    }
}

/// A reading: full-width katakana.
pub fn kana(value: &str) -> String {
    // わ and a voicing mark stay two characters, ワ and one are one.
    text(value).chars().map(to_katakana).nfkc().collect()
}

/// Whether a cell holds what a spreadsheet program makes of a long number when it saves it as text: `1.01E+12`. Its digits are
/// lost. A sign is needed, or a fraction: `1E5` may be a code, and so may `12E-3`.
pub fn is_power_of_ten(value: &str) -> bool {
    // Asked of each cell of a list: most have no such letter.
    if value.len() > 64 || !value.contains(['e', 'E', 'ｅ', 'Ｅ']) {
        return false;
    }
    let plain = text(value).to_ascii_lowercase();
    let plain = plain
        .trim_start_matches(['\'', '+', '-', '"', '='])
        .trim_end_matches('"');
    let Some((digits, power)) = plain.split_once('e') else {
        return false;
    };
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let whole = all_digits(digits);
    let fraction = digits
        .split_once(['.', ','])
        .is_some_and(|(a, b)| all_digits(a) && all_digits(b));
    let plus = power.strip_prefix('+');
    let bare = plus.or(power.strip_prefix('-')).unwrap_or(power);
    (fraction || (whole && plus.is_some())) && all_digits(bare) && bare.len() <= 3
}

/// Whether a cell says "the same as above": 〃, 同上, ditto …
pub fn is_ditto(value: &str) -> bool {
    const SIGNS: &str = "〃々″〝〞\"”“„＂↑⇑⬆⇧";
    let bare =
        value.trim_matches(|c: char| c.is_whitespace() || is_invisible(c) || "-－ー―─()（）「」。.・:：".contains(c));
    // Asked of each cell of a list: most begin with another letter.
    let begins = |c: char| SIGNS.contains(c) || "'’‘′´｀`＇同仝上前にとdDiIsSaAｄＤｓＳ".contains(c);
    if bare.len() > 64 || !bare.starts_with(begins) || bare.contains('@') {
        return false;
    }
    // Two apostrophes, or what a keyboard has for them.
    let twice = bare.chars().count() == 2 && bare.chars().all(|c| "'’‘′´｀`＇".contains(c));
    if twice || bare.chars().all(|c| SIGNS.contains(c)) {
        return true;
    }
    // "do" alone may be a name; with a full stop it is the old abbreviation.
    if text(value).eq_ignore_ascii_case("do.") {
        return true;
    }
    let lower = text(bare).to_lowercase();
    let words = lower.trim_start_matches(|c: char| SIGNS.contains(c) || c == ' ');
    matches!(
        words,
        "同上"
            | "仝"
            | "仝上"
            | "同"
            | "同じ"
            | "同前"
            | "上同"
            | "上に同じ"
            | "上と同じ"
            | "に同じ"
            | "と同じ"
            | "上記に同じ"
            | "上記と同じ"
            | "上記同様"
            | "上記同じ"
            | "前行に同じ"
            | "前行と同じ"
            | "上段に同じ"
            | "上段と同じ"
            | "上の行と同じ"
            | "ditto"
            | "dito"
            | "ibid"
            | "idem"
            | "same"
            | "same as above"
            | "as above"
            | "see above"
    )
}

/// Whether a cell begins with "the same as above" and goes on ("〃 大阪支店"), or holds a sign that may mean so (ゝ, ↓): what it
/// means, a person must say. Asked of cells that [`is_ditto`] doesn't know.
pub fn begins_with_ditto(value: &str) -> bool {
    let bare = value.trim_start_matches(|c: char| c.is_whitespace() || is_invisible(c) || "(（「".contains(c));
    if !bare.starts_with(|c: char| "〃々″〝〞仝↑⇑⬆⇧\"”“„＂'’＇同上dDｄＤゝゞヽヾ↓⇓⬇⇩".contains(c))
    {
        return false;
    }
    let apart = |rest: &str| rest.starts_with(|c: char| c.is_whitespace() || "(（「・-－/／".contains(c));
    let lower = text(bare).to_lowercase();
    let sign_alone = !bare.trim().is_empty() && bare.trim().chars().all(|c| "ゝゞヽヾ↓⇓⬇⇩".contains(c));
    sign_alone
        || bare.starts_with(['〃', '々', '″', '〝', '〞', '仝', '↑', '⇑', '⬆', '⇧', 'ゝ', 'ヽ'])
        // "同上商会株式会社" is a whole name.
        || (["同上", "上に同じ", "上と同じ"].iter().any(|word| lower.starts_with(word))
            && !["会社", "(株)", "(有)", "㈱", "㈲"].iter().any(|word| lower.contains(word)))
        // These may begin a name: only before a space or a bracket.
        || ["同", "\"", "”", "“", "„", "＂", "''", "’’", "＇＇", "ditto", "Ditto", "DITTO"]
            .iter()
            .any(|word| bare.strip_prefix(word).is_some_and(apart))
        || lower.strip_prefix("do.").is_some_and(apart)
}

/// A company code as text. Undoes what spreadsheets do to codes: `="00123"`, `'00123`, `123.0`, `12,345`. Leading zeros stay.
pub fn code(value: &str) -> String {
    let plain = text(value);
    let mut bare = plain.trim_start_matches('\'').trim();
    while let Some(inner) = bare.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')) {
        bare = inner.trim_start_matches('\'').trim();
    }
    let grouped = is_grouped(bare).then(|| bare.replace(',', ""));
    let bare = grouped.as_deref().unwrap_or(bare);
    match bare.split_once('.') {
        Some((whole, zeros))
            if !whole.is_empty()
                && whole.bytes().all(|b| b.is_ascii_digit())
                && !zeros.is_empty()
                && zeros.bytes().all(|b| b == b'0') =>
        {
            whole.to_owned()
        }
        _ => bare.to_owned(),
    }
}

/// Whether a number is grouped by thousands: "12,345". With a zero in front it is a code of its own kind: "001,234".
fn is_grouped(number: &str) -> bool {
    let mut groups = number.split(',');
    let digits = |group: &str| group.bytes().all(|b| b.is_ascii_digit());
    let first = groups.next().unwrap_or_default();
    (1..=3).contains(&first.len())
        && digits(first)
        && !first.starts_with('0')
        && number.contains(',')
        && groups.all(|group| group.len() == 3 && digits(group))
}

/// The key by which a code is known again: letter case does not count, leading zeros do.
pub fn code_key(code: &str) -> String {
    text(&text(code).to_lowercase())
}

/// A telephone number in ASCII with its own grouping; `None` when the cell says that there is none.
pub fn phone(value: &str) -> Option<String> {
    let plain = text(value);
    let bare = plain.trim_start_matches('\'');
    let bare = bare
        .strip_prefix("=\"")
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(bare);
    if is_nothing(bare) {
        return None;
    }
    let lower = bare.to_lowercase();
    let label = ["telephone", "phone", "tel", "電話番号", "電話", "代表"]
        .iter()
        .find(|label| lower.starts_with(**label));
    let rest = label.and_then(|label| bare.get(label.len()..)).unwrap_or(bare);
    let rest = rest.trim_start_matches([':', '.', ' ']);
    // Between digits, all these are somebody's hyphen; inside a word (内線, ヘルプデスクー) the bar is a letter.
    let mut number = String::new();
    for c in rest.chars() {
        match c {
            '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => number.push('-'),
            'ー' | 'ｰ' | '─' | '━' if number.ends_with(|c: char| c.is_ascii_digit() || c == ')') => {
                number.push('-')
            }
            other => number.push(other),
        }
    }
    Some(number)
}

/// A tier from 1: "1", "1次", "一次取引先", "Tier 2", "T3", "第2階層", "直接".
pub fn tier(value: &str) -> Option<i64> {
    let plain = text(value).to_lowercase();
    match plain.as_str() {
        "直接" | "直接取引" | "direct" => return Some(1),
        "間接" | "間接取引" | "indirect" => return Some(2),
        _ => {}
    }
    let mut rest = plain.as_str();
    for prefix in ["第", "tier", "ティア", "level", "レベル", "階層", "t"] {
        if let Some(stripped) = rest.strip_prefix(prefix) {
            rest = stripped.trim_start_matches(['-', '.', ':', '_', ' ']);
            break;
        }
    }
    for suffix in [
        "取引先",
        "仕入先",
        "サプライヤー",
        "サプライヤ",
        "階層",
        "下請",
        "次請",
        "先",
        "次",
        "層",
        "th tier",
        "st tier",
        "nd tier",
        "rd tier",
        "st",
        "nd",
        "rd",
        "th",
        "tier",
        ".0",
    ] {
        rest = rest.strip_suffix(suffix).unwrap_or(rest).trim_end_matches(['-', ' ']);
    }
    let number = match rest {
        "一" | "壱" | "first" | "i" => 1,
        "二" | "弐" | "second" | "ii" => 2,
        "三" | "参" | "third" | "iii" => 3,
        "四" | "iv" => 4,
        "五" | "v" => 5,
        digits => digits.parse().ok()?,
    };
    (1..=9).contains(&number).then_some(number)
}

/// A grade: "A", "Aランク", "高", "High", "最重要".
pub fn criticality(value: &str) -> Option<Criticality> {
    let plain = text(value).to_lowercase();
    let bare = [
        "ランク",
        "重要度",
        "rank",
        "grade",
        "class",
        "クラス",
        "級",
        "評価",
        ":",
        "-",
        "(",
        ")",
    ]
    .iter()
    .fold(plain, |left, noise| left.replace(noise, ""));
    match bare.trim() {
        "a" | "高" | "高い" | "大" | "high" | "h" | "critical" | "最重要" | "重要" | "very high" | "a高" | "高a" => {
            Some(Criticality::A)
        }
        "b" | "中" | "中程度" | "medium" | "mid" | "middle" | "m" | "moderate" | "normal" | "普通" | "標準" | "b中"
        | "中b" => Some(Criticality::B),
        "c" | "低" | "低い" | "小" | "low" | "l" | "minor" | "軽微" | "c低" | "低c" => Some(Criticality::C),
        _ => None,
    }
}

/// What a company is: 取引先, 仕入先, 協力会社, supplier … or グループ会社, 子会社, subsidiary …
pub fn kind(value: &str) -> Option<Kind> {
    let plain = text(value).to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| plain.contains(word));
    if has(&[
        "グループ",
        "子会社",
        "関係会社",
        "関連会社",
        "関連企業",
        "連結",
        "group",
        "subsidiar",
        "affiliat",
        "海外拠点",
    ]) {
        return Some(Kind::Group);
    }
    let supplier = has(&[
        "取引",
        "仕入",
        "協力",
        "外注",
        "委託",
        "調達",
        "サプライ",
        "ベンダ",
        "購買",
        "納入",
        "supplier",
        "vendor",
        "partner",
        "contractor",
        "business partner",
    ]);
    supplier.then_some(Kind::Supplier)
}

/// A language by its ISO 639-1 code, from names and codes in Japanese and English.
pub fn language(value: &str) -> Option<String> {
    let plain = text(value).to_lowercase();
    let first = plain.split(['-', '_', '/', '(', ',', ' ']).next().unwrap_or_default();
    let code = match if first.is_empty() { plain.as_str() } else { first } {
        "ja" | "jp" | "jpn" | "jap" | "japanese" | "日本語" | "日" | "日文" | "和文" | "日本" | "邦文" => {
            "ja"
        }
        "en" | "eng" | "english" | "英語" | "英" | "英文" => "en",
        "zh" | "cn" | "chi" | "zho" | "chinese" | "中国語" | "中文" | "中" => "zh",
        "ko" | "kr" | "kor" | "korean" | "韓国語" => "ko",
        "th" | "tha" | "thai" | "タイ語" => "th",
        "vi" | "vn" | "vie" | "vietnamese" | "ベトナム語" => "vi",
        "id" | "ind" | "indonesian" | "インドネシア語" => "id",
        "de" | "deu" | "ger" | "german" | "ドイツ語" => "de",
        "fr" | "fra" | "fre" | "french" | "フランス語" => "fr",
        "es" | "spa" | "spanish" | "スペイン語" => "es",
        "pt" | "por" | "portuguese" | "ポルトガル語" => "pt",
        _ => return None,
    };
    Some(code.to_owned())
}

/// A contact's part.
pub fn role(value: &str) -> Option<Role> {
    let plain = text(value).to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| plain.contains(word));
    if has(&[
        "役員",
        "経営",
        "社長",
        "取締役",
        "責任者",
        "代表",
        "executive",
        "director",
        "president",
        "ceo",
        "ciso",
        "cio",
        "officer",
        "管理職",
    ]) {
        Some(Role::Executive)
    } else if has(&[
        "副",
        "代理",
        "予備",
        "補佐",
        "サブ",
        "従",
        "第二",
        "2",
        "backup",
        "secondary",
        "deputy",
        "alternate",
        "substitute",
    ]) {
        Some(Role::Backup)
    } else if has(&[
        "主",
        "正",
        "メイン",
        "第一",
        "1",
        "窓口",
        "担当",
        "primary",
        "main",
        "contact",
    ]) {
        Some(Role::Primary)
    } else {
        None
    }
}

/// Whether a company is a small one.
pub fn small(value: &str) -> Option<bool> {
    match text(value).to_lowercase().as_str() {
        "○" | "〇" | "◯" | "●" | "◎" | "✓" | "✔" | "☑" | "レ" | "はい" | "有" | "あり" | "該当" | "中小"
        | "中小企業" | "小規模" | "小規模企業" | "小規模事業者" | "小" | "yes" | "y" | "true" | "1" | "1.0" | "x"
        | "sme" | "small" => Some(true),
        "×" | "✕" | "✗" | "☐" | "いいえ" | "非該当" | "大企業" | "大" | "大手" | "無" | "なし" | "no" | "n"
        | "false" | "0" | "0.0" | "large" | "中堅企業" | "中堅" => Some(false),
        _ => None,
    }
}

/// Whether a name is written in Japanese. Kana settles it; kanji alone may be Chinese, so it asks for a Japanese form.
pub fn looks_japanese(name: &str) -> bool {
    let plain = written_out(name);
    plain.chars().any(|c| matches!(c, 'ぁ'..='ヺ'))
        || [
            "株式会社",
            "有限会社",
            "合同会社",
            "合資会社",
            "合名会社",
            "法人",
            "組合",
        ]
        .iter()
        .any(|form| plain.contains(form))
}
