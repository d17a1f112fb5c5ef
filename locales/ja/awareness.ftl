# 従業員向けの周知文：企業が社内に広め、届いた人数を知らせる
# 回覧をはじめる：内容
awareness-label = 従業員向けの周知文（任意）
awareness-choice-hint = グループ会社が社内に掲示・配布する一枚の周知文です。届いた人数と方法を報告してもらいます。
no-awareness = 付けない
awareness-suppliers-label = 取引先にもお願いする
awareness-suppliers-hint = 外すと、グループ会社だけにお願いします。
plan-problem-awareness-unknown = 周知文が見つかりません。選び直してください。

# 回覧の状況
awareness-title = 従業員への周知
awareness-no-report = まだ報告がありません。
reach-people = 届いた人数
reach-companies = 報告した企業（対象 { $asked }社）
reach-missing = 未報告の企業
reach-reported = 報告した企業
reach-none = まだ報告がありません。企業が周知した人数を報告すると、ここに合計が出ます。
reach-missing-none = 未報告の企業はありません。
reach-ways-hint = いくつかの方法で周知した企業は、それぞれに数えています。
audit-awareness-report = 周知した人数を報告した

# 企業が読む言葉
awareness-ask-title = 従業員への周知のお願い
awareness-ask = 従業員の皆さまにお知らせいただく一枚の周知文をご用意しました。掲示や朝礼、メールなど、ご都合のよい方法で周知いただき、届いた人数をお知らせください。
awareness-open = 周知文を見る・人数を報告する
awareness-pass-on = 周知する
awareness-pass-on-how = 周知文「{ $title }」を印刷して掲示するか、文章をメールや社内サイトに貼ってお使いください。
awareness-contact = 貴社の報告・相談先
awareness-contact-hint = 周知文に印刷します。例：総務部 佐藤 内線118。空欄のときは、手書きできる欄になります。保存はしません。
awareness-print = 周知文を開く（印刷用）
awareness-text = 文章をダウンロードする
awareness-back = 周知のお願いに戻る
awareness-print-how = ブラウザーの印刷から、A4一枚に印刷できます。
awareness-blank = 報告・相談先を記入する欄
awareness-report-title = 届いた人数を報告する
awareness-report-how = おおよその人数で結構です。あとから直せます。
awareness-correct-how = 人数が増えたときや間違えたときは、直して送ってください。前の報告も記録に残ります。
awareness-stored = { $at } に報告を受け付けています（報告した方：{ $by }）。ありがとうございました。
awareness-meanwhile = このページを開いたあと、{ $at } に次の報告を受け付けました（報告した方：{ $by }）。下の内容でよければ、もう一度送ってください。
awareness-people = 届いた人数
awareness-people-hint = 派遣社員やアルバイトの方も含めた、周知文を見た、または聞いた人数です。
awareness-people-count = { $count }人
awareness-ways = 周知の方法
awareness-ways-hint = いくつでも
awareness-way-posted = 掲示
awareness-way-mail = メール
awareness-way-meeting = 朝礼・会議
awareness-way-intranet = 社内サイト・チャット
awareness-way-training = 研修
awareness-way-other = その他
awareness-day = 周知した日
awareness-remark = 補足
awareness-remark-hint = 「夜勤の従業員には翌日に周知」など。
awareness-send = 人数を報告する
awareness-correct = 報告を直す
awareness-reported-at = 報告日時
awareness-by = 報告した方
awareness-problem-people = 届いた人数を、数字でお書きください。
awareness-problem-people-range = 届いた人数は、1人から500万人までの数でお書きください。
awareness-problem-ways = 周知の方法を一つ以上お選びください。
awareness-problem-day = 周知した日を 2026-01-05 のようにお書きください。
awareness-problem-day-future = 周知した日が、今日より先の日付になっています。
awareness-problem-remark = 補足は2,000文字以内でお書きください。
awareness-problem-name = お名前は100文字以内でお書きください。
