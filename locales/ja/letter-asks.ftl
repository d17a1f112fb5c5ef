# 依頼状がお願いすること、依頼状に共通の記載

# お願いすること：依頼状と回覧を比べて言うときの言葉
ask-read = 依頼状を読むことだけ
ask-acknowledge = 注意喚起の確認
ask-awareness-report = 従業員への周知と人数の報告
ask-self-check = 自己点検への回答
ask-nothing = 何もお願いしないこと
ask-and = 、
sentence-gap = { "" }
letter-asks-hint = この回覧でお願いすること：{ $asks }
confirm-asks = { $kind ->
    [group] グループ会社
   *[supplier] 取引先
}にお願いすること：{ $asks }
letter-does-not-fit = （この回覧には合いません）
letters-that-fit = この回覧に合う依頼状：{ $letters }
letters-or = 、
letters-none-fit = この回覧に合う依頼状はありません。content/letters に作るか、手順1の内容を変えてください。
letters-undeclared = 何をお願いするかが書かれていないため選べない依頼状（letter.toml に asks を書いてください）：
plan-problem-letter-undeclared = 依頼状「{ $letter }」は、何をお願いするかが書かれていないため使えません。content/letters/{ $id }/letter.toml に asks = ["self-check"] のように書いてください。
plan-problem-letter-asks = 依頼状「{ $letter }」がお願いするのは「{ $asks }」ですが、この回覧で{ $kind ->
    [group] グループ会社
   *[supplier] 取引先
}にお願いするのは「{ $wanted }」です。
plan-problem-sender-long = 差出人は、一行80文字以内、6行以内にしてください。

# 依頼状に共通の記載
statements-title = 依頼状に共通の記載
statements-lead = 差出人、ご回答を拝見する人、保管の期間、個人情報の取扱いについて、一度だけ決めておく貴社の言葉です。これから作る回覧の依頼状、メール、回答ページに使います。
statements-from-now = 保存した内容は、これから送る回覧に使います。差出人とお問い合わせ先は、これから作る回覧の初めの値になります。送った回覧の記載は変わりません。
statements-sender-example = 例：株式会社サンプル製作所　情報セキュリティ室 ／ 室長　鈴木　一郎 ／ 名古屋市中区栄1-1-1　電話 052-000-0118
statements-inquiries-example = 例：情報セキュリティ室　佐藤　電話 052-000-0118　security@sample.example
inquiries-field = お問い合わせ先
statements-readers-label = ご回答を拝見する人
statements-readers-hint = 句点まで含む文で書きます。空けておくと、依頼状ではこのことに触れません。
statements-readers-example = 例：拝見するのは、弊社の情報セキュリティ部門、購買部門及び内部監査部門の担当者に限ります。
statements-retention-label = 保管の期間
statements-retention-hint = 句点まで含む文で書きます。空けておくと「弊社の文書管理規程に従い保管いたします」と書きます。Kairanは回答を自動では消去しません。消去を約束するときは、その手続きをご用意ください。
statements-retention-example = 例：お知らせいただいた内容とご回答者の連絡先は、弊社の文書管理規程に定める期間、保管いたします。
statements-privacy-label = 国外の方への個人情報の取扱いのお知らせ
statements-privacy-hint = 自社と異なる国の企業への依頼状、メール、回答ページの終わりに載せます（国の登録がない企業には、自社の言語でない依頼状に載せます）。EUの一般データ保護規則（GDPR）13条・14条が求める事項などを、一段落一行で書きます。空けておくと載せません。
statements-privacy-example = 例：管理者の名称と連絡先／利用の目的と法的根拠／提供先と国外への移転／保管の期間／開示・訂正・消去などを求める権利と申し出先／監督機関への申立て
statements-problem-languages = すべての言語で入れるか、すべて空けてください。
statements-problem-long = 長すぎます。500文字以内（個人情報の取扱いのお知らせは6000文字以内）にしてください。
done-statements = 保存しました。これから送る回覧に使います。
audit-statements-update = 依頼状に共通の記載を変更
audit-kind-statements = 依頼状に共通の記載

# 依頼状の中の言葉
letter-retention = お知らせいただいた内容とご回答者の連絡先は、弊社の文書管理規程に従い保管いたします。
share-mail-read = 依頼状をお読みのうえ、確認のお返事をお願いします。
privacy-title = 個人情報の取扱いについて
letter-to-person = { $name }　様
letter-to-person-of =
    { $department }
    { $name }　様
letter-date = { $year }年{ $month }月{ $day }日
letter-moment = { $date }（{ $weekday ->
    [1] 月
    [2] 火
    [3] 水
    [4] 木
    [5] 金
    [6] 土
   *[7] 日
}）{ $time }
