//! A company's name and where it is, as a formal letter has them.

use super::import::normalise::{FORMS, text};
use super::store::Company;

/// The name as it stands in a letter: abbreviated legal forms are written out (㈱, (株), ㍿ → 株式会社), where they stand and without
/// a space between. The rest stays as it was typed. An abbreviation that several forms share, such as (社), stays as it is: a
/// wrong form would be worse than a short one.
pub fn formal_name(name: &str) -> String {
    let mut out = name.to_owned();
    // Signs of one place first, so that ㈱ is found as (株).
    for c in name.chars().filter(|c| matches!(c, '㈰'..='㉃' | '㍻'..='㍿')) {
        out = out.replace(c, &text(&c.to_string()));
    }
    for (open, close) in [('（', '）'), ('〔', '〕'), ('［', '］'), ('[', ']'), ('(', ')')] {
        for (notation, form, sure) in FORMS.iter().filter(|(notation, ..)| notation.starts_with('(')) {
            let inner = notation.trim_matches(['(', ')']);
            let written = format!("{open}{inner}{close}");
            if *sure && out.contains(&written) {
                out = written_out(&out, &written, form);
            }
        }
    }
    // The sign ㍿ stands for the whole form.
    out
}

fn written_out(name: &str, notation: &str, form: &str) -> String {
    let parts: Vec<&str> = name.split(notation).collect();
    let last = parts.len() - 1;
    let space = |c: char| c.is_whitespace();
    let parts = parts.into_iter().enumerate().map(|(index, part)| {
        // At the front the form belongs to what follows, elsewhere to what stands before it.
        let part = if index > 0 && (index < last || !part.is_empty()) && name.starts_with(notation) {
            part.trim_start_matches(space)
        } else {
            part
        };
        if index < last {
            part.trim_end_matches(space)
        } else {
            part
        }
    });
    parts.collect::<Vec<_>>().join(form)
}

impl Company {
    /// The lines of an address on an envelope, above the company's name in Japanese and below it elsewhere; none where nobody
    /// said where it is.
    pub fn postal_lines(&self, language: &str) -> Vec<String> {
        let japanese = language == "ja";
        let code = match self.postal_code.is_empty() {
            true => String::new(),
            false if japanese => format!("〒{}", self.postal_code),
            false => self.postal_code.clone(),
        };
        let mut lines = vec![code, self.address.clone()];
        if !japanese {
            lines.reverse();
        }
        // A code alone leads nowhere.
        if self.address.is_empty() {
            return Vec::new();
        }
        lines.retain(|line| !line.is_empty());
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l7_a_formal_letter_writes_the_legal_form_out() {
        for (typed, formal) in [
            ("㈱青木工業", "株式会社青木工業"),
            ("青木工業㈱", "青木工業株式会社"),
            ("（株）青木工業", "株式会社青木工業"),
            ("(株) 青木工業", "株式会社青木工業"),
            ("青木工業 （株）", "青木工業株式会社"),
            ("青木工業(株) 大阪支店", "青木工業株式会社 大阪支店"),
            ("㍿青木工業", "株式会社青木工業"),
            ("㈲加藤商店", "有限会社加藤商店"),
            ("加藤商店（有）", "加藤商店有限会社"),
            ("（同）みらい", "合同会社みらい"),
            ("㈾やまと", "合資会社やまと"),
            ("㈴はりま", "合名会社はりま"),
            ("（一社）安全協会", "一般社団法人安全協会"),
            ("(公財)技術財団", "公益財団法人技術財団"),
            ("(特非)つなぐ", "特定非営利活動法人つなぐ"),
            ("㈻みなと学園", "学校法人みなと学園"),
            // Several forms share these.
            ("(社)安全協会", "(社)安全協会"),
            ("(財)技術財団", "(財)技術財団"),
            ("(協)西部", "(協)西部"),
            // Already formal, or no abbreviation at all.
            ("株式会社 青木工業", "株式会社 青木工業"),
            ("株式會社北條", "株式會社北條"),
            ("ABC (Thailand) Co., Ltd.", "ABC (Thailand) Co., Ltd."),
            ("ＡＢＣ工業（名古屋）", "ＡＢＣ工業（名古屋）"),
            ("", ""),
        ] {
            assert_eq!(formal_name(typed), formal, "{typed}");
            assert_eq!(formal_name(formal), formal, "{formal} again");
        }
    }
}
