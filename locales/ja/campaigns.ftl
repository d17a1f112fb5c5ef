# 運用者が読む言葉：回覧の作成から送信、状況の確認まで

# はじめの画面と一覧
home-title = いまの状況
home-first = まず、企業の一覧を取り込みます
home-first-text = Excel または CSV の一覧から、企業と窓口担当者を登録します。
import-first = 企業を取り込む
home-second = 進行中の回覧はありません
home-second-text = 注意喚起とチェックリストを選び、宛先と依頼状を決めて送ります。送る前に、届く内容を確認できます。
home-drafts = 下書き
new-campaign = 回覧をはじめる
campaigns-empty = まだ回覧はありません
delete-draft = 下書きを消す
delete-draft-sure = この下書きの内容がすべて失われます。元に戻せません。
campaign-state-draft = 下書き
campaign-state-sending = 送信中
campaign-state-running = 受付中
campaign-state-closed = 終了
days-left = あと { $days }日
hours-left = { $hours ->
    [0] あと1時間未満
   *[other] あと { $hours }時間
}
deadline-over = 期限を過ぎました

# 表の見出し、絞り込み
column-action = 操作
column-answer = 回答
column-attempts = 試行
column-campaign = 回覧
column-company = 企業
column-kind = 種類
column-language = 言語
column-mails = メール
column-question = 設問
column-send = 送る
column-state = 状態
column-time = 日時
filter-kind = 区分
filter-criticality = 重要度
filter-tier = 階層
filter-country = 国
country-unknown = 国の登録なし
all-states = すべての状態
apply-button = 絞り込む
found-none = 該当する企業はありません。
next-page = 次のページ
next-button = 次へ
later-button = 下書きにして閉じる

# 回覧をはじめる：手順
steps-label = 手順
step-done = 済み：
step-what = 内容
step-whom = 宛先
step-letter = 依頼状と差出人
step-preview = 送信前の確認
step-send = 送る

# 1. 内容
what-title = 何を送るか
no-advisory = 付けない（自己点検だけ）
advisory-detail = { $date }、対策 { $count }
checklist-label = チェックリスト
no-checklist = 付けない（確認だけ）
group-check-label = グループ会社にも自己点検への回答をお願いする
group-check-hint = 外すと、グループ会社には注意喚起の確認だけをお願いします。注意喚起を付けないときは、この設定にかかわらず回答をお願いします。
campaign-title-label = 回覧の名前
campaign-title-hint = 社内での呼び名です。送り先には表示されません。

# 2. 宛先
whom-title = だれに送るか
whom-hint = 一つも選ばない項目では絞り込みません。一覧でチェックを外した企業には送りません。
contacts-choice = メールを送る窓口担当者
contacts-primary = 主担当者だけ（主担当者がいなければ、アドレスのある最初の方）
contacts-all = アドレスのある窓口担当者全員
only-added-label = 一社ずつ追加した企業だけに送る
only-added-hint = 上の区分・重要度・階層・国の条件では選びません。
add-company-label = 企業を探して追加する
found-title = 「{ $query }」で見つかった企業
companies-chosen = 送る企業　{ $count }社
companies-more = 送る企業　先頭の{ $count }社を表示しています
companies-chosen-label = 送る企業
no-mail = メールなし
removed-title = 外した企業
take-back = チェックを入れると宛先に戻ります

# 3. 依頼状と差出人
letter-title = 依頼状と差出人
letter-supplier-label = 取引先への依頼状
letter-group-label = グループ会社への依頼状
deadline-day-label = 回答期限の日
deadline-hour-label = 時刻
zone-label = タイムゾーン
sender-label = 差出人
sender-hint = 一行目は会社名と部署名で、メールの差出人名にもなります。二行目からは、役職と氏名、所在地、電話番号などを5行まで書けます。一行目はメールと回答ページに、全体は依頼状に表示されます。
inquiries-hint = 部署、担当者、電話番号、メールアドレス。依頼状と回答ページに表示されます。
reply-to-label = 返信先のメールアドレス
reply-to-hint = 空けておくと、返信は送信元のアドレスに届きます。
preview-button = 送信前の確認へ

plan-problem-title = 回覧の名前を入れてください。
plan-problem-title-long = 回覧の名前は200文字以内にしてください。
plan-problem-nothing-asked = 注意喚起かチェックリストの少なくとも一方を選んでください。
plan-problem-advisory-unknown = 選んだ注意喚起が見つかりません。選び直してください。
plan-problem-checklist-unknown = 選んだチェックリストが見つかりません。選び直してください。
plan-problem-letter = 取引先とグループ会社のそれぞれに、その区分の依頼状を選んでください。
plan-problem-deadline-past = 回答期限が過ぎています。これからの日時にしてください。
plan-problem-sender = 差出人を、すべての言語で入れてください。
plan-problem-inquiries = お問い合わせ先を、すべての言語で入れてください。

# 4. 送信前の確認
preview-title = 届く内容の確認
plan-not-ready = まだ送れません。次のところを直してください
preview-mail = メール
preview-letter = 依頼状
preview-form = 設問
preview-language = 表示する言語
preview-no-form = 設問はありません。注意喚起の確認だけをお願いします。
sample-company = 見本株式会社
mail-subject = 件名
test-button = { $mail } に試し送りする
lint-title = 見直したい言葉
to-confirm-button = 最後の確認へ

# 5. 送る
confirm-title = 送る前に
confirm-companies = { $count ->
    [0] 送る企業がありません。
   *[other] これから、{ $count }社に送ります。
}
confirm-kinds = 取引先 { $suppliers }社、グループ会社 { $groups }社です。
confirm-checks = { $checks }社には自己点検への回答を、{ $only }社には注意喚起の確認だけをお願いします。
confirm-mails = メールを { $count }通送ります。
confirm-deadline = 回答期限は { $deadline } です。
confirm-reply = 返信は { $mail } に届きます。
confirm-reply-sender = 返信は送信元のアドレスに届きます。
confirm-outbox = メールサーバーが設定されていません。メールは企業へ届かず、このサーバーのフォルダーに書き出されます。
confirm-without-mail = { $count }社にはメールを送れる担当者がおらず、メールは届きません。印刷用の依頼状を作りますので、郵送してください。
confirm-recent = { $count }社には、この{ $days }日のうちに別の回覧を送っています。
confirm-final = 送ったメールは取り消せません。
confirm-type = 確かめるため、企業の数 { $count } を入れてください
confirm-wrong = { $count ->
    [0] 送る企業がありません。宛先へ戻って選んでください。
   *[other] 送る企業は{ $count }社です。この数を入れてください。
}
send-button = { $count }社に送る

# 回覧の画面
export-xlsx = 書き出す（Excel）
export-csv = 書き出す（CSV）
campaign-working = 各社への依頼を作っています。この画面を離れても続きます。画面は3秒ごとに新しくなります。
nums-companies = 対象
nums-answered = 回答済み
nums-done = 完了
nums-read = 確認済み・回答中
nums-opened = 開封のみ
nums-waiting = 未開封
nums-bounced = 不達
nums-phone = 宛先なし
sheet-title = 回覧板
sheet-hint = 一社一印。選ぶと、その企業へ
sheet-skip = 回覧板を飛ばす
sheet-group = 重要度 { $criticality }　{ $count }社
sheet-ungraded = 重要度の登録なし　{ $count }社
legend-label = 印の意味
state-queued = 送付前
state-sent = 送付済み
state-bounced = 不達
state-unreachable = 宛先なし（要電話）
state-opened = 開封
state-acknowledged = 確認済み
state-started = 回答中
state-declined = 回答辞退
state-paper = 電話・紙で回答
state-submitted = 回答済み
state-late = 期限後に回答
close-campaign = 回覧を終了する
close-sure = 終了した場合に起こることを確認しました

# 一社の画面
part-contacts = 窓口担当者
part-no-contacts = 窓口担当者が登録されていません。
phone-label = 電話番号
mail-label = メールアドレス
part-answers = 回答
part-no-answers = まだ回答はありません。
part-draft = 下書き（未提出）
part-reopened = 受け付けたあとに企業が回答を変更しましたが、まだ提出していません。ここには受け付けた回答を示しています。
part-events = 経過
part-mails = メール
part-no-mails = この企業へのメールはありません。
part-note = メモ、回答辞退
note-label = 内容（回答辞退のときは、だれからどう聞いたか）
note-button = メモを残す
decline-button = 回答辞退と記録する
event-created = 依頼を作りました
event-queued = メールを送信待ちにしました
event-sent = メールを送りました
event-bounced = メールが届きませんでした
event-no-address = 使えるメールアドレスがありません
event-opened = 回答ページが開かれました
event-acknowledged = 注意喚起が確認されました
event-started = 回答がはじまりました
event-saved = 回答が保存されました
event-submitted = 回答を受け付けました
event-submitted-late = 期限後の回答を受け付けました
event-reopened = 受け付けた回答の変更がはじまりました
event-recorded-phone = 電話で受けた回答を記録しました
event-recorded-paper = 紙で受けた回答を記録しました
event-declined = 回答辞退を記録しました
event-noted = メモを残しました
event-reissued-link = リンクを作り直しました。前のリンクは使えません

# 電話・紙で受けた回答
record-button = 電話・紙の回答を記録する
record-title = 電話・紙で受けた回答を記録する
channel-label = 受けた方法
channel-link = 回答ページ
channel-phone = 電話
channel-paper = 紙
record-name = お答えになった方
record-note = 受けた日時と経緯
record-note-hint = いつ、だれが、どのように受けたか。記録に残ります。
record-problem-note = 受けた日時と経緯を書いてください。
record-problem-nothing = 回答を一つ以上入れてください。

# 書き出し
export-acknowledged-at = 確認日時
export-acknowledged-by = 確認した方
export-note = 電話・紙で受けた日時と経緯

# 送信箱
outbox-folder = メールサーバーが設定されていないため、メールは送られず、次のフォルダーに書き出されます：
outbox-empty = メールはありません
outbox-empty-text = 回覧を送ると、一通ごとの宛先と状態がここに並びます。絞り込んでいるときは、条件を変えてください。
mail-to = 宛先
mail-file = ファイル
mail-not-taken = メールを届けられませんでした：
mail-link-hidden = 回答ページのリンクと受付コードは、ここではすべてを表示しません。
see-part = この企業の状況を見る
delivery-kind-invitation = 依頼
delivery-kind-receipt = 受付の控え
delivery-state-queued = 送信待ち
delivery-state-sent = 送信済み
delivery-state-bounced = 不達

error-campaign-sent = この回覧はすでに送られています
error-campaign-not-running = この回覧は受付中ではありません
error-answered-meanwhile = 記録しているあいだに、別の回答が保存されました
error-note-empty = 内容が書かれていません
error-draft-changed = ほかの方がこの下書きを変更しました
test-failed = テストメールを送れませんでした。mail.smtp_url と mail.from の設定をご確認ください。
delivery-state-leased = 送信中
delivery-state-deferred = 再送待ち
delivery-state-delivered = 配達済み
delivery-state-failed = 送信失敗
delivery-state-ambiguous = 到達不明
delivery-state-cancelled = 取消
delivery-event-again = 再送の指示
delivery-event-called-sent = 到達済みとして処理
ambiguous-title = 届いたかどうかがわかりません
ambiguous-text = メールの受け渡しの途中でサーバーが停止したか、通信が切れました。相手先に確かめ、届いていなければ再送してください。確かめずに再送すると、同じメールが二通届くことがあります。
send-again-button = 再送する
call-sent-button = 届いている
mail-waits = 時間をおいて再送します。メールサーバーの応答：
mail-history = 経過
error-delivery-decided = このメールの扱いはすでに決まっています
error-delivery-decided-advice = ほかの人が先に処理したか、状態が変わりました。送信箱で今の状態をお確かめください。
home-ambiguous = 届いたかどうかわからないメールが{ $count }通あります
mailing-title = メールの送信
mailing-paused = 一時停止中です。再開するまで、この回覧のメールは送られません（回答の控えは送られます）。
mailing-pause-text = 一時停止すると、まだ送られていないメールは再開するまで待ちます。
mailing-pause = 送信を一時停止する
mailing-resume = 送信を再開する
mailing-cancel = 未送信のメールを取り消す
mailing-cancel-text = 取り消すと、まだ送られていないメールは送られません。元には戻せません。
mailing-cancelled = 未送信のメールは取り消されました。
error-mailing = この回覧のメールは、いまは変更できません
error-mailing-advice = 回覧が終了しているか、メールがすでに取り消されています。
domain-title = 送信ドメインの確認
domain-intro = 受信側がこのサーバーのメールを本物と確かめられるかどうかを、DNSに照会した結果です。差出人：
domain-no-sender = 差出人のアドレス（mail.from）が設定されていません。設定してから、もう一度開いてください。
domain-right = 正常
domain-weak = 要確認
domain-wrong = 問題あり
domain-found = 見つかったもの：
domain-publish = DNSに登録するレコード（例）：
domain-spf = SPF（送信元サーバーの届け出）
domain-dkim = DKIM（電子署名）
domain-dmarc = DMARC（なりすましメールの扱い）
domain-dns = DNSサーバーから応答がありませんでした。しばらくしてから、もう一度開いてください。
domain-spf-missing = SPFレコードがありません。このドメインのメールを送るサーバーを届け出てください。
domain-spf-several = SPFレコードが複数あります。複数あると無効になるため、一つにまとめてください。
domain-spf-broken = SPFレコードの書き方に誤りがあるか、参照先が多すぎます。
domain-spf-there = SPFレコードがあります。メールサーバーのアドレスが含まれているかどうかは、ここからは確かめられません。
domain-spf-right = このメールサーバーから送ることが届け出られています。
domain-spf-relay = このメールサーバーのアドレスが届け出られていません。実際には別のアドレスから送り出されることもあります。メールサーバーの管理者にお確かめください。
domain-dkim-none = このサーバーでは署名していません。メールサーバー側で署名しているかどうかを、その管理者にお確かめください。署名する場合は mail.dkim_key を設定します。
domain-dkim-right = 署名の鍵がDNSに登録されており、署名を検証できました。
domain-dkim-wrong = 署名を検証できません。次のレコードをDNSに登録してください。
domain-dmarc-missing = DMARCレコードがありません。なりすましメールの扱いを受信側に示せません。
domain-dmarc-broken = DMARCレコードの書き方に誤りがあるか、複数あります。
domain-dmarc-none = 方針が none のため、なりすましメールもそのまま届きます。quarantine か reject をご検討ください。
domain-dmarc-right = なりすましメールの扱いが受信側に示されています。
delivery-event-held-up = 相手先のサーバーで配送待ち
