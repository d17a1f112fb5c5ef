//! Every kind of mistake an author can make, and what they are told.

use super::load::assemble;
use super::tests::{edit, tree};

/// What is found wrong after one edit, as lines.
fn wrong(file: &str, from: &str, to: &str) -> String {
    let mut tree = tree("content");
    edit(&mut tree, file, from, to);
    assemble(tree, None, &["ja", "en"], Vec::new()).unwrap_err().to_string()
}

#[test]
fn every_kind_of_mistake_is_told_where_it_is() {
    let cases = [
        (
            "checklists/check/checklist.toml",
            "section = \"one\"",
            "sektion = \"one\"",
            &[
                "content/checklists/check/checklist.toml: questions[remote].sektion: The key `sektion` is not known here; did you mean `section`?",
                "questions[remote].section: The key is missing",
            ][..],
        ),
        (
            "checklists/check/checklist.toml",
            "\"yes-no\"",
            "\"yesno\"",
            &["questions[remote].kind: `yesno` is not known here; did you mean `yes-no`?"],
        ),
        (
            "checklists/check/checklist.toml",
            "version = 2",
            "version = 0",
            &["version: Versions are counted from 1"],
        ),
        (
            "checklists/check/checklist.toml",
            "version = 2",
            "version = \"2\"",
            &["version: A text can't stand here; write 1."],
        ),
        (
            "checklists/check/checklist.toml",
            "id = \"often\"",
            "id = \"remote\"",
            &["questions[remote]: The id `remote` stands here twice"],
        ),
        (
            "checklists/check/checklist.toml",
            "id = \"often\"",
            "id = \"Often\"",
            &["questions[Often].id: `Often` can't be an id"],
        ),
        (
            "checklists/check/checklist.toml",
            "id = \"check\"",
            "id = \"cheque\"",
            &["id: The id `cheque` differs from the name of the folder, `check`"],
        ),
        (
            "checklists/check/checklist.toml",
            "[\"authentication\"]",
            "[\"authentification\"]",
            &[
                "questions[remote].measures: The advisory `alert` has no measure `authentification`; did you mean `authentication`?",
            ],
        ),
        (
            "checklists/check/checklist.toml",
            "advisory = \"alert\"",
            "advisory = \"allert\"",
            &["advisory: There is no (sound) advisory `allert`; did you mean `alert`?"],
        ),
        (
            "checklists/check/checklist.toml",
            "advisory = \"alert\"",
            "",
            &["questions[remote].measures: The checklist names no advisory"],
        ),
        (
            "checklists/check/checklist.toml",
            "question = \"remote\"",
            "question = \"count\"",
            &["questions[often].when.question: No earlier question is called `count`"],
        ),
        (
            "checklists/check/checklist.toml",
            "[\"yes\", \"partly\"]",
            "[\"yes\", \"part\"]",
            &["questions[often].when.answers: `remote` can't be answered with `part`; did you mean `partly`?"],
        ),
        (
            "checklists/check/checklist.toml",
            "min = 0\nmax = 10",
            "when = { question = \"often\", answers = [\"monthly\"] }",
            &["questions[count].when.answers: `often` can't be answered with `monthly`"],
        ),
        (
            "checklists/check/checklist.toml",
            "min = 0",
            "min = 11",
            &["questions[count].min: The least number"],
        ),
        (
            "checklists/check/checklist.toml",
            "required = true",
            "min = 1\nchoices = [\"a\"]",
            &["questions[remote].min: Only", "questions[remote].choices: Only"],
        ),
        (
            "checklists/check/checklist.toml",
            "min = 0\nmax = 10",
            "max = \"tomorrow\"",
            &["questions[count].max: `tomorrow` is no bound; write a number, \"today\", or a date"],
        ),
        (
            "checklists/check/checklist.toml",
            "min = 0\nmax = 10",
            "max = \"today\"",
            &["questions[count].max: A question of kind number is bounded by a number"],
        ),
        (
            "checklists/check/checklist.toml",
            "kind = \"number\"\nmin = 0\nmax = 10",
            "kind = \"date\"\nmin = \"2026-01-05\"\nmax = \"2026-01-04\"",
            &["questions[count].min: The first day is later than the last"],
        ),
        (
            "checklists/check/checklist.toml",
            "kind = \"number\"\nmin = 0\nmax = 10",
            "kind = \"date\"\nmax = 10",
            &["questions[count].max: A question of kind date is bounded by a day"],
        ),
        (
            "checklists/check/checklist.toml",
            "min = 0\nmax = 10",
            "max = -1",
            &["questions[count].min: The least number"],
        ),
        (
            "checklists/check/checklist.toml",
            "section = \"two\"",
            "section = \"three\"",
            &["questions[often].section: There is no section `three`"],
        ),
        (
            "checklists/check/checklist.toml",
            "section = \"one\"",
            "section = \"two\"",
            &["sections[one]: No question stands in this section"],
        ),
        (
            "checklists/check/checklist.toml",
            "sections = [\"one\", \"two\"]",
            "sections = [\"two\", \"one\"]",
            &["questions[often].section: The question stands after one of a later section"],
        ),
        (
            "checklists/check/ja.toml",
            "text = \"T?\"",
            "text = \" \"",
            &["ja.toml: questions.remote.text: The text is empty"],
        ),
        (
            "checklists/check/ja.toml",
            "if_no = [\"a\", \"b\"]",
            "",
            &["ja.toml: questions.remote.if_no: The text is missing"],
        ),
        (
            "checklists/check/ja.toml",
            "answers = { yes = \"y\", partly = \"p\" }",
            "answers = { partly = \"p\", no = \"n\" }",
            &[
                "ja.toml: questions.remote.answers.yes: The text is missing",
                "en.toml: questions.remote.answers.no: The text stands in ja.toml and not here",
            ],
        ),
        (
            "checklists/check/ja.toml",
            ", weekly = \"w\"",
            ", weakly = \"w\"",
            &[
                "questions.often.choices.weakly: There is no choice `weakly` in the neutral file; did you mean `weekly`?",
                "questions.often.choices.weekly: The text of the choice `weekly` is missing",
            ],
        ),
        (
            "checklists/check/ja.toml",
            "[questions.count]",
            "who = \"W\"\n[questions.counts]",
            &[
                "questions.counts: There is no question",
                "questions.count: The text of the question `count` is missing",
                "en.toml: questions.often.who: The text stands in ja.toml",
            ],
        ),
        (
            "checklists/check/ja.toml",
            "title = \"T\"",
            "title = \"T",
            &["ja.toml: Line 2 is not TOML"],
        ),
        (
            "advisories/alert/en.toml",
            "patches = {",
            "patch = {",
            &[
                "en.toml: measures.patch: There is no measure `patch`",
                "en.toml: measures.patches: The text",
            ],
        ),
        (
            "advisories/alert/advisory.toml",
            "https://example.org/a",
            "javascript:alert(1)",
            &["sources[page].url: `javascript:alert(1)` is not the address"],
        ),
        (
            "advisories/alert/advisory.toml",
            "\"2022-03-24\"",
            "2022-03-24",
            &["published: A date without quotation marks can't stand here; write \"2022-03-24\"."],
        ),
        (
            "letters/ask/ja.toml",
            "{company}",
            "{firma}",
            &["ja.toml: salutation: The placeholder {firma} is not known"],
        ),
        (
            "letters/ask/ja.toml",
            "{company}",
            "{copmany}",
            &["did you mean `company`?"],
        ),
        (
            "letters/ask/ja.toml",
            "{company}",
            "company}",
            &["salutation: A single } stands here"],
        ),
        (
            "letters/ask/ja.toml",
            "{company}",
            "｛company｝",
            &["salutation: A full-width brace"],
        ),
        (
            "letters/ask/ja.toml",
            "\"{code}\"",
            "\"none\"",
            &["ja.toml: record: The record must tell {code}; add a line with value = \"{code}\"."],
        ),
        (
            "letters/ask/ja.toml",
            "{sender} {number}",
            "{link}",
            &["mail_subject: The link and the code are secret"],
        ),
        (
            "letters/ask/letter.toml",
            "supplier",
            "suppliers",
            &["audience: `suppliers` is not known here; did you mean `supplier`?"],
        ),
        (
            "letters/ask/letter.toml",
            "[\"self-check\"]",
            "[\"selfcheck\"]",
            &["asks[1]: `selfcheck` is not known here; did you mean `self-check`?"],
        ),
        (
            "letters/ask/letter.toml",
            "[\"self-check\"]",
            "[\"self-check\", \"acknowledge\"]",
            &["may_ask: `acknowledge` stands in `asks` already; remove it here."],
        ),
        (
            "letters/ask/letter.toml",
            "[\"self-check\"]",
            "[\"read\"]",
            &["asks: `read` means that nothing is to be done, so it stands alone"],
        ),
        (
            "letters/ask/letter.toml",
            "asks = [\"self-check\"]\n",
            "",
            &["asks: The key is missing beside `may_ask`"],
        ),
        (
            "letters/ask/ja.toml",
            "when = \"acknowledge\"",
            "when = \"self-check\"",
            &[
                "ja.toml: paragraphs[3].when: letter.toml doesn't say may_ask = [\"self-check\"]; add it there.",
                "ja.toml: paragraphs: No passage asks `acknowledge`; add { when = \"acknowledge\"",
            ],
        ),
        (
            "letters/ask/ja.toml",
            "when = \"acknowledge\"",
            "wenn = \"acknowledge\"",
            &["paragraphs[3].wenn: The key `wenn` is not known here; did you mean `when`?"],
        ),
    ];
    for (file, from, to, expected) in cases {
        let told = wrong(file, from, to);
        for line in expected {
            assert!(told.contains(line), "\n{from} -> {to}\nexpected: {line}\ntold:\n{told}");
        }
    }
}
