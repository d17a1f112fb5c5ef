//! What a column holds, by its header: in Japanese or English, under many names, in any order.

use super::normalise::text;

/// What a column of a directory file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Column {
    Code,
    Name,
    Kana,
    Country,
    Kind,
    Items,
    Tier,
    Criticality,
    Parent,
    Small,
    CorporateNumber,
    PostalCode,
    /// One or several columns, such as the town and the building.
    Address,
    ContactName,
    Department,
    Mail,
    Phone,
    Language,
    Role,
    /// Recognised as something that the directory does not keep.
    Ignored,
}

impl Column {
    pub const ALL: &'static [Self] = &[
        Self::Code,
        Self::Name,
        Self::Kana,
        Self::Country,
        Self::Kind,
        Self::Items,
        Self::Tier,
        Self::Criticality,
        Self::Parent,
        Self::Small,
        Self::CorporateNumber,
        Self::PostalCode,
        Self::Address,
        Self::ContactName,
        Self::Department,
        Self::Mail,
        Self::Phone,
        Self::Language,
        Self::Role,
        Self::Ignored,
    ];

    /// The stable name for forms, JSON and messages.
    pub fn key(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Name => "name",
            Self::Kana => "kana",
            Self::Country => "country",
            Self::Kind => "kind",
            Self::Items => "items",
            Self::Tier => "tier",
            Self::Criticality => "criticality",
            Self::Parent => "parent",
            Self::Small => "small",
            Self::CorporateNumber => "corporate-number",
            Self::PostalCode => "postal-code",
            Self::Address => "address",
            Self::ContactName => "contact-name",
            Self::Department => "department",
            Self::Mail => "mail",
            Self::Phone => "phone",
            Self::Language => "language",
            Self::Role => "role",
            Self::Ignored => "ignored",
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|column| column.key() == key)
    }

    /// Whether several columns of a file may hold it, for a second and third contact in one row, or the parts of an address.
    pub fn repeats(self) -> bool {
        matches!(
            self,
            Self::ContactName | Self::Department | Self::Mail | Self::Phone | Self::Role | Self::Address
        )
    }

    /// Whether it is about the company rather than one of its contacts.
    pub fn is_of_company(self) -> bool {
        self < Self::ContactName
    }
}

/// How sure a header is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sureness {
    /// Only if nothing better claims the column ("No." for a code, "Name" for a company's name).
    Weak = 1,
    /// A known word is part of the header.
    Part = 2,
    /// The header is a known word.
    Exact = 3,
}

/// Headers in the form that [`bare`] gives them, between spaces.
const EXACT: &[(Column, &str)] = &[
    (
        Column::Code,
        "取引先コード 取引先cd 取引先番号 取引先no 取引先id 仕入先コード 仕入先cd 仕入先番号 会社コード
         会社cd 会社番号 企業コード 企業cd 企業番号 業者コード 業者番号 業者cd コード cd code コード番号
         グループ会社コード サプライヤーコード サプライヤコード ベンダーコード ベンダコード 顧客コード
         得意先コード companycode companyid companyno suppliercode supplierid supplierno suppliernumber
         vendorcode vendorid vendorno vendornumber partnercode partnerid bpcode entitycode accountcode
         sapcode",
    ),
    (
        Column::Name,
        "会社名 会社名称 社名 企業名 企業名称 取引先名 取引先名称 取引先 取引先会社名 取引先企業名
         仕入先名 仕入先名称 仕入先 業者名 会社 企業 法人名 法人名称 貴社名 御社名 グループ会社名
         グループ会社 関係会社名 子会社名 サプライヤー名 サプライヤ名 サプライヤー ベンダー名 ベンダ名
         ベンダー 商号 屋号 事業者名 会社名漢字 得意先名 協力会社名 company companyname nameofcompany
         supplier suppliername vendor vendorname partner partnername corporatename legalname legalentity
         legalentityname entity entityname organization organisation organizationname organisationname
         subsidiary subsidiaryname groupcompany groupcompanyname firm firmname businessname
         businesspartner",
    ),
    (
        Column::Kana,
        "会社名カナ 会社名かな 会社名フリガナ 会社名ふりがな カナ かな フリガナ ふりがな ヨミガナ
         よみがな カナ名 カナ名称 カナ会社名 社名カナ 社名フリガナ 企業名カナ 企業名フリガナ 取引先名カナ
         取引先カナ 取引先名フリガナ 仕入先名カナ 仕入先カナ 名称カナ 読み 読み仮名 読みがな よみ
         フリガナ会社名 kana namekana companynamekana katakana reading phonetic furigana",
    ),
    (
        Column::Country,
        "国 国名 国コード 所在国 国地域 所在国地域 国別 本社所在国 country countryregion countryname
         countrycode nation locationcountry countryofregistration ctry",
    ),
    (
        Column::Kind,
        "区分 会社区分 企業区分 取引区分 取引先区分 種別 種類 会社種別 取引先種別 分類 会社分類 関係
         資本関係 属性 タイプ kind type category companytype relationship relation classification
         companycategory class suppliertype vendortype partnertype entitytype",
    ),
    (
        Column::Items,
        "品目 取扱品目 納入品目 供給品目 品名 部品 部品名 製品 製品名 商品 商品名 取扱商品 取扱製品
         購入品目 主要品目 主な品目 取引内容 業務内容 委託内容 委託業務 事業内容 購買品目 調達品目 item
         items product products goods parts part commodity commodities material materials itemssupplied
         supplieditems suppliesitems services service productsservices goodsservices partssupplied
         supplies",
    ),
    (
        Column::Tier,
        "階層 層 ティア ティアー 次数 取引階層 サプライチェーン階層 取引次数 tier tierlevel suppliertier
         level tierno",
    ),
    (
        Column::Criticality,
        "重要度 重要性 重要度ランク 重要ランク ランク 取引先ランク 優先度 クリティカル度 影響度 重要区分
         重要度区分 評価ランク criticality criticalitylevel importance rank priority grade
         criticalityrank criticalityac risklevel riskrank severity abc",
    ),
    (
        Column::Parent,
        "親会社 親会社名 親企業 親会社コード 上位会社 主要株主 parent parentcompany parentcompanyname
         parententity parentname holdingcompany ultimateparent 上位取引先 上位企業",
    ),
    (
        Column::Small,
        "中小企業 中小 小規模 小規模企業 小規模事業者 中小企業区分 中小企業該当 中小企業か 企業規模
         会社規模 規模 sme small smallcompany smallbusiness smallormediumenterprise companysize size
         issme smallmedium",
    ),
    (
        Column::CorporateNumber,
        "法人番号 法人番号13桁 国税庁法人番号 法人no corporatenumber corporateno corporateid japancorporatenumber
         houjinbangou hojinbango",
    ),
    (
        Column::PostalCode,
        "郵便番号 郵便 郵便no 郵便番号本社 本社郵便番号 zip zipcode postalcode postcode zippostalcode postal",
    ),
    (
        Column::Address,
        "住所 所在地 本社所在地 本社住所 会社住所 会社所在地 企業住所 所在地住所 登記住所 本店所在地 所在場所 都道府県 市区町村 番地
         町名番地 丁目番地 建物名 ビル名 建物 住所1 住所2 住所3 address postaladdress streetaddress mailingaddress companyaddress
         street headofficeaddress registeredaddress addressline city prefecture state province",
    ),
    (
        Column::ContactName,
        "担当者名 担当者 担当者氏名 ご担当者 ご担当者名 ご担当者様 ご担当者氏名 御担当者名 担当 担当窓口
         窓口担当者 窓口担当者名 窓口 氏名 お名前 名前 連絡先氏名 連絡先担当者 連絡先名 連絡担当者
         責任者名 責任者 責任者氏名 セキュリティ担当者 セキュリティ担当者名 情報セキュリティ担当者
         contact contactname contactperson personincharge pic picname representative attention attn
         contactpersonname nameofcontact fullname personname person primarycontact primarycontactname
         maincontact securitycontact responsibleperson contactfullname 人名",
    ),
    (
        Column::Department,
        "部署 部署名 所属 所属部署 所属部門 部門 部門名 部課 部課名 担当部署 担当部門 課 部 所属部署名
         ご所属 所属名 窓口部署 部署役職 department departmentname dept deptname division section team
         office unit businessunit function contactdepartment org",
    ),
    (
        Column::Mail,
        "メールアドレス メール eメール eメールアドレス 電子メール 電子メールアドレス メアド mail
         mailaddress email emailaddress emailid emails 担当者メールアドレス 担当者メール
         連絡先メールアドレス 連絡先メール 連絡用メールアドレス アドレス contactemail contactemailaddress
         emailcontact contactmail workemail businessemail ご担当者メールアドレス",
    ),
    (
        Column::Phone,
        "電話番号 電話 tel telno telephone telephonenumber phone phoneno phonenumber 連絡先電話番号
         連絡先電話 担当者電話番号 お電話番号 代表電話 代表電話番号 携帯 携帯電話 携帯番号 携帯電話番号
         直通 内線 mobile mobileno mobilenumber mobilephone cell cellphone contactphone contactnumber
         contactno ph telnumber 電話no",
    ),
    (
        Column::Language,
        "言語 使用言語 連絡言語 対応言語 希望言語 言語コード 表示言語 language lang preferredlanguage
         languagecode locale correspondencelanguage contactlanguage communicationlanguage",
    ),
    (
        Column::Role,
        "役割 担当区分 担当者区分 窓口区分 連絡先区分 正副 正副区分 主副 role contacttype contactrole
         rolecontact contactclass primarybackup",
    ),
    (
        Column::Ignored,
        "担当者カナ 担当者名カナ 担当者フリガナ 担当者名フリガナ 氏名カナ 氏名フリガナ お名前フリガナ fax
         fax番号 faxno faxnumber ファックス ファクス 備考 メモ 注記 摘要 コメント remarks remark notes note
         comment comments memo 取引開始日 開始日 登録日 更新日 最終更新日 契約日 設立 設立日 startdate
         date since updated created registered 取引額 年間取引額 取引金額 金額 購入額 amount spend
         annualspend 売上 売上高 資本金 従業員数 社員数 employees headcount capital revenue url website
         web ホームページ hp 役職 役職名 肩書 title jobtitle position region 地域 代表者 代表者名 代表取締役 ceo バイヤー 購買担当 購買担当者 社内担当
         社内担当者 当社担当 当社担当者 自社担当 buyer buyername internalowner owner 取り込めない理由
         取込できない理由 理由 reason エラー error errors 状態 ステータス status 品目コード itemcode
         部署コード deptcode 支払条件 paymentterms 銀行 currency 通貨 timezone 行 行番号 row 項番 連番
         通番 通し番号 seq sno serialno 敬称",
    ),
];

/// Taken only when no surer header claims the same column.
const WEAK: &[(Column, &str)] = &[
    (
        Column::Code,
        "no 番号 id 管理番号 管理no 整理番号 登録番号 number ref reference dunsnumber duns key account",
    ),
    (
        Column::Name,
        "name 名称 正式名称 名 customer account accountname customername 宛先 宛名 相手先 相手先名 支払先
         発注先 委託先 委託先名 購入先 購入先名 調達先 調達先名 請求先 拠点 拠点名 事業所名 site sitename",
    ),
    (Column::ContactName, "連絡先 宛名 名 name 代表者名 代表者"),
    (Column::Phone, "連絡先"),
];

/// Parts of headers, surest first: "担当者電話(直通)" is a phone, "ご担当者様のお名前" a contact's name.
const PARTS: &[(Column, &str)] = &[
    (
        Column::Ignored,
        "fax ファックス ファクス メールマガジン メルマガ 備考 担当者カナ 担当者名カナ
         氏名カナ 担当者フリガナ 担当者名フリガナ 担当者ふりがな 取引額 金額 開始日 更新日 登録日 役職
         当社 社内 自社 buyer バイヤー date ホームページ url",
    ),
    (Column::Mail, "メール email mail メアド"),
    (Column::CorporateNumber, "法人番号 corporatenumber"),
    (Column::PostalCode, "郵便番号 postalcode zipcode postcode"),
    (Column::Address, "住所 所在地 streetaddress"),
    (Column::Phone, "電話 tel phone 携帯 mobile"),
    (Column::Parent, "親会社 parent"),
    (Column::Kana, "カナ フリガナ ふりがな ヨミ よみがな 読み仮名 kana"),
    (Column::Language, "言語 language"),
    (
        Column::Small,
        "中小企業 中小受託事業者 小規模 企業規模 smallcompany sme",
    ),
    (Column::Criticality, "重要度 重要性 criticality importance"),
    (Column::Tier, "階層 ティア tier"),
    (Column::Country, "所在国 国名 国コード country"),
    (Column::Department, "部署 部門 所属 department division"),
    (Column::Role, "正副 役割 contactrole"),
    (
        Column::Code,
        "取引先コード 会社コード 企業コード 仕入先コード suppliercode vendorcode companycode supplierid
         vendorid suppliernumber vendornumber",
    ),
    (
        Column::ContactName,
        "担当者 窓口 氏名 contactperson contactname personincharge",
    ),
    (Column::Items, "品目 取扱 製品 部品 product commodity"),
    (
        Column::Name,
        "会社名 企業名 社名 取引先名 仕入先名 companyname suppliername vendorname legalname entityname",
    ),
    (Column::Kind, "区分 種別 category"),
];

/// A header as the tables above spell it: NFKC, lower case, letters and digits only, without what marks it as required,
/// without a number at its end ("メールアドレス1").
pub(super) fn bare(header: &str) -> String {
    let squeezed = squeeze(header);
    let mut rest = squeezed.as_str();
    for noise in ["必須", "任意", "required", "optional", "入力欄", "欄"] {
        rest = rest
            .strip_suffix(noise)
            .or_else(|| rest.strip_prefix(noise))
            .filter(|left| !left.is_empty())
            .unwrap_or(rest);
    }
    let unnumbered = rest.trim_end_matches(|c: char| c.is_ascii_digit());
    if unnumbered.is_empty() {
        rest.to_owned()
    } else {
        unnumbered.to_owned()
    }
}

fn squeeze(header: &str) -> String {
    text(header)
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect()
}

fn words(list: &'static str) -> std::str::SplitWhitespace<'static> {
    list.split_whitespace()
}

/// The columns that a header may mean, the surest first.
pub(super) fn readings(header: &str) -> Vec<(Column, Sureness)> {
    let squeezed = squeeze(header);
    // The post's own sign, which is no letter.
    if text(header).trim_matches(['(', ')', ' ']) == "〒" {
        return vec![(Column::PostalCode, Sureness::Exact)];
    }
    // A header is a label. A sentence that happens to hold a word is a note, an address is a value.
    if squeezed.is_empty() || squeezed.chars().count() > 40 || text(header).contains('@') {
        return Vec::new();
    }
    // "会社名 (正式名称)", "Tier (1-3)": what stands in brackets explains.
    let plain = text(header);
    let outside = bare(
        plain
            .split(['(', '[', '【', '<', '〔', '※', '*'])
            .find(|part| !part.trim().is_empty())
            .unwrap_or_default(),
    );
    let mut found: Vec<(Column, Sureness)> = Vec::new();
    for spelling in [&squeezed, &bare(header), &outside] {
        for (table, sureness) in [(EXACT, Sureness::Exact), (WEAK, Sureness::Weak)] {
            found.extend(
                table
                    .iter()
                    .filter(|(_, names)| words(names).any(|name| name == spelling))
                    .map(|(column, _)| (*column, sureness)),
            );
        }
    }
    if !found.iter().any(|(_, sureness)| *sureness == Sureness::Exact) {
        let part = PARTS
            .iter()
            .find(|(_, parts)| words(parts).any(|part| squeezed.contains(part)));
        found.extend(part.map(|(column, _)| (*column, Sureness::Part)));
    }
    if !found.is_empty() && is_of_the_past(&plain, &squeezed) {
        return vec![(Column::Ignored, Sureness::Exact)];
    }
    found.sort_by_key(|(_, sureness)| std::cmp::Reverse(*sureness));
    found.dedup();
    found
}

/// Whether a header says that its values are no longer right: "旧メールアドレス", "会社名(旧)", "Old email". A bracket that only mentions
/// old ones, as in "会社名(旧社名)", doesn't say so.
fn is_of_the_past(plain: &str, squeezed: &str) -> bool {
    const BEFORE: [&str; 6] = ["旧", "前", "以前", "変更前", "従前", "過去"];
    let bracketed = plain.split(['(', '[', '【', '<', '〔']).skip(1);
    let bracketed = bracketed.map(|part| part.trim_end_matches([')', ']', '】', '>', '〕', ' ']).trim());
    BEFORE.iter().any(|word| squeezed.starts_with(word))
        || ["旧", "変更前"].iter().any(|word| squeezed.ends_with(word))
        || bracketed.into_iter().any(|part| BEFORE.contains(&part))
        || plain
            .to_lowercase()
            .split(|c: char| !c.is_alphabetic())
            .any(|word| ["old", "former", "formerly", "previous", "prev", "obsolete"].contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_read_back() {
        assert!(
            Column::ALL
                .iter()
                .all(|column| Column::from_key(column.key()) == Some(*column))
        );
    }

    #[test]
    fn every_spelling_is_in_the_form_it_is_compared_in() {
        for (_, names) in EXACT.iter().chain(WEAK).chain(PARTS) {
            assert!(words(names).all(|name| squeeze(name) == name), "{names}");
        }
    }

    #[test]
    fn headers_are_known_under_many_names() {
        use Column::{
            Address, Code, ContactName, CorporateNumber, Country, Department, Ignored, Kana, Mail, Name, Phone,
            PostalCode, Tier,
        };
        for (header, column) in [
            ("取引先ｺｰﾄﾞ", Code),
            ("取引先\nコード", Code),
            ("Vendor No.", Code),
            ("会 社 名", Name),
            ("※会社名（必須）", Name),
            ("貴社名", Name),
            ("SUPPLIER NAME *", Name),
            ("ﾌﾘｶﾞﾅ", Kana),
            ("E-mail", Mail),
            ("Ｅメール１", Mail),
            ("ご担当者様のメールアドレス", Mail),
            ("Ｔｅｌ.", Phone),
            ("担当者電話(直通)", Phone),
            ("FAX番号", Ignored),
            ("ご担当者様のお名前", ContactName),
            ("P.I.C.", ContactName),
            ("担当者名（カナ）", Ignored),
            ("Country / Region", Country),
            ("所属部署", Department),
            ("Tier (1-3)", Tier),
            ("法人番号", CorporateNumber),
            ("法人番号（13桁）", CorporateNumber),
            ("Corporate number", CorporateNumber),
            ("〒", PostalCode),
            ("郵便番号", PostalCode),
            ("ZIP code", PostalCode),
            ("Postal Code", PostalCode),
            ("住所", Address),
            ("住所２（建物名）", Address),
            ("本社所在地", Address),
            ("Address", Address),
            ("メールアドレス", Mail),
            ("所在国", Country),
            ("旧メールアドレス", Ignored),
            ("メールアドレス（旧）", Ignored),
            ("メールアドレス_旧", Ignored),
            ("前メールアドレス", Ignored),
            ("変更前の電話番号", Ignored),
            ("会社名(旧)", Ignored),
            ("Old email", Ignored),
            ("Former company name", Ignored),
            ("Previous_e-mail", Ignored),
            ("会社名（旧社名）", Name),
            ("名前", ContactName),
            ("担当者名前", ContactName),
            ("Household goods supplier name", Name),
        ] {
            assert_eq!(
                readings(header).first().map(|reading| reading.0),
                Some(column),
                "{header}"
            );
        }
        assert!(readings("soumu1@s1.example").is_empty());
        assert!(readings("株式会社鈴鹿化成").is_empty());
    }
}
